"""The command line: ``pytorch-basics lab | check | progress | reset | doctor``.

In go the arguments; out come lines for a person (or JSON), and an exit status: 0 when all is well, 1 when an
exercise is not passed or the doctor found something, 2 when something could not be done, which is said in one line.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from io import TextIOWrapper
from pathlib import Path

from pytorch_basics import __version__
from pytorch_basics.doctor.arguments import add_arguments
from pytorch_basics.errors import Problem

DEFAULT_FOLDER = "pytorch-basics-work"
_OLDEST_PYTHON, _OLDEST_TORCH = (3, 11), (2, 13)


def main(arguments: list[str] | None = None) -> int:
    """Run one command and give its exit status."""
    options = _parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr) if options.run is not _doctor else ():  # a script's streams are its own
        if isinstance(stream, TextIOWrapper):  # a terminal or a pipe that has no ✓ shows a ? instead
            stream.reconfigure(errors="replace")
    try:
        _must_be_recent(sys.version_info[:2], _torch_version())
        status: int = options.run(options)
        return status
    except Problem as problem:
        print(f"pytorch-basics: {problem}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="pytorch-basics", description="The introduction to PyTorch's basics.")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="command")

    lab = commands.add_parser("lab", help="open the course in JupyterLab")
    lab.add_argument("folder", nargs="?", default=DEFAULT_FOLDER, help="your folder (made if missing)")
    lab.add_argument("--port", type=int, help="the port to serve on (default: 8888, or the next free one)")
    lab.add_argument("--browser", help="the browser to open; none for a machine without a screen")
    lab.add_argument("--language", help="read in this language, such as de; remembered in the folder")
    lab.set_defaults(run=_lab)

    check = commands.add_parser("check", help="check the exercises of saved notebooks")
    check.add_argument("what", nargs="*", help="topics or notebooks (default: every lesson in your folder)")
    check.add_argument("--folder", help="your folder")
    check.add_argument("--json", action="store_true", help="print JSON")
    check.set_defaults(run=_check)

    progress = commands.add_parser("progress", help="what you tried and passed")
    progress.add_argument("--folder", help="your folder")
    shape = progress.add_mutually_exclusive_group()
    shape.add_argument("--json", action="store_true", help="print JSON")
    shape.add_argument("--html", metavar="FILE", help="write a page to keep or to print")
    progress.add_argument("--name", default="", help="your name, for the page")
    progress.set_defaults(run=_progress)

    reset = commands.add_parser("reset", help="put a lesson back; yours is kept as a backup")
    reset.add_argument("topic", help="such as tensors")
    reset.add_argument("--folder", help="your folder")
    reset.set_defaults(run=_reset)

    doctor = commands.add_parser("doctor", help="run a script and say what is wrong in it")
    add_arguments(doctor)
    doctor.set_defaults(run=_doctor)
    return parser


def _lab(options: argparse.Namespace) -> int:
    from pytorch_basics.lab.server import serve
    from pytorch_basics.lab.workspace import Workspace

    workspace = Workspace(Path(options.folder).resolve())
    workspace.prepare(options.language)
    for message in workspace.messages:
        print(message)
    return serve(workspace.folder, options.port, options.browser)


def _check(options: argparse.Namespace) -> int:
    from pytorch_basics.lab.check_notebooks import Checked, check
    from pytorch_basics.practice.sandbox import Sandbox

    sandbox = Sandbox()
    results: list[Checked] = []
    try:
        for path in _notebooks(options.what, options.folder):
            results.append(check(path, sandbox))
            if not options.json:
                _print(results[-1])
    finally:
        sandbox.stop()
    if options.json:
        print(json.dumps([_plain(result) for result in results], indent=1, default=sorted))
    return 0 if all(result.passed for result in results) else 1


def _print(result: object) -> None:
    from pytorch_basics.lab.check_notebooks import Checked

    assert isinstance(result, Checked)
    print(result.path.name)
    for verdict in result.verdicts:
        sign = "✓" if verdict.passed else "✗"
        detail = "" if verdict.passed else f"  {verdict.status}: {verdict.message.splitlines()[0]}"
        print(f"  {sign} {verdict.exercise}{detail}")
    for error in result.errors:
        print(f"  ! {error}")


def _plain(result: object) -> dict[str, object]:
    from pytorch_basics.lab.check_notebooks import Checked

    assert isinstance(result, Checked)
    return {
        "notebook": str(result.path),
        "passed": result.passed,
        "exercises": [asdict(verdict) for verdict in result.verdicts],
        "errors": result.errors,
    }


def _notebooks(what: list[str], folder: str | None) -> list[Path]:
    from pytorch_basics.course import COURSE
    from pytorch_basics.course.overview import notebook_name

    names = what or list(COURSE)
    return [_folder(folder) / notebook_name(name) if name in COURSE else Path(name) for name in names]


def _folder(named: str | None) -> Path:
    """The folder named, the one we stand in or above, or the default one here."""
    from pytorch_basics.practice.progress import FOLDER, workspace

    candidates = [Path(named)] if named else [workspace(), Path.cwd() / DEFAULT_FOLDER]
    for found in candidates:
        if os.path.isdir(found / FOLDER):  # no, and no error, for a path that the system refuses
            return found
    where = named or "here or above"
    raise Problem(f"there is no course folder {where}; make one with: pytorch-basics lab {named or ''}".rstrip())


def _progress(options: argparse.Namespace) -> int:
    from pytorch_basics.course.overview import lines, states
    from pytorch_basics.practice.progress import Progress

    if options.name and not options.html:
        raise Problem(
            "--name stands on the page of --html; write: pytorch-basics progress --html progress.html --name …"
        )
    kept = Progress(_folder(options.folder))
    rows = kept.rows()
    if options.html:
        from datetime import datetime

        from pytorch_basics.course.certificate import certificate
        from pytorch_basics.course.certificate_page import write

        write(Path(options.html), certificate(rows, kept.events(), options.name.strip(), datetime.now()))
        print(f"{options.html} is written; open it in a browser")
    elif options.json:
        topics = [asdict(state) for state in states(rows)]
        print(json.dumps({"topics": topics, "exercises": [asdict(row) for row in rows.values()]}, indent=1))
    else:
        print("\n".join(lines(rows)))
    return 0


def _reset(options: argparse.Namespace) -> int:
    from pytorch_basics.lab.workspace import Workspace

    backup = Workspace(_folder(options.folder)).reset(options.topic)
    print(f"{options.topic} is as it was shipped; yours is kept as {backup}")
    return 0


def _doctor(options: argparse.Namespace) -> int:
    from pytorch_basics.doctor.command import run

    return run(options)


def _torch_version() -> str | None:
    try:
        return version("torch")
    except PackageNotFoundError:
        return None


def _must_be_recent(python: tuple[int, int], torch: str | None) -> None:
    """Raise ``Problem`` when Python or PyTorch is older than what the tests ran on, or PyTorch is missing."""
    if python < _OLDEST_PYTHON:
        raise Problem(f"Python {python[0]}.{python[1]} is too old; install Python 3.11 or later")
    if torch is None:
        raise Problem("PyTorch is not installed; install it with: pip install torch")
    if tuple(int(part) for part in torch.split("+")[0].split(".")[:2]) < _OLDEST_TORCH:
        raise Problem(f'PyTorch {torch} is too old; update it with: pip install --upgrade "torch>=2.13"')


if __name__ == "__main__":
    sys.exit(main())
