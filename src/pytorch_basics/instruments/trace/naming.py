"""What the learner calls the tensors of a trace: by their parameters' paths, by the source, by their variables.

In go a ``Log`` and the source at each op; out come names by tensor. The first name found stays: what was given to the
trace and parameters (``fc1.weight``), then, in the order the ops ran, what stands at the call (``h = x @ w`` names all
three), then the variables that held a tensor at the end.
"""

from __future__ import annotations

from pytorch_basics.instruments.trace.called import bare, called
from pytorch_basics.instruments.trace.log import Log, RawModule, RawOp
from pytorch_basics.instruments.trace.sites import Expression, Sites


def names(log: Log, ops: list[RawOp], sites: Sites, arguments: list[str]) -> dict[int, str]:
    """The names of tensors by number; a tensor that nobody named has none. ``arguments`` are what ``pb.trace`` was
    given, as its caller calls them."""
    found = dict(log.names)
    if len(arguments) == len(log.arguments):
        for given, name in zip(log.arguments, arguments, strict=True):
            if given is not None:
                _name(found, given, name)
    returned: dict[int, list[str]] = {}
    for call in map(RawModule._make, log.modules):
        expression = sites.expression(call.site[0], call.site[1]) if call.site[2] else None
        if call.out is not None and expression and expression.is_call and len(expression.targets) == 1:
            returned.setdefault(call.out, []).append(expression.targets[0])
    for op in ops:
        code, at, direct = op.site
        expression = sites.expression(code, at)
        outs = op.outs if isinstance(op.outs, tuple) else (op.outs,)
        if expression and (direct or expression.callee == bare(called(op.func))):
            _operands(found, op, expression)
            if len(expression.targets) == len(outs):
                for out, name in zip(outs, expression.targets, strict=True):
                    _name(found, out, name)
        for out in outs:
            for name in returned.pop(out, ()):
                _name(found, out, name)
    for number, name in log.variables.items():
        _name(found, number, name)
    return found


def _operands(found: dict[int, str], op: RawOp, expression: Expression) -> None:
    method = called(op.func).startswith("Tensor.")
    written = expression.operands(method)
    if len(written) == len(op.ins):
        for number, name in zip(op.ins, written, strict=True):
            _name(found, number, name)
    elif method and op.ins and written and not expression.is_operator:
        # The rest may be numbers, but what a method is called on is a tensor; of ``a * b`` either may be.
        _name(found, op.ins[0], written[0])


def _name(found: dict[int, str], number: int, name: str) -> None:
    if name and not found.get(number):
        found[number] = name
