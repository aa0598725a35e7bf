"""An optimizer is given something other than parameters: the model, the method, a single tensor, a list of
generators."""

from __future__ import annotations

import re
from collections.abc import Iterator

import torch
from torch import nn

from pytorch_basics.instruments.failure.record import FailureRecord, Step
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign

WORDS = re.compile(
    r"optimizer can only optimize Tensors, but one of the params is (.+)"
    r"|params argument given to the optimizer should be an iterable of Tensors or dicts, but got (.+)"
    r"|'(\w+)' object is not iterable|some parameters appear in more than one parameter group|parameter group "
    r"didn't specify a value"
)


def broken() -> object:
    body, head = nn.Linear(3, 2), nn.Linear(2, 1)
    return torch.optim.SGD([body.parameters(), head.parameters()], lr=0.1)  # type: ignore[arg-type]  # the mistake


def fixed() -> object:
    body, head = nn.Linear(3, 2), nn.Linear(2, 1)
    return torch.optim.SGD([*body.parameters(), *head.parameters()], lr=0.1)


def signs(record: Record) -> Iterator[Sign]:
    """The constructor of an optimizer refuses its first argument."""
    if (
        not isinstance(record, FailureRecord)
        or record.failing is None
        or record.kind not in ("TypeError", "ValueError")
    ):
        return
    match, step = WORDS.search(record.message), record.failing
    if (
        match is None
        or record.call("__init__", "add_param_group") is None
        or ".optim" not in step.called.replace("torch.optim", ".optim")
    ):
        return
    given = step.argument(0, "params")
    if given is None:
        return
    new, what = _right(record, step, given.text)
    yield Sign(
        place=step.place,
        seen=f"`{step.text}` is given `{given.text}`: {what}.",
        instead=step.text.replace(given.text, new, 1) if new else "each parameter in one group only",
        evidence=(f"PyTorch: {record.message.splitlines()[0]}",),
    )


def _right(record: FailureRecord, step: Step, text: str) -> tuple[str, str]:
    given = step.argument(0, "params")
    value = given.value if given is not None else None
    if "more than one parameter group" in record.message:
        return "", "a parameter stands in it twice"
    if value is not None and value.kind == "module":
        return f"{text}.parameters()", "that is the model, and the optimizer wants its parameters"
    if text.endswith(".parameters") or (value is not None and value.kind == "function"):
        return f"{text}()", "that is the method, not what it gives"
    if value is not None and value.tensor:
        return f"[{text}]", "that is one tensor, and the optimizer wants a list of them"
    parts = [p.strip() for p in text.strip("[]()").split(",")] if text.startswith("[") else []
    if parts and all(".parameters()" in p or ".parameters(" in p for p in parts):
        return f"[{', '.join('*' + p for p in parts)}]", "a list of generators, not of tensors"
    if parts and all(re.fullmatch(r"[\w.]+", p) for p in parts):
        return f"[{', '.join(f'*{p}.parameters()' for p in parts)}]", "a list of models, not of tensors"
    if " + " in text or "named_parameters" in text:
        return text.replace(
            "named_parameters", "parameters"
        ), "pairs of name and parameter" if "named" in text else "no list of tensors"
    return "model.parameters()", "that is no list of tensors"


MISTAKE = Mistake(
    id="optim.wrong_parameters",
    code="",
    title="The optimizer finds the parameters in what I give it",
    see="“optimizer can only optimize Tensors, but one of the params is Module.parameters”, or “'Net' object is not "
    "iterable”.",
    why="An optimizer takes tensors: an iterable of parameters, or dicts with one each. It does not look into "
    "models, and a list of "
    "generators is a list of two things that are no tensors.",
    instead="`model.parameters()`; of two models `[*body.parameters(), *head.parameters()]`",
    broken=broken,
    fixed=fixed,
    signs=signs,
)
