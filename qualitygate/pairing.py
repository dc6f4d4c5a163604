"""What of the base a function or a finding of the head was."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from qualitygate.model.lines import LineSet
from qualitygate.model.source import Function, SourceFacts
from qualitygate.model.unknown import Reason, Unknown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qualitygate.model.change import Change
    from qualitygate.model.component import Component
    from qualitygate.model.finding import Finding
    from qualitygate.model.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class FunctionComparison:
    """One function of the head that the change touches, beside what it was.

    base:         the same function in the base, by name or by the lines they share; None for a new one.
    base_path:    the file it stood in.
    base_unknown: why the base's functions could not be read; then nobody knows whether it is new.
    """

    path: str
    function: Function
    base: Function | None
    base_path: str
    base_unknown: Unknown | None = None


Sources: TypeAlias = "Mapping[str, SourceFacts | Unknown]"


def pair_functions(
    component: Component, base: Sources, head: Sources, change: Change
) -> tuple[FunctionComparison, ...]:
    """Pair touched functions of the head with those of the base: by name first, then by the lines they share."""
    taken: set[tuple[str, str]] = set()
    open_: list[tuple[str, Function]] = []
    pairs: list[FunctionComparison] = []
    for path in sorted(change.files):
        facts = head.get(path)
        if not isinstance(facts, SourceFacts):
            continue
        former = change.base_path(path)
        before = base.get(former) if former is not None else None
        named = {each.name: each for each in before.functions} if isinstance(before, SourceFacts) else {}
        for function in facts.functions:
            same = named.get(function.name)
            if same is not None and former is not None:
                taken.add((former, same.name))
                if component.holds(path) and _touched(change, path, function, former, same):
                    pairs.append(FunctionComparison(path, function, same, former))
            elif isinstance(before, Unknown) and former is not None:
                if component.holds(path) and function.lines & change.added(path):
                    pairs.append(FunctionComparison(path, function, None, former, before))
            else:
                open_.append((path, function))
    for path, function in open_:
        origin = _origin(base, change, path, function, taken)
        if origin is not None:
            taken.add((origin[0], origin[1].name))
        if not component.holds(path):
            continue
        if origin is None:
            pairs.append(FunctionComparison(path, function, None, ""))
        elif _touched(change, path, function, *origin):
            pairs.append(FunctionComparison(path, function, origin[1], origin[0]))
    return tuple(sorted(pairs, key=lambda pair: (pair.path, pair.function.line, pair.function.name)))


def _touched(change: Change, path: str, function: Function, base_path: str, base: Function) -> bool:
    if function.lines & change.added(path):
        return True
    removed = change.removed.get(base_path)
    return removed is not None and bool(removed & base.lines)


def _origin(
    base: Sources, change: Change, path: str, function: Function, taken: set[tuple[str, str]]
) -> tuple[str, Function] | None:
    """Find the function of the base that shares most lines, at least half of the smaller of the two."""
    shared: dict[str, int] = defaultdict(int)
    for piece in change.pieces(path):
        shared[piece.base_path] |= piece.to_base(function.lines).bits
    best: tuple[int, str, Function] | None = None
    for base_path, bits in shared.items():
        facts = base.get(base_path)
        if not isinstance(facts, SourceFacts):
            continue
        for candidate in facts.functions:
            if (base_path, candidate.name) in taken:
                continue
            common = len(candidate.lines & LineSet(bits))
            enough = 2 * common >= min(len(candidate.lines), len(function.lines))
            if common and enough and (best is None or common > best[0]):
                best = (common, base_path, candidate)
    return None if best is None else (best[1], best[2])


def base_findings(component: Component, base: Snapshot | None) -> tuple[Finding, ...] | Unknown:
    """Give what the base had in a component, by the paths it has now, whatever its name was then."""
    nothing = Unknown(Reason.NO_BASELINE, "the findings of the base were never reported")
    if base is None:
        return nothing
    own = base.components.get(component.name)
    if own is not None and isinstance(own.findings, Unknown):
        return own.findings
    known = [facts.findings for facts in base.components.values() if not isinstance(facts.findings, Unknown)]
    if not known:
        return nothing
    return tuple(finding for findings in known for finding in findings if component.holds(finding.path))


def new_findings(head: tuple[Finding, ...] | Unknown, base: Snapshot | None, change: Change) -> tuple[Finding, ...]:
    """Give the findings of the head that are not old.

    A finding is old if one of the same tool and rule stands on the line of the base that its line maps to, or, without
    a line, in the same file with the same message; each of the base excuses one of the head. Where the base's findings
    are not known, those on new lines are new.
    """
    if isinstance(head, Unknown):
        return ()
    known = [
        finding
        for facts in (base.components.values() if base is not None else ())
        if not isinstance(facts.findings, Unknown)
        for finding in facts.findings
    ]
    measured = base is not None and any(not isinstance(facts.findings, Unknown) for facts in base.components.values())
    old = Counter(_identity(finding, finding.path, finding.line) for finding in known)
    new = []
    for finding in head:
        if finding.line in change.added(finding.path) or (not finding.line and change.base_path(finding.path) is None):
            new.append(finding)
            continue
        if not measured:
            continue
        origin = _stood(finding, change)
        if origin is None or not old[origin]:
            new.append(finding)
        else:
            old[origin] -= 1
    return tuple(new)


def _identity(finding: Finding, path: str, line: int) -> tuple[str, str, str, int, str]:
    return finding.tool, finding.rule, path, line, "" if line else finding.message


def _stood(finding: Finding, change: Change) -> tuple[str, str, str, int, str] | None:
    """Give the identity that a finding would have had in the base; None where its line was not there."""
    if not finding.line:
        former = change.base_path(finding.path)
        return None if former is None else _identity(finding, former, 0)
    line = LineSet.of([finding.line])
    for piece in change.pieces(finding.path):
        for number in piece.to_base(line):
            return _identity(finding, piece.base_path, number)
    return None
