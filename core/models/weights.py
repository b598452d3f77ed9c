"""The tensors of a safetensors file, which holds numbers and nothing that runs."""

from __future__ import annotations

from collections.abc import Mapping
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


def part_of(state: Mapping[str, Tensor], prefix: str = "") -> dict[str, Tensor]:
    """One network's tensors out of several's, as float32."""
    return {name.removeprefix(prefix): value.float() for name, value in state.items() if name.startswith(prefix)}
