"""Facts of the base for components that a change does not touch: their jobs need not run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from qualitygate.model.snapshot import Snapshot
from qualitygate.model.unknown import Reason, Unknown

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from qualitygate.compare import Base
    from qualitygate.model.change import Change
    from qualitygate.model.component import Component
    from qualitygate.model.snapshot import ComponentFacts


def carry_forward(
    head: Snapshot, base: Base, change: Change, components: Sequence[Component], ci_file: str
) -> tuple[Snapshot, list[str]]:
    """Give untouched components without reports the base's facts, and a sentence for each.

    A component is untouched if the change holds none of its files, and no file that says how it is measured: rules.yaml
    and the CI configuration. Whoever takes the job away that writes a report changes those, and the report is missing.
    """
    if base.snapshot is None:
        return head, []
    touched = {*change.files, *change.gone, *change.removed}
    if any(_governs(path, ci_file) for path in touched):
        return head, []
    found, notes = dict(head.components), []
    for component in components:
        facts, theirs = found.get(component.name), base.snapshot.components.get(component.name)
        if facts is None or theirs is None or not _empty(facts):
            continue
        if any(component.holds(path) for path in (*touched, *base.undecided)):
            continue
        found[component.name] = replace(theirs, numbers={**theirs.numbers, **_known(facts)})
        notes.append(f"{component.name} is untouched: its facts are carried from the base {base.snapshot.commit[:12]}")
    return Snapshot(head.commit, found), notes


def _empty(facts: ComponentFacts) -> bool:
    """Whether no report speaks of the component; one that cannot be read is not the same as none."""
    families = (facts.coverage, facts.tests, facts.findings, facts.duplicated)
    absent = (Reason.REPORT_MISSING, Reason.NOTHING_CAME)
    return all(isinstance(each, Unknown) and each.reason in absent for each in families)


def _known(facts: ComponentFacts) -> dict[str, Fraction | Unknown]:
    return {key: number for key, number in facts.numbers.items() if not isinstance(number, Unknown)}


def _governs(path: str, ci_file: str) -> bool:
    name = path.rpartition("/")[2]
    return path in ("rules.yaml", ci_file) or name.endswith((".gitlab-ci.yml", ".gitlab-ci.yaml"))
