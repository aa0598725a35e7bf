"""The seed is set inside the loop, and every round draws the same random numbers."""

# PyTorch declares no types for `backward`; the programs below are shown to learners.
# mypy: disable-error-code="no-untyped-call"

from collections.abc import Iterator

import torch

from pytorch_basics.instruments.place import Place
from pytorch_basics.instruments.run.record import RunRecord, SiteRecord
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign
from pytorch_basics.mistakes.reading.flow import own, trained
from pytorch_basics.mistakes.reading.lines import calls, loops, same_function

SEEDS = (
    "manual_seed",
    "seed",
    "seed_everything",
    "set_seed",
    "manual_seed_all",
    "fix_seed",
    "seed_all",
    "set_all_seeds",
)


def _train(every_round: bool) -> None:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        w = torch.zeros(4, requires_grad=True)
        optimizer = torch.optim.SGD([w], lr=0.1)
        for _ in range(6):
            if every_round:
                torch.manual_seed(0)
            x = torch.randn(8, 4)
            optimizer.zero_grad()
            (x @ w - x.sum(1)).square().mean().backward()
            optimizer.step()


def broken() -> None:
    _train(every_round=True)


def fixed() -> None:
    _train(every_round=False)


def signs(record: Record) -> Iterator[Sign]:
    """Random numbers that training uses, and that were the same in every round."""
    if not isinstance(record, RunRecord) or record.watched < 4:
        return
    learning = trained(record)
    told: set[Place] = set()
    for k, site in enumerate(record.sites):
        if site.repeats < 3 or site.repeats < site.count - (2 if _order(site) else 1) or not own(site.place):
            continue
        if site.bare == "dropout":
            continue
        order = _order(site)
        own_numbers = any(one.parameter is not None for one in site.ins) or site.name.startswith("nn.init")
        often = site.count * 3 >= record.watched or order
        if own_numbers or not often or not (k in learning or order):
            continue
        seed = _seeded(site)
        place = seed or site.place
        if place not in told:
            told.add(place)
            yield _sign(site, seed, order)


def _order(site: SiteRecord) -> bool:
    """Whether it draws the order of a data loader."""
    return site.bare == "randperm" and "randperm" not in site.place.text


def _seeded(site: SiteRecord) -> Place | None:
    """The line in a loop, or in the function that draws, which sets a seed."""
    found = [place for place, _ in calls(site.place.file, *SEEDS)]
    inside = [
        place for place in found if loops(place) or (same_function(place, site.place) and place.function != "<module>")
    ]
    near = [place for place in inside if same_function(place, site.place)]
    return next(iter(near or inside), None)


def _sign(site: SiteRecord, seed: Place | None, order: bool) -> Sign:
    what = "the data loader's order" if order else f"`{site.bare}` (line {site.place.line})"
    return Sign(
        place=seed or site.place,
        seen=f"The seed is set again in every round, so {what} is the same each time."
        if seed
        else f"{what[:1].upper()}{what[1:]} gives the same random numbers in every round.",
        instead=f"`{seed.text if seed else 'torch.manual_seed(…)'}` once, before the loop",
        evidence=(f"{site.count} watched calls of {what} gave the same numbers {site.repeats} times in a row.",),
        sure=seed is not None,
        also=(site.place,) if seed is not None else (),
    )


MISTAKE = Mistake(
    id="data.seeded_in_loop",
    code="",
    title="The seed has to be set in every round",
    see="The loss falls very well, and the model is poor on anything else: it saw the same noise, or the same "
    "batches in the "
    "same order, all the time. No error.",
    why="`torch.manual_seed(0)` starts the sequence of random numbers again. Set in the loop, every round draws the "
    "same.",
    instead="`torch.manual_seed(0)` once, at the top of the program",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
