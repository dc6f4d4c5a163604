"""What loosens a rule: the order of every setting, from strict to lenient."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from qualitygate.model.rules import Unmeasured, Where
from qualitygate.model.verdict import Level

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Value: TypeAlias = bool | Fraction | Level | Unmeasured | Where

_STRICTNESS = (Unmeasured.UNCOVERED, Unmeasured.WARN, Unmeasured.IGNORE)


def loosened(held: Mapping[str, Value], given: Mapping[str, Value]) -> Iterator[str]:
    """Yield the settings that would judge more leniently than the held ones; a setting that is not held is tighter.

    Unsaid settings hold their defaults: tolerance 0, no exemption of small changes, level fail, uncovered.
    """
    for key, value in given.items():
        if _is_looser(key, held.get(key), value):
            yield key


def _is_looser(key: str, held: Value | None, value: Value) -> bool:
    match key, value:
        case "min", Fraction():
            return isinstance(held, Fraction) and value < held
        case "max", Fraction():
            return isinstance(held, Fraction) and value > held
        case (("tolerance" | "ignore-below"), Fraction()):
            return value > (held if isinstance(held, Fraction) else 0)
        case "drift", Fraction():
            return isinstance(held, Fraction) and value > held
        case (("not-worse" | "required" | "locked"), bool()):
            return held is True and not value
        case "level", Level():
            return value is Level.WARN and held is not Level.WARN
        case "unmeasured", Unmeasured():
            strict = held if isinstance(held, Unmeasured) else Unmeasured.UNCOVERED
            return _STRICTNESS.index(value) > _STRICTNESS.index(strict)
        case _:
            # Of two choices of findings neither needs to hold the other.
            return value != (held if held is not None else Where())
