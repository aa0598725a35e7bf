"""What is trained by hand is not the leaf: it was cast or scaled when it was made, and its ``.grad`` stays None."""

# PyTorch declares no types for `backward`; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call"

import warnings
from collections.abc import Iterator

import torch

from pytorch_basics.instruments.run.record import RunRecord
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign
from pytorch_basics.mistakes.reading.flow import own


def _train(rate: torch.Tensor) -> None:
    hours = torch.linspace(0, 2, 5, dtype=torch.float64)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch warns of the very thing, once
        for _ in range(5):
            (rate * hours - hours).square().mean().backward()
            if rate.grad is not None:
                with torch.no_grad():
                    rate -= 0.1 * rate.grad
                rate.grad = None


def broken() -> None:
    _train(torch.zeros(1, requires_grad=True).to(torch.float64))


def fixed() -> None:
    _train(torch.zeros(1, dtype=torch.float64, requires_grad=True))


def signs(record: Record) -> Iterator[Sign]:
    """``.grad`` of one and the same non-leaf, made once from a leaf, was read in round after round."""
    if not isinstance(record, RunRecord):
        return
    reads = [e for e in record.of("nonleaf") if e.site is not None]
    for k in dict.fromkeys(e.site for e in reads if e.site is not None):
        site, mine = record.sites[k], [e for e in reads if e.site == k]
        leaves = [one for one in site.ins if one.parameter is not None]
        if len(mine) < 3 or site.count * 2 > len(mine) or not leaves or not own(site.place):
            continue
        leaf = record.parameters[leaves[0].parameter or 0]
        name = (site.outs[0].name if site.outs else "") or "the tensor"
        yield Sign(
            place=site.place,
            seen=f"`{name}` is what `{site.bare}` made of a leaf, not the leaf itself: gradients go to the leaf, and "
            f"`{name}.grad` is always None.",
            instead=_instead(site.bare, name, site.place.text),
            evidence=(
                f"`{name}.grad` was read {len(mine)} times (line {mine[0].place.line}) and was None each time.",
                f"The leaf behind it got gradients in {leaf.backwards} backward passes"
                + (" and never changed." if not leaf.changed else "."),
            ),
            also=(mine[0].place,),
        )


def _instead(called: str, name: str, text: str) -> str:
    if called in ("to", "double", "float", "half", "type"):
        return f"`{name} = torch.zeros(…, dtype=…, requires_grad=True)`: the dtype where it is made (now `{text}`)"
    return f"`{name} = ({text.partition('=')[2].strip() or text}).detach().requires_grad_()`"


MISTAKE = Mistake(
    id="autograd.updates_no_leaf",
    code="",
    title="A tensor made from one that requires grad gets .grad as well",
    see="`.grad` is None after every `backward()`, and a guard such as `if w.grad is not None` skips the update. "
    "There is at "
    "most a warning.",
    why="`.grad` is kept for leaves only. `.to(…)`, `* 0.1` or `.reshape(…)` of a leaf gives a new tensor, which is "
    "none; the "
    "gradient goes on to the leaf, of which no name is left.",
    instead="`w = (torch.randn(3) * 0.1).requires_grad_()`, or `torch.zeros(3, dtype=torch.float64, "
    "requires_grad=True)`",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
