"""Finding blocks that were moved, within a file or to another one."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

MINIMUM_LINES = 3
MINIMUM_CHARACTERS = 20
"""A block counts as moved from this many lines with text and this many letters and digits on: git's own --color-moved
asks for the twenty characters, the three lines keep a lone `return None` from passing for old code."""

_TOO_COMMON = 64
"""A line that was removed in more places than this starts no block: braces and blank lines would make it quadratic."""


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive lines that a diff removed from, or added to, one file.

    path: file of the base for removed lines, of the head for added ones.
    line: number of the first.
    text: the lines, without line ends.
    """

    path: str
    line: int
    text: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """A block that left one place and stands in another, its indentation changed throughout or not at all."""

    base_path: str
    base_line: int
    path: str
    line: int
    length: int


def find_moves(removed: list[Run], added: list[Run]) -> list[Move]:
    """Match added blocks with removed ones, longest first; every line moves at most once, so a copy stays new code."""
    places: dict[bytes, list[tuple[int, int]]] = defaultdict(list)
    for index, run in enumerate(removed):
        for offset, text in enumerate(run.text):
            if stripped := text.strip():
                places[stripped].append((index, offset))
    candidates = _candidates(removed, added, places)
    candidates.sort(key=lambda found: (-found[4], found[0], found[1], found[2], found[3]))
    taken: set[tuple[int, int]] = set()
    given: set[tuple[int, int]] = set()
    moves: list[Move] = []
    for to, to_offset, origin, origin_offset, length in candidates:
        source, target = removed[origin], added[to]
        for start, size in _free(taken, given, (origin, origin_offset), (to, to_offset), length):
            if not _worth(target.text[to_offset + start : to_offset + start + size]):
                continue
            taken.update((origin, origin_offset + start + step) for step in range(size))
            given.update((to, to_offset + start + step) for step in range(size))
            moves.append(
                Move(
                    source.path,
                    source.line + origin_offset + start,
                    target.path,
                    target.line + to_offset + start,
                    size,
                )
            )
    return sorted(moves, key=lambda move: (move.path, move.line))


def _candidates(
    removed: list[Run], added: list[Run], places: dict[bytes, list[tuple[int, int]]]
) -> list[tuple[int, int, int, int, int]]:
    """Give (added run, offset, removed run, offset, length) of every block that cannot be made longer."""
    found = []
    for to, run in enumerate(added):
        for offset, text in enumerate(run.text):
            stripped = text.strip()
            origins = places.get(stripped, ()) if stripped else ()
            if len(origins) > _TOO_COMMON:
                continue
            for origin, origin_offset in origins:
                if _continues(removed[origin], origin_offset, run, offset):
                    continue
                length = 1
                while _alike(removed[origin], origin_offset, run, offset, length):
                    length += 1
                if _worth(run.text[offset : offset + length]):
                    found.append((to, offset, origin, origin_offset, length))
    return found


def _continues(source: Run, source_offset: int, target: Run, target_offset: int) -> bool:
    """Tell whether a block that holds this line starts at an earlier line with text."""
    step = -1
    while _alike(source, source_offset, target, target_offset, step):
        if target.text[target_offset + step].strip():
            return True
        step -= 1
    return False


def _alike(source: Run, source_offset: int, target: Run, target_offset: int, step: int) -> bool:
    """Tell whether the lines `step` away from both places continue the block."""
    here, there = source_offset + step, target_offset + step
    if not (0 <= here < len(source.text) and 0 <= there < len(target.text)):
        return False
    old, new = source.text[here], target.text[there]
    if old.strip() != new.strip():
        return False
    shift = _indentation(target.text[target_offset]) - _indentation(source.text[source_offset])
    return not old.strip() or _indentation(new) - _indentation(old) == shift


def _indentation(text: bytes) -> int:
    return len(text) - len(text.lstrip())


def _worth(block: tuple[bytes, ...]) -> bool:
    return (
        sum(1 for text in block if text.strip()) >= MINIMUM_LINES
        and sum(sum(1 for byte in text if chr(byte).isalnum()) for text in block) >= MINIMUM_CHARACTERS
    )


def _free(
    taken: set[tuple[int, int]], given: set[tuple[int, int]], origin: tuple[int, int], to: tuple[int, int], length: int
) -> list[tuple[int, int]]:
    """Give the stretches (start, length) of a block of which neither side has moved elsewhere yet."""
    stretches: list[tuple[int, int]] = []
    start = None
    for step in range(length + 1):
        busy = step == length or (origin[0], origin[1] + step) in taken or (to[0], to[1] + step) in given
        if busy and start is not None:
            stretches.append((start, step - start))
            start = None
        elif not busy and start is None:
            start = step
    return stretches
