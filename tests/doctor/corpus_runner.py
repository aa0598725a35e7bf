"""Runs cases of the corpus under the doctor, each in a fork of one process that has loaded PyTorch and nothing else.

In go cases of ``tests/corpus``; out comes one ``Seen`` for each. A case runs as a script of its own in an empty folder,
its header blanked, its lines where they were, so nothing but what it does can be read.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

CORPUS = Path(__file__).parents[1] / "corpus"
MORE = CORPUS / "more"
ACCEPTED = Path(__file__).with_name("accepted.json")  # the mistakes that name a case's cause rightly
SECONDS = 60


@dataclass(frozen=True)
class Case:
    """One program. ``fixed`` says that it is the repaired twin of ``id``, which has the same ``kind``."""

    id: str
    kind: str
    topic: str
    path: Path
    culprits: tuple[int, ...] = ()
    accepted: tuple[str, ...] = ()
    check: str | None = None
    fixed: bool = False


@dataclass(frozen=True)
class Seen:
    """What the doctor said of a case: its findings as JSON, the exception, its own notes, seconds, output."""

    case: Case
    findings: list[dict[str, Any]] = field(default_factory=list)
    raised: str | None = None
    notes: list[str] = field(default_factory=list)
    check: bool | None = None
    seconds: float = 0.0
    output: str = ""

    @property
    def right_line(self) -> bool:
        """The first finding names a line of the culprits."""
        return bool(self.findings) and self.findings[0]["line"] in self.case.culprits

    @property
    def right_cause(self) -> bool:
        """The first finding is a mistake accepted for this case."""
        return bool(self.findings) and self.findings[0]["mistake"] in self.case.accepted

    @property
    def sure(self) -> list[dict[str, Any]]:
        """The findings that the doctor is sure of."""
        return [finding for finding in self.findings if finding["confidence"] == "sure"]


def cases() -> list[Case]:
    """All cases, each broken one followed by its repaired twin."""
    accepted = json.loads(ACCEPTED.read_text(encoding="utf-8"))
    found = []
    for entry in json.loads((CORPUS / "index.json").read_text(encoding="utf-8")):
        kind, topic, id = entry["kind"], entry["topic"], f"{entry['kind']}/{entry['id']}"
        path, lines = CORPUS / entry["path"], tuple(entry.get("culprit_lines", ()))
        check = entry.get("check") if kind == "healthy" else None
        found.append(Case(id, kind, topic, path, lines, tuple(accepted.get(id, ())), check))
        if entry["fixed_path"]:
            found.append(Case(id, kind, topic, CORPUS / entry["fixed_path"], fixed=True))
    return found


def more_cases() -> list[Case]:
    """The held-out cases: written by somebody who had read no rule, to see what the rules do on other code."""
    found = []
    for entry in json.loads((MORE / "index.json").read_text(encoding="utf-8")):
        kind, topic, id = entry["kind"], entry["topic"], f"more/{entry['kind']}/{entry['id']}"
        lines, accepted = tuple(entry["culprit_lines"]), tuple(entry["accepted"])
        found.append(Case(id, kind, topic, MORE / entry["path"], lines, accepted))
        found.append(Case(id, kind, topic, MORE / entry["fixed_path"], fixed=True))
    return found


def healthy_cases() -> list[Case]:
    """Healthy programs in the styles that people write, each with what looks suspicious in it."""
    paths = sorted((CORPUS / "healthy_more").glob("*.py"))
    return [Case(f"healthy_more/{path.stem}", "healthy", "more", path) for path in paths]


def everything() -> list[Case]:
    """The corpus, the held-out cases and the healthy programs."""
    return [*cases(), *more_cases(), *healthy_cases()]


def blinded(path: Path) -> str:
    """The source with its header blanked and every line where it was."""
    out, fences = [], 0
    for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
        out.append("#\n" if fences < 2 else line)
        fences += line.strip() == "# ---"
    return "".join(out)


def inside_a_function(source: str) -> str:
    """The same program as the body of ``main()``, every line where it was: what it made is gone when it ends."""
    lines = source.splitlines(keepends=True)
    body = [f"    {line}" if line.strip() else line for line in lines[1:]]
    return "".join(["def main():\n", *body, "\nmain()\n"])


def run(case: Case, in_main: bool = False) -> Seen:
    """The case in a fork of this process; a case that hangs or dies is a ``Seen`` that says so."""
    with tempfile.TemporaryDirectory(prefix="case_", ignore_cleanup_errors=True) as folder:
        source = inside_a_function(blinded(case.path)) if in_main else blinded(case.path)
        (Path(folder) / "program.py").write_text(source, encoding="utf-8")
        begun = time.perf_counter()
        child = os.fork()
        if child == 0:
            try:
                os.setsid()
                _perform(replace(case, check=None) if in_main else case, folder)
            finally:
                os._exit(0)
        died = _wait(child, begun + SECONDS)
        return _seen(case, Path(folder), died, time.perf_counter() - begun)


def _perform(case: Case, folder: str) -> None:
    output = os.open(f"{folder}/output", os.O_WRONLY | os.O_CREAT)
    os.dup2(output, 1)
    os.dup2(output, 2)
    sys.stdout, sys.stderr = (open(number, "w", closefd=False) for number in (1, 2))  # noqa: SIM115 - to the end
    os.chdir(folder)
    from pytorch_basics.doctor.finding import Report
    from pytorch_basics.doctor.script import Script

    reports: list[Report] = []
    Script(f"{folder}/program.py", [], lambda report: reports.append(report) or 0).run()
    (report,) = reports
    check = _checked(case) if case.check and report.failure is None else None
    sys.stdout.flush()
    said = {"findings": [finding.to_json() for finding in report.findings], "raised": report.raised, "check": check}
    Path(folder, "seen.json").write_text(json.dumps(said | {"notes": list(report.notes)}), encoding="utf-8")


def _checked(case: Case) -> bool:
    return bool(eval(str(case.check), sys.modules["__main__"].__dict__))


def _wait(child: int, until: float) -> str:
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return "" if status == 0 else f"died with status {status}"
        if time.perf_counter() > until:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return f"did not end in {SECONDS} s"
        time.sleep(0.002)


def _seen(case: Case, folder: Path, died: str, seconds: float) -> Seen:
    output = (folder / "output").read_text(encoding="utf-8", errors="replace")[-4000:]
    try:
        said = json.loads((folder / "seen.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        said = {"notes": [f"the doctor's process gave nothing: {died or output[-300:]}"]}
    return Seen(case, seconds=seconds, output=output, **said)


def warm_up() -> None:
    """Load what every case needs, so that a fork starts in milliseconds; one thread, so that nothing runs beside."""
    import numpy  # noqa: F401
    import torch
    import torch._dynamo  # the first optimizer loads it, 2 s
    import torch.utils.data

    import pytorch_basics.mistakes

    torch.set_num_threads(1)
    pytorch_basics.mistakes.all_mistakes()
    for name in ("failure.capture", "run.capture"):
        with contextlib.suppress(ImportError):
            __import__(f"pytorch_basics.instruments.{name}")


def run_all(chosen: list[Case], in_main: bool = False) -> Iterator[Seen]:
    """Every case, one after the other."""
    warm_up()
    for case in chosen:
        yield run(case, in_main)


def in_processes_of_their_own(chosen: list[Case], processes: int = 2) -> list[Seen]:
    """Every case, in forks of fresh processes: a process that has run anything in parallel must not be forked."""
    shares = [range(len(chosen))[k::processes] for k in range(processes)]
    keys = [(case.id, case.fixed) for case in everything()]
    orders = [json.dumps([keys.index((chosen[k].id, chosen[k].fixed)) for k in share]) for share in shares]
    started = [subprocess.Popen([sys.executable, __file__, order], stdout=subprocess.PIPE) for order in orders]
    replies = [json.loads(process.communicate()[0].splitlines()[-1]) for process in started]
    found = {
        k: reply for share, some in zip(shares, replies, strict=True) for k, reply in zip(share, some, strict=True)
    }
    return [Seen(chosen[k], **found[k]) for k in range(len(chosen))]


def main() -> None:
    """Run the cases whose positions are given as JSON, and print what was seen as JSON."""
    known = everything()
    chosen = [known[k] for k in json.loads(sys.argv[1])]
    rows = [{f.name: getattr(seen, f.name) for f in fields(seen) if f.name != "case"} for seen in run_all(chosen)]
    print(json.dumps(rows))


if __name__ == "__main__":
    main()
