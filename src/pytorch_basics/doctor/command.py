"""``pytorch-basics doctor``: runs a script and writes its report where it was asked for.

In go the parsed arguments; out comes the exit status. The report goes to stderr or a file, never where the script
prints. Importing this loads no torch.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
from pathlib import Path

from pytorch_basics.doctor.finding import Report
from pytorch_basics.doctor.script import Script
from pytorch_basics.errors import Problem


def run(options: argparse.Namespace) -> int:
    """Run the script, report, and give the exit status. Raises ``Problem`` where it could not be run."""
    output = Output(options.json, options.report, options.passthrough)
    script = Script(options.script, options.arguments, output.finish, options.steps, options.stop_after)
    output.prepare()
    return script.run()


class Output:
    """Where a report goes, and which exit status it means."""

    def __init__(self, as_json: bool, path: str | None, passthrough: bool) -> None:
        self._json, self._passthrough = as_json, passthrough
        self._path = Path(path).absolute() if path else None  # the script may change the folder

    def prepare(self) -> None:
        """Find out before the run whether the file can be written; what it held is gone then, as after the run."""
        try:
            if self._path:
                self._path.write_text("", encoding="utf-8")
        except OSError as error:
            raise Problem(f"--report {self._path} cannot be written: {error.strerror or error}") from None

    def finish(self, report: Report) -> int:
        """Write the report; the exit status is the script's own or the doctor's."""
        if self._path:
            self._path.write_text(self._drawn(report), encoding="utf-8")
        else:
            _last_on_stderr(self._drawn(report))
        return (report.exit or 0) if self._passthrough else int(not report.healthy)

    def _drawn(self, report: Report) -> str:
        if self._json:
            return json.dumps(report.to_json()) + "\n"
        if self._path and self._path.suffix == ".html":
            return f"<!doctype html><meta charset=utf-8><title>The doctor</title>{report._repr_html_()}\n"
        return f"{report}\n" if self._path else f"\n{report}\n"


def _last_on_stderr(text: str) -> None:
    """The report after all that the script has printed; on the real stderr, whatever became of ``sys.stderr``."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):  # closed, or replaced by something of the script's
            continue
    with contextlib.suppress(OSError), open(2, "wb", closefd=False) as stderr:  # a script may be run without one
        stderr.write(text.encode("utf-8", "replace"))
