from __future__ import annotations

import gzip
import io
import os
from typing import TYPE_CHECKING

import pytest

from qualitygate.collect import sources as sources_module
from qualitygate.collect.collector import Collector
from qualitygate.collect.expected import is_expected
from qualitygate.collect.find import given, open_file, well_known
from qualitygate.collect.language import Languages, all_languages
from qualitygate.collect.sources import measure_sources
from qualitygate.model.component import Component
from qualitygate.model.coverage import FileCoverage
from qualitygate.model.errors import UnreadableReportError, UsageError
from qualitygate.model.ratio import NOTHING, Ratio
from qualitygate.model.source import SourceFacts
from qualitygate.model.tests import TestResults
from qualitygate.model.unknown import Reason, Unknown
from qualitygate.repository.repository import TrackedFile
from tests.collect.reading import SAMPLES, SOURCES
from tests.workshop import cobertura, junit

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

BACK, FRONT = Component("back", ("back/**",)), Component("front", ("front/**",))
LANGUAGES = Languages(all_languages())


def collector(*tracked: str, components: tuple[Component, ...] = (BACK, FRONT)) -> Collector:
    return Collector(components, tracked, lambda _path: None)


def add(into: Collector, content: str, origin: str = "coverage.xml") -> None:
    into.add(io.BytesIO(content.encode()), origin)


def test_reports_of_a_component_unite() -> None:
    collecting = collector("back/a.py", "front/b.py")
    add(collecting, cobertura({"back/a.py": {1: 1, 2: 0}}), "unit/coverage.xml")
    add(collecting, cobertura({"/builds/x/back/a.py": {2: 1, 3: 0}, "front/b.py": {1: 1}}), "integration/coverage.xml")
    facts = collecting.facts()
    assert facts["back"].coverage == {"back/a.py": FileCoverage.of({1: 1, 2: 1, 3: 0})}
    assert facts["front"].coverage == {"front/b.py": FileCoverage.of({1: 1})}
    assert [(use.path, use.matched) for use in facts["back"].reports] == [
        ("unit/coverage.xml", 1),
        ("integration/coverage.xml", 1),
    ]
    assert [use.path for use in facts["front"].reports] == ["integration/coverage.xml"]


def test_a_component_that_no_report_speaks_of_is_missing_and_not_empty() -> None:
    collecting = collector("back/a.py", "front/b.py")
    add(collecting, cobertura({"back/a.py": {1: 1}}))
    found = collecting.facts()["front"]
    assert isinstance(found.coverage, Unknown)
    assert found.coverage.reason is Reason.REPORT_MISSING
    assert isinstance(found.tests, Unknown)


def test_an_unreadable_report_adds_nothing_and_is_told() -> None:
    collecting = collector("back/a.py", components=(BACK,))
    add(collecting, cobertura({"back/a.py": {1: 1}, "back/x.py": {1: 1}})[:-60])
    assert [fault.slug for fault in collecting.faults] == ["truncated-report"]
    found = collecting.facts()["back"].coverage
    assert isinstance(found, Unknown)
    assert found.reason is Reason.REPORT_UNREADABLE


@pytest.mark.parametrize(
    ("content", "reason"),
    [(cobertura({}), Reason.NOTHING_TO_MEASURE), (junit(), Reason.NOTHING_TO_MEASURE)],
    ids=["a-coverage-report-of-nothing", "a-test-report-of-nothing"],
)
def test_a_report_that_measured_nothing_is_neither_missing_nor_full(content: str, reason: Reason) -> None:
    collecting = collector("back/a.py", components=(BACK,))
    add(collecting, content, "back/report.dat")
    facts = collecting.facts()["back"]
    found = facts.coverage if "coverage" in content else facts.tests
    assert isinstance(found, Unknown)
    assert found.reason is reason


def test_names_that_are_unknown_or_ambiguous_are_named() -> None:
    collecting = collector("back/a.py", "back/x/same.py", "back/y/same.py", components=(BACK,))
    files = {"back/a.py": {1: 1}, "same.py": {1: 0}, **{f"lib/gone{number}.py": {1: 0} for number in range(12)}}
    add(collecting, cobertura(files))
    (use,) = collecting.facts()["back"].reports
    assert use.unmatched[0] == "same.py (could be back/x/same.py, back/y/same.py)"
    assert len(use.unmatched) == 10
    assert use.notes == ("3 more names belong to no tracked file",)


@pytest.mark.parametrize(
    ("others", "expected"),
    [({}, True), ({"/builds/m/back/a.py": {1: 1}}, True), ({"/elsewhere/back/a.py": {1: 1}}, False)],
    ids=["alone", "among-others-of-the-same-place", "among-others-of-another-place"],
)
def test_a_name_of_one_word_needs_the_rest_of_the_report(others: dict[str, dict[int, int]], expected: bool) -> None:
    collecting = collector("setup.py", "back/a.py", components=(Component("module"),))
    add(collecting, cobertura({"/builds/m/setup.py": {1: 1}, **others}))
    coverage = collecting.facts()["module"].coverage
    assert isinstance(coverage, dict)
    assert ("setup.py" in coverage) is expected


def test_tests_belong_to_the_component_of_their_file_or_of_their_report() -> None:
    collecting = collector("back/test_a.py", "front/test_b.py")
    with_file = junit(passed=2).replace('name="ok0"', 'name="ok0" file="front/test_b.py"')
    add(collecting, with_file, "back/junit.xml")
    facts = collecting.facts()
    assert facts["back"].tests == TestResults(1)
    assert facts["front"].tests == TestResults(1)
    add(collecting, junit(passed=1), "elsewhere/junit.xml")
    assert collecting.facts()["back"].tests == TestResults(1)


def configured(text: str, name: str = ".coveragerc") -> Ratio:
    """Read the sample data file beside sources, with a configuration of coverage.py."""

    def content(path: str) -> bytes | None:
        if path == name:
            return text.encode()
        place = SOURCES / path
        return place.read_bytes() if place.is_file() else None

    tracked = [str(path.relative_to(SOURCES)) for path in SOURCES.rglob("*.py")]
    collecting = Collector((Component("module"),), tracked, content)
    sample = SAMPLES / "coverage" / "coverage.py-itsdangerous-branch-package" / ".coverage.gz"
    collecting.add(io.BytesIO(gzip.decompress(sample.read_bytes())), ".coverage")
    assert not collecting.faults
    coverage = collecting.facts()["module"].coverage
    assert isinstance(coverage, dict)
    return sum((each.line_ratio() for each in coverage.values()), NOTHING)


@pytest.mark.parametrize(
    ("name", "text", "statements"),
    [
        pytest.param(".coveragerc", "", 438, id="an-empty-configuration"),
        pytest.param(".coveragerc", "[report]\nexclude_also =\n    def __getattr__\n", 431, id="its-own-file"),
        pytest.param("setup.cfg", "[coverage:report]\nexclude_also =\n    def __getattr__\n", 431, id="setup-cfg"),
        pytest.param("setup.cfg", "[metadata]\nname = x\n", 438, id="a-setup-cfg-of-others"),
        pytest.param("tox.ini", "[coverage:report]\nexclude_lines =\n    def __getattr__\n", 447, id="tox-ini"),
        pytest.param(
            "pyproject.toml", "[tool.coverage.report]\nexclude_also = ['def __getattr__']\n", 431, id="pyproject"
        ),
        pytest.param("pyproject.toml", "[tool.other]\nx = 1\n", 438, id="a-pyproject-of-others"),
        pytest.param("pyproject.toml", "[broken", 438, id="a-broken-pyproject"),
        pytest.param("setup.cfg", "broken", 438, id="a-broken-setup-cfg"),
        pytest.param(
            "pyproject.toml",
            "[tool.coverage.report]\npartial_also = ['if x']\npartial_branches = ['y']\n",
            438,
            id="partial-branches",
        ),
    ],
)
def test_a_data_file_is_read_with_the_projects_own_exclusions(name: str, text: str, statements: int) -> None:
    assert configured(text, name).whole == statements


def test_a_data_file_beside_other_sources_is_refused() -> None:
    collecting = Collector((Component("module"),), ["src/itsdangerous/exc.py"], lambda _path: b"def broken(:\n")
    sample = SAMPLES / "coverage" / "coverage.py-itsdangerous-branch-package" / ".coverage.gz"
    collecting.add(io.BytesIO(gzip.decompress(sample.read_bytes())), ".coverage")
    assert [fault.slug for fault in collecting.faults] == ["malformed-report"]
    assert "beside src/itsdangerous/exc.py" in collecting.faults[0].what


def test_well_known_reports_are_found_in_the_root_and_in_components(tmp_path: Path) -> None:
    for name in ("coverage.xml", "back/coverage.xml", "back/target/surefire-reports/TEST-a.xml", "other/coverage.xml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    found = [str(path.relative_to(tmp_path)) for path in well_known(tmp_path, ["back"])]
    assert found == ["back/coverage.xml", "back/target/surefire-reports/TEST-a.xml", "coverage.xml"]


def test_of_several_reports_of_one_run_the_newest_speaks(tmp_path: Path) -> None:
    for age, name in enumerate([".coverage", "coverage.json", "coverage.xml"]):
        (tmp_path / name).write_text("x")
        os.utime(tmp_path / name, (1_000_000 - age, 1_000_000 - age))
    assert [path.name for path in well_known(tmp_path, [])] == [".coverage"]
    os.utime(tmp_path / "coverage.xml", (2_000_000, 2_000_000))
    assert [path.name for path in well_known(tmp_path, [])] == ["coverage.xml"]


def test_given_patterns_are_relative_to_where_the_user_stands_then_to_the_root(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.xml").write_text("x")
    (tmp_path / "sub" / "b.xml").write_text("x")
    assert given(tmp_path, ["b.xml", "a.xml"], tmp_path / "sub") == [tmp_path / "a.xml", tmp_path / "sub" / "b.xml"]
    assert len(given(tmp_path, ["**/*.xml"], tmp_path)) == 2
    with pytest.raises(UsageError):
        given(tmp_path, ["c.xml"], tmp_path)


def test_what_is_no_readable_file_is_told(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.xml")
    for name in ("pipe.xml", "gone.xml", "."):
        with pytest.raises(UnreadableReportError) as told, open_file(tmp_path / name, name):
            pass
        assert told.value.slug == "report-not-readable"


@pytest.mark.parametrize(
    ("path", "measured", "expected"),
    [
        pytest.param("back/app/new.py", ["back/app/a.py"], True, id="beside-a-measured-file"),
        pytest.param("back/app/deep/new.py", ["back/app/a.py"], True, id="below-a-measured-folder"),
        pytest.param("back/tools/new.py", ["back/app/a.py"], False, id="in-a-folder-that-is-not-measured"),
        pytest.param("back/new.py", ["back/app/a.py"], False, id="above-the-measured-folder"),
        pytest.param("back/new.py", ["back/a.py"], True, id="at-the-top-with-others"),
        pytest.param("back/app/test_new.py", ["back/app/a.py"], False, id="a-test-where-tests-are-not-measured"),
        pytest.param("back/app/test_new.py", ["back/app/test_a.py"], True, id="a-test-where-tests-are-measured"),
        pytest.param("back/app/new.txt", ["back/app/a.py"], False, id="no-source"),
    ],
)
def test_which_files_a_report_should_speak_of(path: str, measured: list[str], expected: bool) -> None:
    assert is_expected(path, measured, BACK, LANGUAGES) is expected


def test_many_contents_are_measured_by_several_processes_with_the_same_result(monkeypatch: pytest.MonkeyPatch) -> None:
    contents = {f"{number:040x}": f"def f{number}(a):\n    return a\n".encode() for number in range(100)}
    contents["f" * 40] = b"def broken(:\n"
    files = [TrackedFile(f"p{index}.py", blob) for index, blob in enumerate(contents)]
    files += [TrackedFile("again.py", files[0].blob), TrackedFile("x.txt", "0" * 40)]

    def blobs(names: Collection[str]) -> Iterator[tuple[str, bytes]]:
        return ((name, contents[name]) for name in names)

    steps: list[tuple[int, int]] = []
    alone = measure_sources(files, LANGUAGES, None, blobs, lambda done, of: steps.append((done, of)))
    assert steps[-1] == (101, 101)
    monkeypatch.setattr(sources_module, "_WORTH_A_POOL", 10)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0, 1})
    together = measure_sources(files, LANGUAGES, None, blobs, lambda done, of: steps.append((done, of)))
    assert together == alone
    assert len(alone) == 102
    assert isinstance(alone["p100.py"], Unknown)
    assert isinstance(alone["again.py"], SourceFacts)
    assert steps[-1] == (101, 101)
