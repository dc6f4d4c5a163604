"""LCOV tracefiles, as coverage.py, geninfo, gcovr, llvm-cov, Istanbul, c8, vitest and gcov2lcov write them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qualitygate.collect.format import Family, Format, Measured, Note, Record
from qualitygate.model.coverage import FileCoverage
from qualitygate.model.errors import UnreadableReportError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qualitygate.collect.format import Bytes

_HEAD = re.compile(rb"^\s*(?:(?:#|TN:)[^\n]*\n\s*)*SF:", re.MULTILINE)
_RECORDS = frozenset({
    b"TN", b"SF", b"VER", b"FN", b"FNDA", b"FNF", b"FNH", b"FNL", b"FNA", b"DA", b"LF", b"LH",
    b"BRDA", b"BRF", b"BRH", b"MCDC", b"MCF", b"MCH",
})  # fmt: skip
_LONGEST_LINE = 1 << 20


def claims(head: bytes) -> bool:
    """Tell a tracefile by its first record, SF, behind any TN records and comments."""
    return _HEAD.match(head) is not None


def parse(report: Bytes, origin: str) -> Iterator[Record]:
    """Yield line and branch coverage per record of a source file.

    LF, LH, BRF and BRH are not read: lines and branches are counted. A negative count (geninfo writes it after a data
    race) is not a run, and is told. A branch with `-` belongs to a block that never ran.
    """
    path: str | None = None
    hits: dict[int, int] = {}
    branches: dict[tuple[int, bytes, bytes], bool] = {}
    seen: dict[str, tuple[int, int]] = {}
    negative = 0
    number = 0
    for number, line in enumerate(iter(lambda: report.readline(_LONGEST_LINE), b""), start=1):
        text = line.strip()
        if not text or text.startswith(b"#"):
            continue
        key, _, value = text.partition(b":")
        try:
            if key == b"DA" and path is not None:
                fields = value.split(b",")
                count = int(fields[1])
                negative += count < 0
                executed = int(fields[0])
                hits[executed] = max(hits.get(executed, 0), count, 0)
            elif key == b"BRDA" and path is not None:
                where, block, rest = value.split(b",", 2)
                branch, taken = rest.rsplit(b",", 1)
                way = (int(where), block, branch)
                branches[way] = branches.get(way, False) or (taken != b"-" and int(taken) > 0)
            elif key == b"SF":
                if path is not None:
                    raise ValueError("a new SF record starts before end_of_record")
                path, hits, branches = value.decode("utf-8", "surrogateescape"), {}, {}
            elif text == b"end_of_record":
                if path is None:
                    raise ValueError("end_of_record without SF")
                _unite(seen, path, branches)
                yield Measured(path, _coverage(hits, branches))
                path = None
            elif key not in _RECORDS or (path is None and key != b"TN"):
                raise ValueError(f"{text[:60].decode('utf-8', 'replace')!r} is no record of a tracefile")
        except (ValueError, IndexError) as error:
            raise UnreadableReportError(
                slug="malformed-report",
                where=f"{origin}:{number}",
                what=f"not a tracefile record: {error}",
                remedy="write the report again with the tool itself",
            ) from None
    if path is not None:
        raise UnreadableReportError(
            slug="truncated-report",
            where=f"{origin}:{number}",
            what="the tracefile stops before its last end_of_record",
            remedy="check that the test job finished and kept the whole file as an artifact",
        )
    if negative:
        yield Note(f"{negative} negative execution counts were read as not covered")


def _unite(seen: dict[str, tuple[int, int]], path: str, branches: dict[tuple[int, bytes, bytes], bool]) -> None:
    """Add what an earlier record of the same file saw of the same branches; geninfo writes one for every program.

    seen: for each file a fingerprint of its branches and one bit for each that was taken, in order.
    """
    ways = sorted(branches)
    fingerprint = hash(tuple(ways))
    known = seen.get(path)
    if known is not None and known[0] == fingerprint:
        for index, way in enumerate(ways):
            branches[way] = branches[way] or bool(known[1] >> index & 1)
    taken = sum(1 << index for index, way in enumerate(ways) if branches[way])
    seen[path] = (fingerprint, taken)


def _coverage(hits: dict[int, int], branches: dict[tuple[int, bytes, bytes], bool]) -> FileCoverage:
    counted: dict[int, tuple[int, int]] = {}
    for (line, _, _), ran in branches.items():
        taken, total = counted.get(line, (0, 0))
        counted[line] = (taken + ran, total + 1)
    return FileCoverage.of(hits, counted)


FORMAT = Format(
    name="lcov",
    family=Family.COVERAGE,
    tools=("coverage.py", "geninfo", "gcovr", "llvm-cov", "Istanbul", "c8", "vitest", "gcov2lcov"),
    well_known=("coverage.lcov", "lcov.info", "coverage/lcov.info"),
    claims=claims,
    parse=parse,
)
