"""The arguments of ``pytorch-basics doctor``.

In goes a parser; its options stand before the script, and all after the script's name is the script's own.
"""

from __future__ import annotations

import argparse

USAGE = "%(prog)s [options] script [arguments of the script ...]"


def add_arguments(doctor: argparse.ArgumentParser) -> None:
    """Give ``doctor`` its options."""
    doctor.usage = USAGE
    doctor.description = (
        "Runs the script unchanged and prints a report to stderr. Exit status: 0 healthy, 1 findings or an exception, "
        "2 could not run."
    )
    doctor.add_argument("--json", action="store_true", help="the report as one line of JSON")
    doctor.add_argument("--report", metavar="FILE", help="write the report there (a page where FILE ends in .html)")
    doctor.add_argument("--passthrough", action="store_true", help="exit with the script's own exit status")
    doctor.add_argument("--steps", type=positive, metavar="N", help="stop watching after N optimizer steps")
    doctor.add_argument("--stop-after", type=positive, metavar="N", help="end the run after N optimizer steps")
    doctor.add_argument("script", help="a Python file; what follows it is passed to it")
    doctor.add_argument("arguments", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)


def positive(text: str) -> int:
    """A whole number from 1 on."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is below 1; wanted a number of optimizer steps, such as 100")
    return number
