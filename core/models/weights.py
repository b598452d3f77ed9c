"""The tensors of a safetensors file, which holds numbers and nothing that runs."""

from __future__ import annotations

from pathlib import Path

from safetensors.torch import load_file
from torch import Tensor


def tensors(path: Path) -> dict[str, Tensor]:
    """A file's tensors by their names. ValueError where one holds what no weight can be.

    A network with such weights would answer nothing but that it found no damage.
    """
    state: dict[str, Tensor] = load_file(path)
    for name, tensor in state.items():
        if not tensor.dtype.is_floating_point or not tensor.isfinite().all():
            raise ValueError(f"{name} holds values that are no numbers")
    return state
