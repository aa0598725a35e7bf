"""What a trace is called: the call as it is written, ``model(x)``, read from the source when somebody asks.

In goes the place in the learner's code where the trace began; out come the title and the arguments' names.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import CodeType

from pytorch_basics.instruments.trace.sites import Expression, Sites


@dataclass(frozen=True)
class Title:
    """A ``pb.trace(fn, …)`` or ``pb.tracing()`` (then without ``named``, the function's own name) in the source."""

    code: CodeType
    at: int
    named: str

    def written(self) -> str:
        """``model(x)``; for a block the line it begins on."""
        sites = Sites()
        if not self.named:
            line = sites.line(self.code, self.at)
            return f"with pb.tracing(), line {sites.lines[line].number}" if line is not None else "with pb.tracing()"
        expression = self._expression(sites)
        if expression is None:
            return f"{self.named}(…)"
        fn, *arguments = expression.texts()
        return f"{f'({fn})' if fn.startswith('lambda') else fn}({', '.join(arguments)})"

    def arguments(self) -> list[str]:
        """The names of the positional arguments after the function; empty for an expression that is no name."""
        expression = self._expression(Sites()) if self.named else None
        return expression.operands(method=False)[1:] if expression else []

    def _expression(self, sites: Sites) -> Expression | None:
        found = sites.expression(self.code, self.at)
        return found if found and found.callee == "trace" and found.texts() else None
