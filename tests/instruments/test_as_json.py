"""Records and JSON: what goes out comes back equal, and nothing else is built."""

from __future__ import annotations

import json
from dataclasses import dataclass
from math import inf, isnan, nan

import pytest

from pytorch_basics.instruments.as_json import from_json, to_json


@dataclass(frozen=True)
class Part:
    value: object


@dataclass(frozen=True)
class Whole:
    parts: tuple[Part, ...]


def test_numbers_that_json_has_not_come_back() -> None:
    """Infinities, NaN and complex numbers survive, tuples stay tuples, and the text is strict JSON."""
    whole = Whole((Part(inf), Part(-inf), Part(1 + 2j), Part(complex(0, inf)), Part((1, (2, None))), Part("é")))
    text = to_json(whole)
    json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    assert from_json(text, Whole, Part) == whole
    value = from_json(to_json(Whole((Part(nan),))), Whole, Part).parts[0].value
    assert isinstance(value, float)
    assert isnan(value)


@pytest.mark.parametrize("text", ['{"is": "Popen", "args": "x"}', '{"is": "Part"}', '[{"value": 1}]'])
def test_other_json_is_refused(text: str) -> None:
    """Only the classes asked for are built, from the fields they have."""
    with pytest.raises(ValueError, match="wanted the JSON of a Whole"):
        from_json(text, Whole, Part)


def test_a_part_is_not_the_whole() -> None:
    """The JSON of a part says so."""
    with pytest.raises(ValueError, match="wanted the JSON of a Whole, got that of Part"):
        from_json(to_json(Part(1)), Whole, Part)
