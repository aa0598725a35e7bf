"""What stands around a line of the learner's code: the statement, the one after it, loops, calls and assignments.

In go places from a record; out come places and syntax trees. A source that is not known, or does not parse, gives
nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from pytorch_basics.instruments.failure.source import source_of
from pytorch_basics.instruments.place import Place

Loop = ast.For | ast.AsyncFor | ast.While
_BLOCKS = ("body", "orelse", "finalbody")


def statement(place: Place) -> ast.stmt | None:
    """The innermost statement that this line belongs to."""
    source = source_of(place.file) if place.file else None
    found: ast.stmt | None = None
    for node in ast.walk(source.tree) if source is not None else ():
        holds = isinstance(node, ast.stmt) and node.lineno <= place.line <= (node.end_lineno or node.lineno)
        if isinstance(node, ast.stmt) and holds and (found is None or _smaller(node, found)):
            found = node
    return found


def _smaller(one: ast.stmt, other: ast.stmt) -> bool:
    return (one.lineno, -(one.end_lineno or 0)) >= (other.lineno, -(other.end_lineno or 0))


def next_line(place: Place) -> Place:
    """Where the next statement of the same block stands; of a last one, the line itself."""
    source, here = (source_of(place.file) if place.file else None), statement(place)
    if source is None or here is None:
        return place
    above = source.parents.get(here)
    for name in _BLOCKS:
        block = getattr(above, name, [])
        if here in block and block.index(here) + 1 < len(block):
            following = block[block.index(here) + 1]
            return source.place_of_line(following.lineno, following) if following.lineno > place.line else place
    return place


def loops(place: Place) -> list[Loop]:
    """The loops around a line in its function, the innermost first."""
    source, here = (source_of(place.file) if place.file else None), statement(place)
    if source is None or here is None:
        return []
    found: list[Loop] = []
    inner: ast.AST = here
    for above in source.up(here):
        if isinstance(above, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            break
        if isinstance(above, ast.For | ast.AsyncFor | ast.While) and inner in above.body:
            found.append(above)
        inner = above
    return found


def calls(file: str, *names: str) -> Iterator[tuple[Place, ast.Call]]:
    """The calls in a file of functions or methods of these names."""
    source = source_of(file) if file else None
    for node in ast.walk(source.tree) if source is not None else ():
        if isinstance(node, ast.Call) and called(node) in names and source is not None:
            yield source.place_of_line(node.lineno, node), node


def called(node: ast.AST) -> str:
    """The last part of what a call calls: ``eval`` of ``self.net.eval()``."""
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def receiver(node: ast.Call) -> str:
    """What stands before the dot of a method's call: ``self.net``."""
    return ast.unparse(node.func.value) if isinstance(node.func, ast.Attribute) else ""


def assigned(file: str, target: str) -> Iterator[tuple[Place, ast.stmt]]:
    """The statements in a file that assign to this name or attribute, as it is written there."""
    source = source_of(file) if file else None
    for node in ast.walk(source.tree) if source is not None else ():
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        named = any(t is not None and ast.unparse(t) == target for t in targets)
        if isinstance(node, ast.Assign | ast.AnnAssign) and source is not None and named:
            yield source.place_of_line(node.lineno, node), node


def same_function(one: Place, other: Place) -> bool:
    """Whether two lines stand in the same function of the same file."""
    return (one.file, one.function) == (other.file, other.function)


def nearest(place: Place, found: list[Place]) -> Place | None:
    """The last of these lines before ``place`` in its function, else in its file; the first after it where none is."""
    for near in ([p for p in found if same_function(p, place)], [p for p in found if p.file == place.file]):
        before = [p for p in near if p.line <= place.line]
        if near:
            return max(before, key=lambda p: p.line) if before else min(near, key=lambda p: p.line)
    return None
