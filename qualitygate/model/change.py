"""The line map: where every line of the head comes from, and what is gone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from qualitygate.model.coverage import Branches, FileCoverage
from qualitygate.model.lines import EMPTY, LineSet

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of lines that stands in both the base and the head.

    base_path: file of the base that holds it; another file than the head's where it was renamed or moved.
    base_line: its first line there, 1-based.
    head_line: its first line in the head's file, 1-based.
    length:    lines; None reaches to the end of the file.
    """

    base_path: str
    base_line: int
    head_line: int
    length: int | None

    def to_head(self, base_lines: LineSet) -> LineSet:
        """Give the lines of the head that the given lines of the base became."""
        return base_lines.shifted(start=self.base_line, length=self.length, to=self.head_line)

    def to_base(self, head_lines: LineSet) -> LineSet:
        """Give the lines of the base that the given lines of the head were."""
        return head_lines.shifted(start=self.head_line, length=self.length, to=self.base_line)


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file of the head that the change touches.

    path:      its name at the head.
    base_path: the name it had, the same unless renamed; None for a new file.
    pieces:    its lines that stood in the base, kept or moved in, ascending by head line.
    added:     its lines that are new: added or modified, moved ones not among them.
    """

    path: str
    base_path: str | None
    pieces: tuple[Piece, ...] = ()
    added: LineSet = EMPTY


@dataclass(frozen=True, slots=True)
class Change:
    """The difference between a base and a head.

    files:   touched files that exist at the head, by their name there.
    removed: lines of the base that stand nowhere at the head any more, by the base's file name.
    gone:    names of the base that the head does not have (deleted, or renamed away).
    """

    files: Mapping[str, FileChange] = field(default_factory=dict)
    removed: Mapping[str, LineSet] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()

    def pieces(self, path: str) -> tuple[Piece, ...]:
        """Say where the lines of a head's file come from; an untouched file is one piece of its own name."""
        touched = self.files.get(path)
        if touched is None:
            return (Piece(path, 1, 1, None),)
        return touched.pieces

    def added(self, path: str) -> LineSet:
        """Give the new lines of a head's file; none for an untouched file."""
        touched = self.files.get(path)
        return EMPTY if touched is None else touched.added

    def base_path(self, path: str) -> str | None:
        """Give the name that a head's file had in the base; None for a new file."""
        touched = self.files.get(path)
        return path if touched is None else touched.base_path

    def origins(self, path: str) -> Iterator[str]:
        """Yield the base's files that a head's file has lines from, each once, its own former name first."""
        seen: set[str] = set()
        own = self.base_path(path)
        for origin in ([own] if own is not None else []) + [piece.base_path for piece in self.pieces(path)]:
            if origin not in seen:
                seen.add(origin)
                yield origin


def projected(pieces: tuple[Piece, ...], coverage: Mapping[str, FileCoverage]) -> FileCoverage | None:
    """Carry coverage of the base's files over to one file of the head.

    Lines that came with no piece are absent. None where no file that a piece comes from was measured.
    """
    if len(pieces) == 1 and (only := pieces[0]).base_line == only.head_line == 1 and only.length is None:
        return coverage.get(only.base_path)
    measured = covered = 0
    branches: dict[int, tuple[int, int]] = {}
    statements: dict[int, tuple[int, int]] = {}
    known = False
    for piece in pieces:
        facts = coverage.get(piece.base_path)
        if facts is None:
            continue
        known = True
        measured |= piece.to_head(facts.measured).bits
        covered |= piece.to_head(facts.covered).bits
        branches.update(_carried(piece, facts.branches))
        statements.update(_carried(piece, facts.statements))
    if not known:
        return None
    return FileCoverage(LineSet(measured), LineSet(covered), Branches.of(branches), Branches.of(statements))


def _carried(piece: Piece, branches: Branches) -> Iterator[tuple[int, tuple[int, int]]]:
    for line, taken, total in branches:
        offset = line - piece.base_line
        if offset >= 0 and (piece.length is None or offset < piece.length):
            yield piece.head_line + offset, (taken, total)
