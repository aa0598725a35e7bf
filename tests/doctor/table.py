"""Prints what the doctor says of the corpus: ``python tests/doctor/table.py [part of an id …] [-v] [--missed]``.

One line for a case: the verdict, its id, the culprit lines, and the first finding. ``-v`` shows the findings in full
and the program's output, ``--missed`` only what is wrong; ``--in-main`` runs each
program as the body of a function. At the end stand the counts for each topic.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterable

from corpus_runner import Case, Seen, cases, more_cases, run_all


def verdict(seen: Seen) -> str:
    """``ok``, or what is wrong in a word; ``cause?`` is a right line while no mistake is accepted for the case yet."""
    if seen.case.kind == "healthy" or seen.case.fixed:
        if seen.raised or seen.check is False:
            return "BROKE"
        return "FALSE" if seen.sure else "maybe" if seen.findings else "ok"
    if not seen.findings:
        return "none"
    if not seen.right_line:
        return "LINE"
    return "ok" if seen.right_cause else "cause?" if not seen.case.accepted else "CAUSE"


def row(seen: Seen) -> str:
    """One case in a line."""
    first = seen.findings[0] if seen.findings else None
    said = f"{first['mistake']} at {first['line']} ({first['confidence']})" if first else seen.raised or ""
    more = f" +{len(seen.findings) - 1}" if len(seen.findings) > 1 else ""
    lines = ",".join(map(str, seen.case.culprits))
    note = "  NOTE" if seen.notes else ""
    return f"{verdict(seen):7}{_name(seen.case):58} {lines:9} {said[:90]}{more}  {seen.seconds:.1f}s{note}"


def _name(case: Case) -> str:
    return f"{case.id}{' (fixed)' if case.fixed else ''}"


def details(seen: Seen) -> str:
    """The findings in full, the notes and the end of the output."""
    parts = [f"    raised: {seen.raised}"] if seen.raised else []
    parts += [f"    note: {note}" for note in seen.notes]
    for finding in seen.findings:
        parts.append(f"    {finding['mistake']} lines {finding['lines']} {finding['confidence']}")
        parts += [f"      {key}: {finding[key]}" for key in ("seen", "write_instead", "evidence")]
    return "\n".join([*parts, *(f"    | {line}" for line in seen.output.splitlines()[-12:])])


def summary(all_seen: Iterable[Seen]) -> str:
    """For each kind and topic: how many, right line, right line and cause, false alarms."""
    groups: dict[tuple[str, str], list[Seen]] = defaultdict(list)
    for seen in all_seen:
        kind = "fixed" if seen.case.fixed else seen.case.kind
        for topic in (seen.case.topic, "all"):
            groups[kind, topic].append(seen)
    rows = [f"{'kind':9}{'topic':11}{'cases':>6}{'line':>6}{'both':>6}{'sure':>6}{'maybe':>6}"]
    for (kind, topic), some in sorted(groups.items()):
        lines = sum(seen.right_line for seen in some)
        both = sum(seen.right_line and seen.right_cause for seen in some)
        sure = sum(bool(seen.sure) for seen in some)
        maybe = sum(bool(seen.findings) and not seen.sure for seen in some)
        rows.append(f"{kind:9}{topic:11}{len(some):6}{lines:6}{both:6}{sure:6}{maybe:6}")
    return "\n".join(rows)


def main() -> None:
    """Run the cases chosen and print them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", help="parts of ids, such as raises/ops or dropout")
    parser.add_argument("-v", action="store_true", help="findings in full, and the program's output")
    parser.add_argument("--missed", action="store_true", help="only what is not right")
    parser.add_argument("--in-main", action="store_true", help="each program as the body of a function")
    parser.add_argument("--more", action="store_true", help="the held-out cases in place of the corpus")
    options = parser.parse_args()
    known = more_cases() if options.more else cases()
    chosen = [case for case in known if not options.parts or any(part in case.id for part in options.parts)]
    found = []
    for seen in run_all(chosen, options.in_main):
        found.append(seen)
        if not (options.missed and verdict(seen) == "ok"):
            print(row(seen), *([details(seen)] if options.v else []), sep="\n", flush=True)
    print(f"\n{summary(found)}")


if __name__ == "__main__":
    main()
