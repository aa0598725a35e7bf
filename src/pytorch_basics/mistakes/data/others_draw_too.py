"""The order of the data is drawn from the global random numbers; a line that has nothing to do with it shifts it."""

from __future__ import annotations

import torch
from torch.utils.data import DataLoader, TensorDataset

from pytorch_basics.mistakes.mistake import Answer, Mistake


def broken() -> Answer:
    return _same_order(own=False)


def fixed() -> Answer:
    return _same_order(own=True)


def _same_order(own: bool) -> Answer:
    """Whether two epochs after the same seed have the same order, when something is looked at before one of them."""
    data = TensorDataset(torch.arange(64))
    orders = []
    for look in (False, True):
        with torch.random.fork_rng():
            torch.manual_seed(0)
            generator = torch.Generator().manual_seed(0) if own else None
            loader = DataLoader(data, batch_size=64, shuffle=True, generator=generator)
            if look:
                for _ in DataLoader(data, batch_size=64):  # unshuffled, and still it draws a number
                    pass
            (order,) = next(iter(loader))
            orders.append(order)
    return Answer(given=torch.equal(*orders), expected=True)


MISTAKE = Mistake(
    id="data.others_draw_too",
    code="",
    title="A seed at the top fixes the order of the data",
    see="The seed is set, and still the losses change: since a layer was added, or a batch looked at, or a validation "
    "loop put in before.",
    why="`shuffle=True` draws from PyTorch's global random numbers, as new layers and dropout do; any loop over any "
    "loader takes one number of them, shuffled or not. Whoever draws first shifts all others.",
    instead="`DataLoader(…, shuffle=True, generator=torch.Generator().manual_seed(0))`: a row of its own",
    broken=broken,
    fixed=fixed,
)
