"""What rules would have said of a history."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Commit:
    """One step of history: a commit or merge beside its first parent; `base` is empty for the first commit."""

    name: str
    base: str
    day: str
    subject: str


@dataclass(frozen=True, slots=True)
class Red:
    """A condition that a change would have failed, with its first places as `path:line message`."""

    condition: str
    explanation: str
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Replay:
    """What the rules say of one step; `unknown` are conditions that could not be judged for want of a measurement."""

    commit: Commit
    reds: tuple[Red, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """What a backtest comes to.

    steps, reds: how many, and how many of them at least one condition would have failed.
    by_condition: how often each condition failed.
    weeks:       from the first to the last step, at least one.
    unjudged:    steps in which some condition could not be judged.
    """

    steps: int
    reds: int
    by_condition: tuple[tuple[str, int], ...]
    weeks: Fraction
    unjudged: int

    @property
    def a_week(self) -> Fraction:
        """Reds a week."""
        return self.reds / self.weeks


def summary(replays: list[Replay]) -> Summary:
    """Count what a backtest found."""
    counts = Counter(red.condition for replay in replays for red in replay.reds)
    days = [date.fromisoformat(replay.commit.day) for replay in replays]
    weeks = max(Fraction((max(days) - min(days)).days, 7), Fraction(1)) if days else Fraction(1)
    return Summary(
        len(replays),
        sum(bool(replay.reds) for replay in replays),
        tuple(sorted(counts.items(), key=lambda each: (-each[1], each[0]))),
        weeks,
        sum(bool(replay.unknown) for replay in replays),
    )
