"""Facts of single files as compressed bytes."""

from __future__ import annotations

import zlib
from typing import TypeVar

import msgspec

from qualitygate.model.coverage import Branches, FileCoverage
from qualitygate.model.lines import LineSet
from qualitygate.model.source import Function, SourceFacts

T = TypeVar("T")


class _Coverage(msgspec.Struct, array_like=True, frozen=True):
    measured: bytes
    missed: bytes
    branches: list[int]
    statements: list[int] = []


class _Function(msgspec.Struct, array_like=True, frozen=True):
    name: str
    line: int
    length: int
    complexity: int
    parameters: int
    code: int
    cognitive: int = 0


class _Source(msgspec.Struct, array_like=True, frozen=True):
    engine: str
    functions: list[_Function]
    code: bytes
    statements: bytes
    unreadable: bytes = b""
    lines: int = 0


def pack_lines(lines: LineSet) -> bytes:
    """Write a set of lines."""
    return lines.bits.to_bytes((lines.bits.bit_length() + 7) >> 3, "little")


def unpack_lines(packed: bytes) -> LineSet:
    """Read a set of lines."""
    return LineSet(int.from_bytes(packed, "little"))


def encode_coverage(coverage: FileCoverage) -> bytes:
    """Write the coverage of one file: executable lines, missed ones, branches, statements."""
    stored = _Coverage(
        pack_lines(coverage.measured), pack_lines(coverage.missed), _flat(coverage.branches), _flat(coverage.statements)
    )
    return zlib.compress(msgspec.msgpack.encode(stored), 6)


def decode_coverage(data: bytes) -> FileCoverage:
    """Read the coverage of one file; ValueError where the bytes are not such."""
    stored = unpack(data, _Coverage)
    lines = unpack_lines(stored.measured)
    covered = lines - unpack_lines(stored.missed)
    return FileCoverage(lines, covered, _branches(stored.branches), _branches(stored.statements))


def _flat(branches: Branches) -> list[int]:
    return [number for entry in branches for number in entry]


def _branches(flat: list[int]) -> Branches:
    return Branches.of({flat[index]: (flat[index + 1], flat[index + 2]) for index in range(0, len(flat), 3)})


def encode_source(facts: SourceFacts) -> bytes:
    """Write the source facts of one file."""
    functions = [
        _Function(
            each.name,
            each.line,
            each.end_line - each.line,
            each.complexity,
            each.parameters,
            each.length,
            each.cognitive,
        )
        for each in facts.functions
    ]
    source = _Source(
        facts.engine,
        functions,
        pack_lines(facts.code),
        pack_lines(facts.statements),
        pack_lines(facts.unreadable),
        facts.lines,
    )
    return zlib.compress(msgspec.msgpack.encode(source), 6)


def decode_source(data: bytes) -> SourceFacts:
    """Read the source facts of one file; ValueError where the bytes are not such."""
    source = unpack(data, _Source)
    functions = tuple(
        Function(
            each.name, each.line, each.line + each.length, each.complexity, each.parameters, each.code, each.cognitive
        )
        for each in source.functions
    )
    return SourceFacts(
        source.engine,
        functions,
        unpack_lines(source.code),
        unpack_lines(source.statements),
        unpack_lines(source.unreadable),
        source.lines,
    )


def unpack(data: bytes, kind: type[T]) -> T:
    """Read compressed msgpack of a kind; ValueError where the bytes are not such."""
    try:
        return msgspec.msgpack.decode(zlib.decompress(data), type=kind)
    except (zlib.error, msgspec.DecodeError) as error:
        raise ValueError(str(error)) from None
