"""Reports that are damaged, odd or an attack: one clear message, or a reading that says what it repaired."""

from __future__ import annotations

import gzip
import time
from typing import TYPE_CHECKING

import pytest

from qualitygate.collect.reading import opening
from qualitygate.model.errors import UnreadableReportError
from qualitygate.model.ratio import Ratio
from tests.collect.reading import read
from tests.workshop import cobertura, junit

if TYPE_CHECKING:
    from pathlib import Path

GOOD = cobertura({"src/a.py": {1: 1, 2: 0, 3: 2}})
ENTITIES = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]>'


@pytest.mark.parametrize(
    ("content", "slug", "told"),
    [
        pytest.param(b"", "empty-report", "empty", id="nothing-at-all"),
        pytest.param(gzip.compress(b""), "empty-report", "empty", id="nothing-in-an-archive"),
        pytest.param(gzip.compress(GOOD.encode())[:-12], "truncated-report", "damaged", id="a-cut-archive"),
        pytest.param(GOOD.encode()[:-30], "truncated-report", "stops before", id="a-cut-xml"),
        pytest.param(b"\xff\xfe" + GOOD.encode("utf-16-le")[:-1], "truncated-report", "utf-16", id="a-cut-utf-16"),
        pytest.param(b"<!DOCTYPE html><html>", "unknown-report-format", "HTML page", id="an-error-page"),
        pytest.param(
            b"version https://git-lfs.github.com/spec/v1", "unknown-report-format", "LFS", id="an-lfs-pointer"
        ),
        pytest.param(b"hello", "unknown-report-format", "no supported format", id="something-else"),
        pytest.param((ENTITIES + GOOD[22:]).encode(), "malformed-report", "entities", id="xml-entities"),
        pytest.param(GOOD.replace('hits="0"', 'hits="x"').encode(), "malformed-report", "'x'", id="hits-no-number"),
        pytest.param(GOOD.replace('hits="0"', "").encode(), "malformed-report", "hits", id="hits-missing"),
        pytest.param(
            GOOD.replace('number="2"', 'number="-2"').encode(), "malformed-report", "line numbers", id="line-minus-2"
        ),
        pytest.param(
            GOOD.replace('number="2"', 'number="99999999999"').encode(),
            "malformed-report",
            "line numbers",
            id="a-line-that-would-cost-gigabytes",
        ),
        pytest.param(
            GOOD.replace('hits="0"', 'hits="0" condition-coverage="1 (3/2)"').encode(),
            "malformed-report",
            "branches",
            id="more-branches-taken-than-there-are",
        ),
        pytest.param(GOOD.replace("<lines>", "<a>" * 5000).encode(), "malformed-report", "nested", id="deep-xml"),
        pytest.param(
            b'{"meta": {"branch_coverage": true}, "files": {"a.py": {"executed_lines": [1',
            "truncated-report",
            "middle",
            id="a-cut-json",
        ),
        pytest.param(
            b'{"meta": {"branch_coverage": true}, "files": {"a.py": ' + b"[" * 100_000,
            "malformed-report",
            "deep",
            id="deep-json",
        ),
        pytest.param(
            b'{"meta": {"branch_coverage": true}, "files": {"a.py": {"executed_lines": ["x"], "missing_lines": []}}}',
            "malformed-report",
            "a.py",
            id="json-of-another-shape",
        ),
        pytest.param(
            b'{"meta": {"branch_coverage": true}, "files": {"a.py": {"executed_lines": [NaN], "missing_lines": []}}}',
            "malformed-report",
            "not JSON",
            id="json-with-nan",
        ),
        # What the fuzzer found (docs/guide/fuzzing.md).
        pytest.param(
            GOOD.replace('hits="0"', f'hits="0" branch="true" condition-coverage="1 (0/{2**70})"').encode(),
            "malformed-report",
            "branches",
            id="more-branches-than-a-machine-word-counts",
        ),
        pytest.param(
            b"SF:a.py\nDA:1,1\nBRDA:99999999999999999999,0,0,1\nend_of_record\n",
            "malformed-report",
            "line",
            id="a-branch-on-a-line-beyond-any-file",
        ),
        pytest.param(
            GOOD.replace('version="1.0"', 'version="1.0" encoding="UTF-4"').encode(),
            "malformed-report",
            "UTF-4",
            id="an-encoding-that-nobody-knows",
        ),
        pytest.param(
            b'{"file": "a.py", "line": 1, "column": 0, "message": "m", "hint": null, "code": "c", "severity": "odd"}\n',
            "malformed-report",
            "severity 'odd'",
            id="a-severity-that-the-tool-does-not-have",
        ),
        pytest.param(b"SQLite format 3\0", "malformed-report", "data file", id="a-database-of-a-header-alone"),
        pytest.param(
            b'{"total": {"lines": {"total": 4, "covered": 2, "pct": 50}}}',
            "unknown-report-format",
            "totals without lines",
            id="a-summary-without-lines",
        ),
        pytest.param(
            b'<pmd-cpd><duplication lines="9"><file line="0" path="a.java"/></duplication></pmd-cpd>',
            "malformed-report",
            "no lines of a file",
            id="a-copy-before-the-first-line",
        ),
        pytest.param(
            b'{"duplicates": [{"firstFile": {"name": "a", "start": 9, "end": 3}, "secondFile": {"name": "b", "start": 1, "end": 2}}]}',
            "malformed-report",
            "duplicate 1",
            id="a-copy-that-ends-before-it-starts",
        ),
        pytest.param(b"SF:a.py\nDA:1,1\n", "truncated-report", "end_of_record", id="a-cut-tracefile"),
        pytest.param(b"SF:a.py\nDA:1\nend_of_record\n", "malformed-report", "record", id="a-cut-record"),
        pytest.param(b"SF:a.py\nDA:x,1\nend_of_record\n", "malformed-report", "record", id="a-line-no-number"),
        pytest.param(
            b"SF:a.py\nSF:b.py\nend_of_record\n", "malformed-report", "before end_of_record", id="a-record-in-a-record"
        ),
        pytest.param(b"SF:a.py\nhello\nend_of_record\n", "malformed-report", "hello", id="no-record"),
        pytest.param(b"SQLite format 3\0" + b"x" * 200, "malformed-report", "data file", id="a-broken-database"),
    ],
)
def test_a_report_that_cannot_be_read_is_refused_with_one_message(content: bytes, slug: str, told: str) -> None:
    started = time.process_time()
    with pytest.raises(UnreadableReportError) as error:
        read(content, "reports/x.dat")
    assert error.value.slug == slug
    assert told in error.value.what
    assert error.value.where.startswith("reports/x.dat")
    assert error.value.remedy
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("content", "note"),
    [
        pytest.param("﻿" + GOOD, "", id="a-byte-order-mark"),
        pytest.param(GOOD.replace('line-rate="0"', 'line-rate="nan"'), "", id="rates-that-are-no-number"),
        pytest.param(
            GOOD.replace("?>", '?><!DOCTYPE coverage SYSTEM "http://127.0.0.1:9/x.dtd">'), "", id="a-document-type"
        ),
        pytest.param(GOOD.replace("<sources>", "<!-- ]]> \x1b --><sources>"), "control characters", id="an-escape"),
        pytest.param(
            GOOD.replace("</source>", "&#x1B;&#27;</source>"), "references to characters", id="a-reference-to-escape"
        ),
        pytest.param(GOOD.replace("</source>", " ]]> </source>"), "bare ]]>", id="a-bare-section-end"),
        pytest.param(GOOD.replace("</source>", "<![CDATA[ <x> ]]></source>"), "", id="a-section"),
        pytest.param(GOOD.replace('hits="2"', f'hits="{2**70}"'), "", id="hits-beyond-any-machine-word"),
    ],
)
def test_a_report_that_real_tools_write_so_is_read_and_repairs_are_told(content: str, note: str) -> None:
    found = read(content.encode())
    assert found.lines == Ratio(2, 3)
    assert any(note in each for each in found.notes) if note else found.notes == []


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32"])
def test_other_encodings_are_read(encoding: str) -> None:
    text = GOOD if encoding != "utf-16-be" else "﻿" + GOOD
    assert read(text.replace('version="1.0"', f'version="1.0" encoding="{encoding}"').encode(encoding)).lines == Ratio(
        2, 3
    )
    assert read(GOOD.replace('version="1.0"', 'version="1.0" encoding="iso-8859-1"').encode("latin-1")).lines == Ratio(
        2, 3
    )


def test_bytes_that_are_not_utf_8_are_replaced_and_told() -> None:
    found = read(junit(passed=1).replace("ok0", "x\udcff").encode("utf-8", "surrogateescape"))
    assert found.outcomes["passed"] == 1
    assert any("UTF-8" in note for note in found.notes)


def test_repairs_hold_across_the_edges_of_chunks() -> None:
    bodies = "".join(f"<system-out>{'x' * count}]]>&#x1;\x01</system-out>" for count in range(300))
    padding = "y" * 400_000
    report = f'<testsuite name="s"><testcase name="a"><system-out>{padding}</system-out>{bodies}</testcase></testsuite>'
    found = read(report.encode())
    assert found.outcomes["passed"] == 1
    assert len(found.notes) == 3


def test_a_failure_is_counted_whatever_the_header_says() -> None:
    report = junit(passed=2, failed=1).replace("<testsuite ", '<testsuite tests="3" failures="0" ')
    assert read(report.encode()).outcomes == {"passed": 2, "failed": 1, "skipped": 0, "flaky": 0}


def test_an_error_of_the_suite_itself_is_a_failure() -> None:
    found = read(b'<testsuite name="s"><error message="did not load"/></testsuite>')
    assert found.outcomes["failed"] == 1
    assert found.tests[0][0].message == "did not load"


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        pytest.param('<line number="{0}" hits="{1}"/>', 3, id="plain-lines"),
        pytest.param('<line number="{0}" hits="{1}" branch="false"/>\n', 3, id="lines-with-line-ends"),
        pytest.param("<line number='{0}' hits='{1}'/>", 3, id="quotes-that-are-taken-one-by-one"),
        pytest.param('<line number="{0}" hits="{1}"/><line number="{0}" hits="0"/>', 3, id="lines-that-come-again"),
        pytest.param(
            '<!-- <line number="{0}" hits="1"/> --><line number="{0}" hits="{1}"/>', 3, id="lines-in-comments"
        ),
    ],
)
def test_rows_of_lines_give_what_single_lines_give(row: str, expected: int) -> None:
    rows = "".join(row.format(number, int(number in (2, 4, 6))) for number in range(1, 9))
    report = (
        f'<coverage line-rate="0"><packages><class filename="a.py"><lines>{rows}</lines></class></packages></coverage>'
    )
    assert read(report.encode()).lines == Ratio(expected, 8)


def test_branches_in_rows_are_counted_and_faults_behind_rows_have_their_place() -> None:
    line = '<line number="{0}" hits="1" branch="true" condition-coverage="50% (1/2)" missing-branches="9"/>\n'
    rows = "".join(line.format(number) for number in range(1, 9))
    report = (
        '<coverage line-rate="0"><packages>\n<class filename="a.py"><lines>\n'
        f"{rows}</lines></class></packages></coverage>"
    )
    assert read(report.encode()).branches == Ratio(8, 16)
    with pytest.raises(UnreadableReportError) as error:
        read(report.replace("</lines>", '<line number="x" hits="1"/></lines>').encode(), "c.xml")
    assert error.value.where == "c.xml:11"
    with pytest.raises(UnreadableReportError) as error:
        read(report.replace('<class filename="a.py">', "").replace("</class>", "").encode())
    assert "outside of any class" in error.value.what


def test_negative_counts_are_told_and_not_runs() -> None:
    found = read(b"TN:\nSF:a.c\nDA:1,-3\nDA:2,1\nend_of_record\n")
    assert found.lines == Ratio(1, 2)
    assert "1 negative" in found.notes[0]


def test_a_report_under_the_name_of_another_kind_is_refused() -> None:
    with pytest.raises(UnreadableReportError) as error:
        read(junit(passed=1).encode(), "back/coverage.xml")
    assert error.value.slug == "report-of-another-kind"


def test_a_report_beyond_the_size_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "LARGEST", 1000)
    with pytest.raises(UnreadableReportError) as error:
        read(gzip.compress(GOOD.encode() + b" " * 100_000))
    assert error.value.slug == "report-too-large"


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        ("absolute-windows-paths/coverage.xml", (420, 438)),
        ("bom-utf8/coverage.xml", (420, 438)),
        ("duplicated-file/coverage.xml", (420, 438)),
        ("gzip/coverage.xml", (420, 438)),
        ("nan-rate/coverage.xml", (420, 438)),
        ("path-traversal/coverage.xml", (420, 438)),
        ("negative-hits/lcov.info", (0, 438)),
        ("deep-xml/junit.xml", None),
        ("html-error-page/coverage.xml", None),
        ("truncated-json/coverage.json", None),
        ("truncated-lcov/lcov.info", None),
        ("truncated-xml/coverage.xml", None),
        ("wrong-root/coverage.xml", None),
        ("xml-billion-laughs/coverage.xml", None),
        ("xml-external-entity/junit.xml", None),
        ("zero-byte-lcov/lcov.info", None),
        ("zero-byte-xml/coverage.xml", None),
    ],
)
def test_the_hostile_part_of_the_zoo(zoo: Path, sample: str, expected: tuple[int, int] | None) -> None:
    content = (zoo / "hostile" / "handmade" / sample).read_bytes()
    if expected is None:
        with pytest.raises(UnreadableReportError) as error:
            read(content, sample.rpartition("/")[2])
        assert "root:" not in str(error.value)
    else:
        assert read(content, sample.rpartition("/")[2]).lines == Ratio(*expected)


READ = {
    "failures-attr-lies/junit.xml": "failed",
    "huge-hits/cover.out": "covered",
    "utf16/junit.xml": "passed",
    "utf16-json-powershell/ruff.sarif": "findings",
    "xml-external-dtd/jacoco.xml": "noted",
}


@pytest.mark.parametrize(("sample", "holds"), READ.items())
def test_the_hostile_part_of_the_zoo_that_is_read(zoo: Path, sample: str, holds: str) -> None:
    found = read((zoo / "hostile" / "handmade" / sample).read_bytes(), sample.rpartition("/")[2])
    told = {
        "failed": found.outcomes["failed"] > 0,
        "passed": found.outcomes["passed"] > 0,
        "covered": found.lines.part > 0,
        "findings": len(found.findings) > 0,
        # Its only counter is a total, which is never believed; the document type that it names is not fetched.
        "noted": found.notes == ["the report holds no source file, so it measured nothing"],
    }
    assert told[holds]


def test_every_hostile_report_is_read_or_refused_within_two_seconds(zoo: Path) -> None:
    samples = [
        path
        for path in (zoo / "hostile" / "handmade").rglob("*")
        if path.is_file() and path.name not in ("meta.json", "truth.json")
    ]
    assert len(samples) >= 23
    for path in samples:
        started = time.process_time()
        try:
            read(path.read_bytes(), path.name)
        except UnreadableReportError as error:
            assert error.where.startswith(path.name)
            assert error.remedy
        assert time.process_time() - started < 2, path
