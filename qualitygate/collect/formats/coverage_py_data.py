"""coverage.py's data file, the SQLite database that a run leaves behind."""

from __future__ import annotations

import configparser
import sqlite3
import tomllib
from typing import TYPE_CHECKING

from qualitygate.collect.format import Deferred, Family, Format, Record
from qualitygate.model.coverage import Branches, FileCoverage
from qualitygate.model.errors import UnreadableReportError
from qualitygate.model.lines import LineSet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from qualitygate.collect.format import Bytes

_LARGEST = 512 << 20
_CONFIGURATIONS = ((".coveragerc", ""), ("setup.cfg", "coverage:"), ("tox.ini", "coverage:"), ("pyproject.toml", ""))
_REGEX_LISTS = ("exclude_lines", "exclude_also", "partial_branches", "partial_also")


def claims(head: bytes) -> bool:
    """Tell it by SQLite's magic number and the first table that coverage.py creates."""
    return head.startswith(b"SQLite format 3\0")


def parse(report: Bytes, origin: str) -> Iterator[Record]:
    """Yield the executed lines or arcs of every file that the run saw, over all contexts.

    Only with the source beside it is known which lines could have run, so every record is deferred.
    """
    content = report.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise _unreadable(origin, f"the data file is larger than {_LARGEST >> 20} MiB")
    database = sqlite3.connect(":memory:")
    try:
        database.deserialize(content)
        has_arcs = dict(database.execute("select key, value from meta")).get("has_arcs") == "1"
        files = database.execute("select id, path from file order by id").fetchall()
        for number, path in files:
            if not isinstance(path, str):
                raise TypeError(f"{path!r} is no path")
            if has_arcs:
                arcs = database.execute("select distinct fromno, tono from arc where file_id = ?", (number,)).fetchall()
                yield Deferred(path, _completing_arcs([(int(start), int(end)) for start, end in arcs]))
            else:
                packed = database.execute("select numbits from line_bits where file_id = ?", (number,)).fetchall()
                bits = 0
                for (numbits,) in packed:
                    bits |= int.from_bytes(numbits, "little")
                yield Deferred(path, _completing_lines(list(LineSet(bits & ~1))))
    except (sqlite3.Error, TypeError, ValueError, OverflowError, MemoryError) as error:
        raise _unreadable(origin, f"this is not a data file of coverage.py: {error}") from None
    finally:
        database.close()


def _unreadable(origin: str, what: str) -> UnreadableReportError:
    return UnreadableReportError(
        slug="malformed-report",
        where=origin,
        what=what,
        remedy="run the tests again under coverage.py, or give its XML or JSON report instead",
    )


def _completing_arcs(arcs: list[tuple[int, int]]) -> Callable[[bytes, Callable[[str], bytes | None]], FileCoverage]:
    return lambda source, read: _analysed(source, read, arcs=arcs)


def _completing_lines(lines: list[int]) -> Callable[[bytes, Callable[[str], bytes | None]], FileCoverage]:
    return lambda source, read: _analysed(source, read, lines=lines)


def _analysed(
    source: bytes,
    read: Callable[[str], bytes | None],
    *,
    arcs: list[tuple[int, int]] | None = None,
    lines: list[int] | None = None,
) -> FileCoverage:
    """Let coverage.py itself say which statements and branches a source has and which of them ran."""
    from coverage import Coverage, CoverageData  # noqa: PLC0415 - 78 ms that only this format pays
    from coverage.exceptions import NotPython  # noqa: PLC0415
    from coverage.parser import PythonParser  # noqa: PLC0415
    from coverage.python import PythonFileReporter  # noqa: PLC0415
    from coverage.results import analysis_from_file_reporter  # noqa: PLC0415

    tool = Coverage(data_file=None, config_file=False)
    for option, patterns in _configured(read).items():
        for base, extra in (("exclude_lines", "exclude_also"), ("partial_branches", "partial_also")):
            if option == base:
                tool.set_option(f"report:{base}", patterns)
            elif option == extra:
                default = tool.get_option(f"report:{base}")
                tool.set_option(f"report:{base}", [*(default if isinstance(default, list) else []), *patterns])
    name = "measured.py"
    reporter = PythonFileReporter(name, tool)
    data = CoverageData(no_disk=True)
    if arcs is not None:
        data.add_arcs({name: arcs})
    else:
        data.add_lines({name: lines or []})
    try:
        parser = PythonParser(text=_decoded(source), filename=name, exclude=tool._exclude_regex("exclude"))  # noqa: SLF001 - the report itself asks so
        parser.parse_source()
        reporter._parser = parser  # noqa: SLF001 - else it would read the file system
        reporter._source = parser.text  # noqa: SLF001
        analysis = analysis_from_file_reporter(data, 0, reporter, name)
    except NotPython as error:
        raise ValueError(str(error)) from None
    finally:
        data.close(force=True)
    branches = {line: (taken, total) for line, (total, taken) in analysis.branch_stats().items()} if arcs else {}
    return FileCoverage(
        LineSet.of(analysis.statements),
        LineSet.of(analysis.statements - analysis.missing),
        Branches.of(branches),
    )


def _decoded(source: bytes) -> str:
    import io  # noqa: PLC0415
    import tokenize  # noqa: PLC0415

    encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
    return io.TextIOWrapper(io.BytesIO(source), encoding).read()


def _configured(read: Callable[[str], bytes | None]) -> dict[str, list[str]]:
    """Give the exclusions of the first file, in coverage.py's order, that configures coverage.py; base lists first."""
    for name, prefix in _CONFIGURATIONS:
        content = read(name)
        if content is None:
            continue
        text = content.decode("utf-8", "replace")
        options = _from_toml(text) if name.endswith(".toml") else _from_ini(text, prefix)
        if options is not None:
            return {key: options[key] for key in _REGEX_LISTS if key in options}
    return {}


def _from_toml(text: str) -> dict[str, list[str]] | None:
    try:
        tool = tomllib.loads(text).get("tool", {}).get("coverage")
    except (tomllib.TOMLDecodeError, AttributeError):
        return None
    if not isinstance(tool, dict):
        return None
    report = tool.get("report", {})
    return {key: [str(each) for each in value] for key, value in report.items() if isinstance(value, list)}


def _from_ini(text: str, prefix: str) -> dict[str, list[str]] | None:
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(text)
    except configparser.Error:
        return None
    sections = [section for section in parser.sections() if prefix and section.startswith(prefix)]
    if prefix and not sections:
        return None
    section = f"{prefix}report"
    if not parser.has_section(section):
        return {}
    return {key: [line for line in value.splitlines() if line.strip()] for key, value in parser.items(section)}


FORMAT = Format(
    name="coverage.py-data",
    family=Family.COVERAGE,
    tools=("coverage.py",),
    well_known=(".coverage",),
    claims=claims,
    parse=parse,
)
