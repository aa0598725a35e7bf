"""Makes the frozen ``RunRecord`` of what was written down: places, the learner's names, everything by position.

In goes a ``Log``; out comes the record. Source is read now, after the run. No torch: live things are not asked.
"""

from __future__ import annotations

from typing import Any

from pytorch_basics.instruments.place import Place
from pytorch_basics.instruments.run.log import Event, Fact, Layer, Loader, Log, Model, Optimizer, Parameter, Site, Where
from pytorch_basics.instruments.run.made import Made
from pytorch_basics.instruments.run.record import (
    EventRecord,
    InRecord,
    LayerRecord,
    LoaderRecord,
    ModelRecord,
    OptimizerRecord,
    OutRecord,
    ParameterRecord,
    RunRecord,
    SiteRecord,
)
from pytorch_basics.instruments.trace.called import bare, called
from pytorch_basics.instruments.trace.sites import Expression, Sites


def assemble(log: Log, ended: str, strays: list[Any]) -> RunRecord:
    """The record; ``strays`` are those of each model, as far as they were asked for."""
    return _Assembly(log).record(ended, strays)


class _Assembly:
    def __init__(self, log: Log) -> None:
        self.log, self.sources = log, Sites()
        self._places: dict[Where, Place] = {}
        self.kinds = {(one.model, one.path): one.kind for one in log.layers}
        self.made = Made(code.co_filename for code in log.codes.values())

    def record(self, ended: str, strays: list[Any]) -> RunRecord:
        log = self.log
        sites = tuple(map(self.site, log.sites))
        return RunRecord(
            sites=sites,
            events=tuple(map(self.event, log.events)),
            models=tuple(self.model(k, one, strays) for k, one in enumerate(log.models)),
            layers=tuple(map(self.layer, log.layers)),
            parameters=tuple(self.parameter(k, one, sites) for k, one in enumerate(log.parameters)),
            optimizers=tuple(map(self.optimizer, log.optimizers)),
            loaders=tuple(map(self.loader, log.loaders)),
            losses=tuple(log.losses),
            steps=log.steps,
            watched=log.watched,
            ended=ended,
            notes=tuple(log.notes),
        )

    def place(self, where: Where) -> Place:
        if where not in self._places:
            number = self.sources.line(*where)
            line = None if number is None else self.sources.lines[number]
            made = Place(line.file, line.number, line.function, line.text.strip()) if line else Place("", 0)
            self._places[where] = made
        return self._places[where]

    def expression(self, where: Where) -> Expression | None:
        return self.sources.expression(*where)

    def site(self, one: Site) -> SiteRecord:
        name = called(one.func)
        expression = self.expression(one.where)
        direct = expression if expression and (not expression.is_call or expression.callee == bare(name)) else None
        written = direct.operands(name.startswith("Tensor.")) if direct else []
        names = written if len(written) == len(one.ins) else [""] * len(one.ins)
        targets = list(expression.targets) if expression and len(expression.targets) == len(one.outs) else []
        return SiteRecord(
            place=self.place(one.where),
            name=name,
            layer=one.layer,
            ins=tuple(_in(fact, name) for fact, name in zip(one.ins, names, strict=True)),
            outs=tuple(_out(fact, targets[k] if targets else "") for k, fact in enumerate(one.outs)),
            plain=one.plain,
            count=one.count,
            graded=one.graded,
            first=one.first,
            last=one.last,
            shapes=len(one.shapes),
            nonfinite=one.nonfinite,
            repeats=one.repeats,
            through=one.through,
        )

    def event(self, one: Event) -> EventRecord:
        facts = dict(one.facts)
        for key in ("parameters", "numbers"):
            facts[key] = tuple(facts.get(key, ()))
        return EventRecord(one.kind, self.place(one.where), one.order, one.steps, **facts)

    def layer(self, one: Layer) -> LayerRecord:
        graded, ungraded, eval_graded, eval_ungraded = one.calls
        return LayerRecord(
            one.path, one.kind, one.model, one.settings, one.training, graded, ungraded, eval_graded, eval_ungraded,
            at=self.place(one.at), made=self.made.layer(one.kind, one.path, one.settings, self.owners(one)),
        )  # fmt: skip

    def owners(self, one: Layer) -> list[tuple[str, str]]:
        """The paths and classes of what holds a layer in its model, the nearest first."""
        parts = one.path.split(".") if one.path and one.model is not None else []
        paths = [".".join(parts[:k]) for k in reversed(range(len(parts)))]
        return [(path, self.kinds[one.model, path]) for path in paths if (one.model, path) in self.kinds]

    def model(self, number: int, one: Model, strays: list[Any]) -> ModelRecord:
        own = tuple(k for k, p in enumerate(self.log.parameters) if p.layer in one.layers)
        name = self.name_called(one.at) or one.kind
        found = tuple(strays[number]) if number < len(strays) else ()
        return ModelRecord(name, one.kind, tuple(one.layers), own, found, self.place(one.at), one.repeats)

    def name_called(self, where: Where) -> str:
        """What stands before the brackets of the call: ``net``, ``self.network``."""
        import ast

        expression = self.expression(where)
        if expression is None or not isinstance(expression.node, ast.Call):
            return ""
        return ast.unparse(expression.node.func)[:60]

    def parameter(self, number: int, one: Parameter, sites: tuple[SiteRecord, ...]) -> ParameterRecord:
        named = (i.name for s in sites for i in s.ins if i.parameter == number and i.name)
        return ParameterRecord(
            name=one.name or next(named, ""),
            shape=one.shape,
            model=self.log.layers[one.layer].model if one.layer is not None else None,
            layer=one.layer,
            requires_grad=one.requires_grad,
            optimizers=tuple(one.optimizers),
            backwards=one.backwards,
            none=one.none,
            zero=one.zero,
            nonfinite=one.nonfinite,
            norms=tuple(one.norms),
            sizes=tuple(one.sizes),
            moves=tuple(one.moves),
            changed=one.changed,
            strange=one.strange,
            made=tuple(map(self.place, one.made)),
            born=one.born,
        )

    def optimizer(self, one: Optimizer) -> OptimizerRecord:
        expression = self.expression(one.made) if one.made[0] else None
        name = expression.targets[0] if expression and expression.targets else ""
        made = self.place(one.made) if one.made[0] else None
        at = self.place(one.at) if one.at[0] else None
        return OptimizerRecord(name, one.kind, made, tuple(one.parameters), one.settings, one.steps, at)

    def iterated(self, where: Where) -> str:
        """How the loader iterated here is written: ``loader`` of ``for x, y in loader``, of ``iter(loader)``."""
        import ast

        place = self.place(where)
        node = self.made.iterated(place.file, place.line)
        return ast.unparse(node) if node is not None else ""

    def shared(self, one: Loader) -> tuple[tuple[int, int], ...]:
        """The loaders of the same data set that draw samples which this one draws."""
        bottom, mine = one.samples
        others = [(k, other.samples) for k, other in enumerate(self.log.loaders) if other is not one]
        return tuple((k, len(mine & theirs)) for k, (at, theirs) in others if bottom and at == bottom and mine & theirs)

    def loader(self, one: Loader) -> LoaderRecord:
        most = max(one.given.values(), default=0) or None
        written = next(filter(None, (self.iterated(where) for where in one.at)), "")
        return LoaderRecord(
            **one.facts, at=tuple(map(self.place, one.at)), iterators=one.iterators, most=most,
            made=self.made.loader(one.facts["kind"], one.facts, written), written=written,
            generators=tuple((name, self.made.used(code, name)) for name, code in one.generators),
            shared=self.shared(one),
        )  # fmt: skip


def _in(fact: Fact, name: str) -> InRecord:
    return InRecord(
        shape=fact.shape,
        dtype=fact.dtype,
        device=fact.device,
        requires_grad=fact.requires_grad,
        leaf=fact.leaf,
        sources=tuple(fact.sources),
        parameter=fact.parameter,
        low=fact.low,
        high=fact.high,
        mean=fact.mean,
        std=fact.std,
        near=fact.near,
        name=name,
        sums=fact.sums,
        often=fact.often,
        asked=fact.asked,
        ordered=fact.ordered,
        spans=len(fact.spans),
    )


def _out(fact: Fact, name: str) -> OutRecord:
    alive = max(fact.most, sum(ref() is not None for ref in fact.alive))
    return OutRecord(fact.shape, fact.dtype, fact.requires_grad, alive, fact.low, fact.high, fact.dead, name)
