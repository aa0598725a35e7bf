"""A loader with workers is used at the top of a script that each worker runs again."""

from __future__ import annotations

from collections.abc import Iterator

from pytorch_basics.instruments.failure.record import FailureRecord
from pytorch_basics.mistakes.mistake import Mistake, Record, Sign
from pytorch_basics.mistakes.reading.loaders import loader

WORDS = "attempt has been made to start a new process before the"


def broken() -> object:
    # What Python itself raises in a worker that was started by "spawn" and runs the script again.
    raise RuntimeError(f"An {WORDS} current process has finished its bootstrapping phase.")


def fixed() -> object:
    return None


def signs(record: Record) -> Iterator[Sign]:
    """Python's words, at a line outside of every function."""
    if not isinstance(record, FailureRecord) or WORDS not in record.message or record.place is None:
        return
    outer = record.frames[0].place
    made = loader(record)
    yield Sign(
        place=outer,
        seen=f"`{outer.text}` starts workers; each imports this script anew, comes to the same line and would start "
        "workers of its own.",
        instead=f'if __name__ == "__main__": around `{outer.text}` and what follows',
        evidence=("the line runs whenever the file is imported",),
        also=(made.place,) if made is not None and made.place.line != outer.line else (),
    )


MISTAKE = Mistake(
    id="data.no_main_guard",
    code="",
    title="num_workers only changes the speed",
    see="“An attempt has been made to start a new process before the current process has finished its bootstrapping "
    "phase”, on "
    "Windows and macOS.",
    why="There a worker is a new Python that imports your script to know its functions. What stands at the top of "
    "the file runs "
    "again in every worker.",
    instead='the training in a function, called under `if __name__ == "__main__":`',
    broken=broken,
    fixed=fixed,
    signs=signs,
)
