"""BatchNorm for exported weights, so that a run can go on with them: the opposite of core.models.folding."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle

from core.models.folding import ConvNorm


@torch.no_grad()
def unfolded_state(net: nn.Module, feed: Callable[[nn.Module], object]) -> dict[str, Tensor]:
    """The state of the same function with BatchNorm, whose statistics are what `feed` lets a folded network see.

    gamma = sqrt(var + eps);  beta = mean + b', by output channel, mean and var those of the convolution without b'.
    """
    blocks = {name: block for name, block in net.named_modules() if isinstance(block, ConvNorm)}
    seen: dict[str, list[Tensor]] = {name: [] for name in blocks}

    def watched(name: str, block: ConvNorm) -> RemovableHandle:
        def note(_conv: nn.Module, _inputs: object, out: Tensor) -> None:
            values = out.transpose(0, 1).flatten(1).double()
            seen[name].append(torch.stack([values.mean(1), values.square().mean(1)]))

        return block.conv.register_forward_hook(note)

    hooks = [watched(name, block) for name, block in blocks.items()]
    feed(net)
    for hook in hooks:
        hook.remove()
    state = {name: value.clone() for name, value in net.state_dict().items()}
    for name in blocks:
        mean, square = torch.stack(seen[name]).mean(0)
        var = (square - mean.square()).clamp(min=0)
        bias = state.pop(f"{name}.conv.bias")
        state[f"{name}.norm.weight"] = torch.sqrt(var + nn.BatchNorm2d(1).eps).float()
        state[f"{name}.norm.bias"] = mean.float()
        state[f"{name}.norm.running_mean"] = mean.float() - bias
        state[f"{name}.norm.running_var"] = var.float()
        state[f"{name}.norm.num_batches_tracked"] = torch.tensor(0)
    return state
