"""From a diff to the line map: kept, moved, added and removed lines."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from qualitygate.model.change import Change, FileChange, Piece
from qualitygate.model.lines import LineSet
from qualitygate.repository.moves import Move, Run, find_moves
from qualitygate.repository.patch import SUBMODULE, FilePatch, Hunk, RawEntry

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def line_map(entries: Sequence[RawEntry], patches: Iterable[FilePatch]) -> Change:
    """Build the line map of a change from its raw diff and its hunks."""
    hunks = {(patch.base_path, patch.path): patch.hunks for patch in patches}
    removed_runs: list[Run] = []
    added_runs: list[Run] = []
    touched: list[tuple[RawEntry, list[Hunk]]] = []
    for entry in entries:
        if SUBMODULE in (entry.mode, entry.base_mode):
            continue
        own = hunks.get((entry.base_path, entry.path), [])
        touched.append((entry, own))
        for hunk in own:
            if hunk.removed and entry.base_path is not None:
                removed_runs.append(Run(entry.base_path, hunk.base_line, tuple(hunk.removed)))
            if hunk.added and entry.path is not None:
                added_runs.append(Run(entry.path, hunk.line, tuple(hunk.added)))
    moves = find_moves(removed_runs, added_runs)
    return Change(
        files=_files(touched, moves),
        removed=_removed(removed_runs, moves),
        gone=frozenset(
            entry.base_path for entry, _ in touched if entry.base_path is not None and entry.base_path != entry.path
        ),
    )


def _files(touched: list[tuple[RawEntry, list[Hunk]]], moves: list[Move]) -> dict[str, FileChange]:
    arrivals: dict[str, list[Move]] = defaultdict(list)
    for move in moves:
        arrivals[move.path].append(move)
    files = {}
    for entry, hunks in touched:
        if entry.path is None:
            continue
        pieces = [] if entry.base_path is None else kept(entry.base_path, hunks)
        added = 0
        for hunk in hunks:
            added |= LineSet.between(hunk.line, hunk.line + len(hunk.added) - 1).bits
        for move in arrivals[entry.path]:
            pieces.append(Piece(move.base_path, move.base_line, move.line, move.length))
            added &= ~LineSet.between(move.line, move.line + move.length - 1).bits
        pieces.sort(key=lambda piece: piece.head_line)
        files[entry.path] = FileChange(entry.path, entry.base_path, tuple(pieces), LineSet(added))
    return files


def kept(base_path: str, hunks: list[Hunk]) -> list[Piece]:
    """Give the runs of lines between the hunks of one file, the last one open to the end."""
    pieces = []
    base_line = head_line = 1
    for hunk in hunks:
        # Where one side of a hunk is empty, git names the line before it.
        before = hunk.base_line if hunk.removed else hunk.base_line + 1
        if length := before - base_line:
            pieces.append(Piece(base_path, base_line, head_line, length))
        base_line = before + len(hunk.removed)
        head_line += length + len(hunk.added)
    pieces.append(Piece(base_path, base_line, head_line, None))
    return pieces


def _removed(runs: list[Run], moves: list[Move]) -> dict[str, LineSet]:
    bits: dict[str, int] = defaultdict(int)
    for run in runs:
        bits[run.path] |= LineSet.between(run.line, run.line + len(run.text) - 1).bits
    for move in moves:
        bits[move.base_path] &= ~LineSet.between(move.base_line, move.base_line + move.length - 1).bits
    return {path: LineSet(lines) for path, lines in bits.items() if lines}
