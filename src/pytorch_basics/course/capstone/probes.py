"""What the check of the capstone looks at: it trains the learner's model, and asks it about digits it never saw.

In goes a learner's ``train`` and a case, which is only a description (how many images, in which order, whose labels are
moved by how much, which draw); out come plain facts, and where one is not as it should be, what the doctor says after
it has watched the same training again. The module travels to the sandbox by value, the digits with it, because the
sandbox can read neither file.
"""
# mypy: untyped-calls-exclude=torch

import io
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from pytorch_basics.course.capstone.digits import HELD_OUT, digits

Answer = Callable[[Tensor, Tensor, int], Any]

MANY = 1200  # images in the case that asks for accuracy
WANTED, GUESSED, SECONDS = 0.95, 0.3, 20.0
RIGHT, BELOW = f"{WANTED} or more", f"below {WANTED}"
DEPENDS = "no, it depends on chance or on the others"
IN_TIME = f"within {SECONDS:g} seconds"


def right(images: int, order: str) -> dict[str, str]:
    """What a right answer shows in such a case. Seed and weights are looked at where images are few, as they cost two
    more trainings; time and accuracy where they are many."""
    found = {"result": "a model", "output": "ten numbers for each image", "each image by itself": "yes"}
    if images >= MANY:
        return found | {"time": IN_TIME, "accuracy": RIGHT}
    return found | ({"seed": "decides", "saved weights": "carry everything"} if order == "mixed" else {})


def _read(path: Any) -> tuple[Tensor, Tensor]:
    with np.load(path) as file:
        return torch.from_numpy(file["images"]), torch.from_numpy(file["labels"])


LEARNERS = _read(digits())
KEPT_BACK = _read(HELD_OUT)


def rows(images: int, order: str, moved: int, draw: int) -> tuple[Tensor, Tensor]:
    """So many of the learners' digits: ``order`` is "mixed" or "sorted" (by label), labels are moved round a circle."""
    generator = torch.Generator().manual_seed(draw)
    chosen = torch.randperm(len(LEARNERS[1]), generator=generator)[:images]
    labels = (LEARNERS[1] + moved) % 10
    if order == "sorted":
        chosen = chosen[labels[chosen].argsort(stable=True)]
    return LEARNERS[0][chosen], labels[chosen]


def probe_digits(answer: Answer, images: int, order: str, moved: int, draw: int) -> dict[str, Any]:
    """Train, and look at what came of it, one thing after the other, until something is not as it should be.

    The rest then counts as right, so that the verdict shows that one thing. The doctor is asked where it is cheap (the
    first case, an error) or where it matters (accuracy).
    """
    found: dict[str, Any] = dict(right(images, order))
    notes: list[str] = []
    for name, said in _looks(answer, images, order, moved, draw, notes):
        if said != found[name]:
            found[name] = said
            if images >= MANY or draw == 0 or "an error" in said:
                found["told"] = _doctor(answer, *rows(images, order, moved, draw), draw, name == "output", notes)
                if named := found["told"]["mistakes"]:  # compared too: it tells one wrong training from another
                    found[name] += f"; the doctor names {', '.join(sorted(named))}"
            break
    return found


def _looks(
    answer: Answer, images: int, order: str, moved: int, draw: int, notes: list[str]
) -> Iterator[tuple[str, str]]:
    """What is looked at, and what was found; numbers worth knowing go to the notes."""
    x, y = rows(images, order, moved, draw)
    begun = time.process_time()
    try:
        model = _trained(answer, x, y, draw)
    except Exception as error:
        yield "result", f"an error: {type(error).__name__}"
        return
    taken = time.process_time() - begun
    yield "result", "a model" if isinstance(model, nn.Module) else f"of type {type(model).__name__}"
    new = KEPT_BACK[0]
    yield "output", _output(model, new)
    yield "each image by itself", _alone(model, new)
    if images < MANY and order == "mixed":
        yield "seed", _seed(answer, model, x, y, draw, new)
        yield "saved weights", _saved(answer, model, draw, new)
    if images >= MANY:
        notes.append(f"Trained on {images:,} images in {taken:.1f} seconds (of one processor).")
        yield "time", IN_TIME if taken <= SECONDS else "too long"
        yield "accuracy", _accuracy(model, new, moved, notes)


def _trained(answer: Answer, x: Tensor, y: Tensor, seed: int) -> Any:
    """Train on copies; PyTorch's own random row starts somewhere that has nothing to do with the seed."""
    torch.default_generator.manual_seed(len(x) + seed % 7)
    random.seed(seed % 5)
    np.random.seed(seed % 3)
    return answer(x.clone(), y.clone(), seed)


def _asked(model: nn.Module, images: Tensor) -> Tensor:
    """What the model says, in the mode in which it was returned."""
    with torch.no_grad():
        said: Tensor = model(images.clone())
        return said


def _output(model: nn.Module, images: Tensor) -> str:
    try:
        said = _asked(model, images[:7])
    except Exception as error:
        return f"an error: {type(error).__name__}"
    if not isinstance(said, Tensor):
        return f"of type {type(said).__name__}"
    if said.shape != (7, 10):
        return f"for 7 images of shape {tuple(said.shape)}"
    return "ten numbers for each image" if bool(said.isfinite().all()) else "nan or inf"


def _alone(model: nn.Module, images: Tensor) -> str:
    """Whether a prediction depends on chance (dropout) or on the other images of the batch (batch norm)."""
    together = _asked(model, images[:50])
    try:
        single = torch.cat([_asked(model, images[k : k + 1]) for k in range(50)])
    except Exception:  # a batch norm in training mode refuses a batch of one
        return DEPENDS
    near = torch.allclose(together, single, rtol=1e-3, atol=1e-3 * max(1.0, float(together.abs().max())))
    return "yes" if near else DEPENDS


def _seed(answer: Answer, model: nn.Module, x: Tensor, y: Tensor, seed: int, images: Tensor) -> str:
    torch.default_generator.manual_seed(7)
    again = answer(x.clone(), y.clone(), seed)
    return "decides" if torch.allclose(_asked(model, images), _asked(again, images), atol=1e-4) else "does not decide"


def _saved(answer: Answer, model: nn.Module, seed: int, images: Tensor) -> str:
    """Save the weights, load them into a model of the same make that learned from other images, and ask both."""
    file = io.BytesIO()
    torch.save(model.state_dict(), file)
    file.seek(0)
    other = _trained(answer, *rows(80, "mixed", 5, seed + 1), seed + 1)
    try:
        other.load_state_dict(torch.load(file, weights_only=True))
    except Exception as error:
        return f"cannot be loaded: {type(error).__name__}"
    same = torch.allclose(_asked(model, images), _asked(other, images), rtol=1e-4, atol=1e-4)
    return "carry everything" if same else "do not carry everything"


def _accuracy(model: nn.Module, images: Tensor, moved: int, notes: list[str]) -> str:
    digits = _asked(model, images).argmax(1)
    share = digits.eq((KEPT_BACK[1] + moved) % 10).double().mean().item()
    notes.append(f"Right on {share:.3f} of {len(images)} digits that it had not seen; {WANTED} is wanted.")
    if share >= WANTED:
        return RIGHT
    if digits.eq(KEPT_BACK[1]).double().mean() >= WANTED - 0.1:
        return "that of other labels"
    return BELOW if share > GUESSED else "as good as guessing"


def _doctor(answer: Answer, x: Tensor, y: Tensor, seed: int, use: bool, notes: list[str]) -> dict[str, Any]:
    """The same training again, watched (and the model used, where that is what fails): what the doctor says."""
    from pytorch_basics.doctor.observe import Observation
    from pytorch_basics.doctor.text import text

    observation, error = Observation(), None
    observation.begin()
    try:
        model = _trained(answer, x, y, seed)
        if use:
            _asked(model, KEPT_BACK[0][:7])
    except Exception as raised:
        error = raised
    finally:
        observation.end()
    report = observation.report(error)
    mine = probe_digits.__code__.co_filename
    report = replace(report, findings=tuple(found for found in report.findings if found.place.file != mine))
    sure = [found.mistake for found in report.findings if found.sure]
    named = list(dict.fromkeys(sure or [found.mistake for found in report.findings]))
    seen = report.findings or report.failure or report.experiments
    words = "\n".join([*notes, *["", str(text(report, 100))] * bool(seen)]).strip()
    return {"text": words, "mistakes": named}
