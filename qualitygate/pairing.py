"""What of the base a function or a finding of the head was."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from qualitygate.model.lines import LineSet
from qualitygate.model.source import Function, SourceFacts
from qualitygate.model.unknown import Reason, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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
        if former is None or not isinstance(before, Unknown):
            named = _of_same_name(facts, before, change, path)
            taken.update((former or "", same.name) for same in named.values())
            open_ += [(path, function) for function in facts.functions if function.name not in named]
            pairs += [
                FunctionComparison(path, function, named[function.name], former or "")
                for function in facts.functions
                if function.name in named and _touched(change, path, function, former or "", named[function.name])
            ]
        else:
            pairs += [
                FunctionComparison(path, function, None, former, before)
                for function in facts.functions
                if function.lines & change.added(path)
            ]
    pairs += _by_lines(base, open_, taken, change)
    held = (pair for pair in pairs if component.holds(pair.path))
    return tuple(sorted(held, key=lambda pair: (pair.path, pair.function.line, pair.function.name)))


def _of_same_name(
    head: SourceFacts, base: SourceFacts | Unknown | None, change: Change, path: str
) -> dict[str, Function]:
    """Give the base's function for each of the head that has its name.

    A name that is defined several times (an overload, one definition for each version of the language) says nothing
    alone: then those that share most lines belong together, else those that are most alike.
    """
    if not isinstance(base, SourceFacts):
        return {}
    groups: dict[str, tuple[list[Function], list[Function]]] = defaultdict(lambda: ([], []))
    for function in head.functions:
        groups[function.name.partition("#")[0]][0].append(function)
    for function in base.functions:
        groups[function.name.partition("#")[0]][1].append(function)
    found: dict[str, Function] = {}
    for ours, theirs in groups.values():
        if len(ours) == len(theirs) == 1:
            found[ours[0].name] = theirs[0]
        elif ours and theirs:
            found.update(_most_alike(ours, theirs, change, path))
    return found


def _most_alike(
    ours: list[Function], theirs: list[Function], change: Change, path: str
) -> Iterator[tuple[str, Function]]:
    former = change.base_path(path)
    kept: dict[str, LineSet] = defaultdict(LineSet)
    for function in ours:
        for piece in change.pieces(path):
            if piece.base_path == former:
                kept[function.name] |= piece.to_base(function.lines)
    ranked = sorted(
        (
            -len(kept[mine.name] & other.lines),
            abs(mine.complexity - other.complexity),
            abs(mine.length - other.length),
            mine.line,
            other.line,
            mine.name,
            other.name,
        )
        for mine in ours
        for other in theirs
    )
    done: set[str] = set()
    used: set[str] = set()
    by_name = {other.name: other for other in theirs}
    for *_, mine, other in ranked:
        if mine not in done and other not in used:
            done.add(mine)
            used.add(other)
            yield mine, by_name[other]


def _by_lines(
    base: Sources, open_: list[tuple[str, Function]], taken: set[tuple[str, str]], change: Change
) -> Iterator[FunctionComparison]:
    """Pair functions without namesake by the lines they share; one that shares them with none is new."""
    for path, function in open_:
        origin = _origin(base, change, path, function, taken)
        if origin is not None:
            taken.add((origin[0], origin[1].name))
            if _touched(change, path, function, *origin):
                yield FunctionComparison(path, function, origin[1], origin[0])
            continue
        unreadable = _unreadable_origin(base, change, path, function)
        if unreadable is None:
            yield FunctionComparison(path, function, None, "")
        elif function.lines & change.added(path):
            yield FunctionComparison(path, function, None, *unreadable)


def _unreadable_origin(base: Sources, change: Change, path: str, function: Function) -> tuple[str, Unknown] | None:
    """Give the file that at least half of a function's lines came from and that could not be read; None for others."""
    for piece in change.pieces(path):
        facts = base.get(piece.base_path)
        if isinstance(facts, Unknown):
            came = sum(
                len(each.to_base(function.lines)) for each in change.pieces(path) if each.base_path == piece.base_path
            )
            if 2 * came >= len(function.lines):
                return piece.base_path, facts
    return None


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
