"""Copies values while they are there, when a trace was asked to, and reads them later.

In goes a tensor that an op returned; out comes a tensor of its own, whole or sampled, which no mode or graph has seen,
and afterwards its values for NumPy.
"""

from __future__ import annotations

from typing import Any

import torch
from torch._C import DisableTorchFunction
from torch.utils._python_dispatch import _disable_current_modes

Values = str | None
MOST_SAMPLED = 4096


def sample(tensor: torch.Tensor, values: Values) -> tuple[torch.Tensor, int] | None:
    """A copy of up to 4,096 values (of all, for ``"copy"``) and how many there are; None for a tensor without any."""
    with DisableTorchFunction(), _disable_current_modes(), torch.no_grad():
        try:
            whole = tensor.detach()
            if values == "copy":
                return whole.clone(), whole.numel()
            flat = whole.reshape(-1) if whole.numel() <= MOST_SAMPLED or whole.is_contiguous() else whole.flatten()
            return flat[:: -(-flat.numel() // MOST_SAMPLED) or 1].clone(), whole.numel()
        except (RuntimeError, NotImplementedError):
            return None


def array(tensor: torch.Tensor) -> Any:
    """The values of a copy for NumPy, flat; None where it has none."""
    with DisableTorchFunction(), _disable_current_modes(), torch.no_grad():
        try:
            plain = tensor.float() if tensor.dtype in (torch.bfloat16, torch.float16) else tensor
            return plain.resolve_conj().resolve_neg().cpu().numpy().reshape(-1)
        except (RuntimeError, NotImplementedError, TypeError):
            return None
