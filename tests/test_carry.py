"""Facts of an ancestor at the base: carried where their lines went, gone where those are gone."""

from __future__ import annotations

from qualitygate.carry import carry
from qualitygate.model.change import Change, FileChange, Piece
from qualitygate.model.coverage import FileCoverage
from qualitygate.model.finding import Finding, Severity
from qualitygate.model.lines import LineSet
from qualitygate.model.snapshot import ComponentFacts, Snapshot
from qualitygate.model.tests import TestResults
from qualitygate.model.unknown import Reason, Unknown
from qualitygate.pairing import new_findings


def finding(path: str, line: int, end_line: int = 0, rule: str = "r", message: str = "m") -> Finding:
    return Finding("tool", rule, Severity.MAJOR, path, line, end_line or line, message)


RENAMED_AND_EDITED = Change(
    {
        "new.py": FileChange(
            "new.py", "old.py", (Piece("old.py", 1, 1, 2), Piece("old.py", 4, 5, None)), LineSet.of([3, 4])
        ),
        "fresh.py": FileChange("fresh.py", None, (), LineSet.of([1])),
    },
    {"old.py": LineSet.of([3]), "dead.py": LineSet.of([1, 2])},
    frozenset({"old.py", "dead.py"}),
)


def carried(facts: ComponentFacts) -> tuple[ComponentFacts, dict[str, LineSet]]:
    snapshot, undecided = carry(Snapshot("a", {"module": facts}), RENAMED_AND_EDITED, "b")
    assert snapshot.commit == "b"
    return snapshot.components["module"], undecided


def test_coverage_goes_where_its_lines_went() -> None:
    coverage = {
        "old.py": FileCoverage.of({1: 1, 2: 0, 3: 1, 4: 1}),
        "dead.py": FileCoverage.of({1: 1}),
        "same.py": FileCoverage.of({7: 1}),
    }
    found, undecided = carried(ComponentFacts(coverage, TestResults(3)))
    assert found.coverage == {"new.py": FileCoverage.of({1: 1, 2: 0, 5: 1}), "same.py": FileCoverage.of({7: 1})}
    assert found.tests == TestResults(3)
    assert undecided == {"new.py": LineSet.of([3, 4]), "fresh.py": LineSet.of([1])}


def test_findings_go_where_their_lines_went() -> None:
    missing = Unknown(Reason.REPORT_MISSING, "none")
    findings = (
        finding("old.py", 2),
        finding("old.py", 3),
        finding("old.py", 4, 6),
        finding("old.py", 0),
        finding("dead.py", 1),
        finding("same.py", 9),
    )
    found, _ = carried(ComponentFacts(missing, missing, findings=findings))
    assert found.coverage == missing
    assert found.findings == (
        finding("new.py", 2),
        finding("new.py", 5, 7),
        finding("new.py", 0),
        finding("same.py", 9),
    )


def test_what_was_unknown_stays_unknown() -> None:
    missing = Unknown(Reason.REPORT_MISSING, "none")
    found, _ = carried(ComponentFacts({"same.py": FileCoverage.of({7: 1})}, missing, findings=missing))
    assert found.findings == missing


def judged(
    head: tuple[Finding, ...], base: tuple[Finding, ...] | None, change: Change = RENAMED_AND_EDITED
) -> list[int]:
    missing = Unknown(Reason.REPORT_MISSING, "none")
    snapshot = Snapshot("b", {"module": ComponentFacts(missing, missing, findings=missing if base is None else base)})
    return [found.line for found in new_findings(head, snapshot, change)]


def test_a_finding_of_the_base_excuses_one_of_the_head() -> None:
    assert judged((finding("new.py", 2),), (finding("old.py", 2),)) == []
    assert judged((finding("new.py", 2), finding("new.py", 2, message="other")), (finding("old.py", 2),)) == [2]
    assert judged((finding("new.py", 2, rule="other"),), (finding("old.py", 2),)) == [2]
    assert judged((finding("new.py", 5),), (finding("old.py", 4),)) == []


def test_a_finding_on_a_new_line_is_new_whatever_the_base_had() -> None:
    assert judged((finding("new.py", 3),), (finding("old.py", 3),)) == [3]
    assert judged((finding("new.py", 3), finding("new.py", 5)), None) == [3], "without a base only new lines are known"


def test_a_finding_of_a_whole_file_is_told_apart_by_its_message() -> None:
    assert judged((finding("new.py", 0),), (finding("old.py", 0),)) == []
    assert judged((finding("new.py", 0, message="other"),), (finding("old.py", 0),)) == [0]
    assert judged((finding("fresh.py", 0),), ()) == [0]
    assert new_findings(Unknown(Reason.REPORT_MISSING, "none"), None, Change()) == ()
