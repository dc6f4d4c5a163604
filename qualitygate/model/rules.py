"""What the rules say, once they are read."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction
from typing import TYPE_CHECKING

from qualitygate.model.component import WHOLE_MODULE, Component
from qualitygate.model.verdict import Level, On

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from qualitygate.model.finding import Finding, Severity
    from qualitygate.model.metric import CustomMetric


class Unmeasured(Enum):
    """How source files count that the component's reports should speak of and do not."""

    UNCOVERED = "uncovered"
    WARN = "warn"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class Where:
    """Which findings a condition counts; an empty tuple picks all.

    severities, tools, rules: a finding counts that is in each of those that are given.
    """

    severities: tuple[Severity, ...] = ()
    tools: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()

    def picks(self, finding: Finding) -> bool:
        """Tell whether a finding counts."""
        return (
            (not self.severities or finding.severity in self.severities)
            and (not self.tools or finding.tool in self.tools)
            and (not self.rules or finding.rule in self.rules)
        )


@dataclass(frozen=True, slots=True)
class Condition:
    """One line of the rules, as it holds for one component.

    metric:       key of the metric.
    on:           what it looks at.
    level:        what it does to the verdict when it is not met.
    not_worse:    the head may not be worse than the base.
    minimum, maximum: bounds in the metric's unit, percentages from 0 to 100; None for no bound.
    tolerance:    how much worse the head may be, in the metric's unit (percentage points for shares).
    drift:        how much worse the head may be than the best level that the protected branch accepted, in the metric's
                  unit, if it loses something at all; None for no cap.
    ignore_below: smallest number of new lines that is judged; a smaller change is exempt. 0 judges every change.
    unmeasured:   how files count that no report speaks of.
    required:     whether the verdict is unknown while this cannot be judged.
    where:        which findings count.
    place:        where the rules say so, `file:line:column`, the last one that had a say first.
    """

    metric: str
    on: On
    level: Level = Level.FAIL
    not_worse: bool = False
    minimum: Fraction | None = None
    maximum: Fraction | None = None
    tolerance: Fraction = Fraction(0)
    ignore_below: int = 0
    unmeasured: Unmeasured = Unmeasured.UNCOVERED
    required: bool = False
    where: Where = Where()
    drift: Fraction | None = None
    place: str = field(default="", compare=False)

    @property
    def rule(self) -> str:
        """The condition as waivers name it, such as `coverage/new-code`."""
        return f"{self.metric}/{self.on.value}"


@dataclass(frozen=True, slots=True)
class Waiver:
    """An exemption that ends.

    rule:       `metric/on`, or a metric for all its conditions.
    paths:      globs of tracked paths; empty for every place.
    components: names; empty for every component.
    until:      last day on which it acts, by UTC.
    reason:     why, shown wherever it acts.
    functions:  globs of function names as the evidence names them; empty for every one.
    findings:   rules of findings; empty for every one.
    owner:      who answers for it; empty where nobody is named.
    link:       where it is discussed; empty where it is not.
    """

    rule: str
    until: date
    reason: str
    paths: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    owner: str = ""
    link: str = ""

    @property
    def narrow(self) -> bool:
        """Whether it reaches only some places of a condition."""
        return bool(self.paths or self.functions or self.findings)

    @property
    def told(self) -> str:
        """Reason, end, owner and link in one line."""
        return f"{self.reason} (until {', '.join(filter(None, (self.until.isoformat(), self.owner, self.link)))})"


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything that judges a change.

    components: in the order of the file; a path belongs to the first that holds it.
    conditions: by component name.
    waivers:    expired ones included.
    metrics:    custom ones, by key.
    """

    components: tuple[Component, ...] = (Component(WHOLE_MODULE),)
    conditions: Mapping[str, tuple[Condition, ...]] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()
    metrics: Mapping[str, CustomMetric] = field(default_factory=dict)
