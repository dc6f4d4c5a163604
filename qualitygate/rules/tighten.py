"""Tighter bounds in the text of rules.yaml, its comments and order kept."""

from __future__ import annotations

import io
from dataclasses import dataclass
from math import ceil, floor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Proposal:
    """A bound that may be tighter: where it stands, what it is, and what has been reached for long.

    on, key: as rules.yaml writes them, such as `overall` and `min`.
    reached: the worst level of all components that the bound holds for.
    """

    metric: str
    on: str
    key: str
    bound: Fraction
    reached: Fraction

    @property
    def tighter(self) -> int | None:
        """The bound in whole numbers that what was reached still meets; None where none is tighter."""
        rounded = floor(self.reached) if self.key == "min" else ceil(self.reached)
        better = rounded > self.bound if self.key == "min" else rounded < self.bound
        return rounded if better else None


def edited(text: str, proposals: Iterable[Proposal]) -> str:
    """Write the proposals into the `rules` of a rules.yaml; what stands nowhere in its own text is left out."""
    from ruamel.yaml import YAML  # noqa: PLC0415 - only this command edits

    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    document = yaml.load(text)
    rules = (document or {}).get("rules") or {}
    for each in proposals:
        condition = (rules.get(each.metric) or {}).get(each.on) or {}
        if each.tighter is None or each.key not in condition:
            continue
        held = condition[each.key]
        # `80 %` stays with its unit.
        condition[each.key] = f"{each.tighter}{held.lstrip('0123456789.')}" if isinstance(held, str) else each.tighter
    stream = io.StringIO()
    yaml.dump(document, stream)
    return stream.getvalue()
