"""What ``autograd.chain_is_cut`` says of a ``backward()`` that was refused: which step left the graph.

In goes the record of the exception; out come the signs. (What the record of a run says stands with the mistake itself.)
"""

from __future__ import annotations

from collections.abc import Iterator

from pytorch_basics.instruments.failure.record import FailureRecord
from pytorch_basics.mistakes.mistake import Sign
from pytorch_basics.mistakes.reading.lost_history import Cut, cut, refused, unwatched


def left(record: FailureRecord) -> Iterator[Sign]:
    """``backward()`` raised: the step that took the numbers and left the history."""
    if not refused(record) or record.place is None:
        return
    found = cut(record)
    if found is None and unwatched(record) is None:
        text = record.failing.text if record.failing else "backward()"
        yield Sign(
            place=record.place,
            seen=f"`{text}` starts from a tensor without a history: no step behind it was recorded.",
            instead="print `loss.grad_fn`, then that of each tensor before it: the first None is the line to change",
            evidence=(f"PyTorch: {record.message}",),
            sure=False,
        )
    if found is None or found.what not in ("detached", "rebuilt"):
        return
    verb = "takes the numbers and leaves the history" if found.what == "detached" else "makes plain numbers of a tensor"
    yield Sign(
        place=found.place,
        seen=f"`{found.text}` {verb}: nothing leads from there back to the parameters, and `backward()` at line "
        f"{record.place.line} needs it.",
        instead=_kept(found),
        evidence=("parameters that require grad stand behind it, and the loss does not require grad",),
        also=(record.place,) if record.place.line != found.place.line else (),
    )


def _kept(cut: Cut) -> str:
    """The expression without what cut the history."""
    for ending in (".detach()", ".data", ".item()", ".tolist()", ".detach_()"):
        if ending in cut.text:
            return f"`{cut.text.replace(ending, '')}`, without `{ending}`"
    if cut.word in ("tensor", "as_tensor", "FloatTensor", "Tensor"):
        inner = cut.text.partition("(")[2]
        return (
            "torch.stack(…) of the tensors themselves"
            if inner.startswith("[")
            else f"the tensor itself: {inner.rpartition(')')[0]}"
        )
    return "torch's function of the same name, on the tensor itself"
