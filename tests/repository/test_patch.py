from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualitygate.model.change import Piece, projected
from qualitygate.model.coverage import FileCoverage
from qualitygate.model.lines import LineSet
from qualitygate.repository.moves import Run, find_moves
from qualitygate.repository.repository import Repository

if TYPE_CHECKING:
    from pathlib import Path

    from qualitygate.model.change import Change
    from tests.workshop import Workshop

BLOCK = "\n".join(f"    value_{letter} = compute_{letter}(argument)" for letter in "abcdef") + "\n"


def changed(workshop: Workshop, files: dict[str, str | bytes | None]) -> Change:
    base = workshop.git("rev-parse", "HEAD")
    head = workshop.commit(files)
    with Repository.discover(workshop.root) as repository:
        return repository.change(base, head, text_files=(".py",))


@pytest.mark.parametrize(
    ("before", "after", "added", "removed"),
    [
        pytest.param("a\nb\nc\n", "a\nb\nc\n", [], [], id="nothing-changes"),
        pytest.param("a\nb\nc\n", "a\nX\nc\n", [2], [2], id="a-modified-line-is-removed-and-added"),
        pytest.param("a\nb\nc\n", "a\nb\nX\nY\nc\n", [3, 4], [], id="an-insertion-only-adds"),
        pytest.param("a\nb\nc\n", "a\nc\n", [], [2], id="a-deletion-only-removes"),
        pytest.param("a\nb\nc\n", "X\na\nb\nc\n", [1], [], id="a-line-before-the-first"),
        pytest.param("a\nb\nc\n", "a\nb\nc\nX\n", [4], [], id="a-line-behind-the-last"),
        pytest.param("a\nb", "a\nb\n", [], [], id="a-last-line-end-is-no-change"),
        pytest.param("a\nb\nc\n", "", [], [1, 2, 3], id="an-emptied-file"),
        pytest.param("", "a\n", [1], [], id="a-filled-file"),
        pytest.param("a\r\nb\r\n", "a\nb\n", [], [], id="line-ends-are-no-change"),
        pytest.param("a\nb\n", "a\r\nb\r\nX\r\n", [3], [], id="a-line-added-while-line-ends-change"),
        pytest.param("--- a\n+++ b\n", "--- a\n@@ -1 +1 @@\n", [2], [2], id="lines-that-look-like-a-patch"),
    ],
)
def test_lines_are_kept_added_or_removed(
    workshop: Workshop, before: str, after: str, added: list[int], removed: list[int]
) -> None:
    workshop.commit({"f.py": before, "other.py": "z\n"})
    change = changed(workshop, {"f.py": after})
    assert list(change.added("f.py")) == added
    assert list(change.removed.get("f.py", LineSet())) == removed
    assert change.pieces("other.py") == (Piece("other.py", 1, 1, None),)


@settings(max_examples=25)
@given(st.lists(st.sampled_from("abcdef"), max_size=12), st.lists(st.sampled_from("abcdef"), max_size=12))
def test_the_line_map_puts_every_line_in_one_place(
    tmp_path_factory: pytest.TempPathFactory, before: list[str], after: list[str]
) -> None:
    from tests.workshop import Workshop as Made  # noqa: PLC0415 - only the name is needed above

    workshop = Made.at(tmp_path_factory.mktemp("map"))
    workshop.commit({"f.py": "".join(f"{each}\n" for each in before)})
    change = changed(workshop, {"f.py": "".join(f"{each}\n" for each in after)})
    every = LineSet.between(1, len(after))
    came = LineSet()
    stayed = LineSet()
    for piece in change.pieces("f.py"):
        base = LineSet.between(1, len(before))
        lines = piece.to_head(base) & every
        for line in lines:
            (old,) = piece.to_base(LineSet.of([line]))
            assert before[old - 1] == after[line - 1]
        assert not came & lines
        came |= lines
        stayed |= piece.to_base(lines)
    added = change.added("f.py")
    removed = change.removed.get("f.py", LineSet())
    assert came | added == every
    assert not came & added
    assert stayed | removed == LineSet.between(1, len(before))
    assert not stayed & removed


@pytest.mark.parametrize(
    ("start", "files", "path", "base_path"),
    [
        pytest.param({"a.py": BLOCK}, {"a.py": None, "b.py": BLOCK}, "b.py", "a.py", id="a-rename"),
        pytest.param(
            {"a.py": BLOCK}, {"a.py": None, "b.py": BLOCK + "more = 1\n"}, "b.py", "a.py", id="a-rename-with-an-edit"
        ),
        pytest.param(
            {"tab\there.py": BLOCK},
            {"tab\there.py": None, 'quo"te.py': BLOCK},
            'quo"te.py',
            "tab\there.py",
            id="names-that-git-quotes",
        ),
        pytest.param(
            {"sp ace.py": BLOCK},
            {"sp ace.py": None, "é and b/x.py": BLOCK + "more = 1\n"},
            "é and b/x.py",
            "sp ace.py",
            id="names-with-spaces-and-accents",
        ),
        pytest.param(
            {"new\nline.py": BLOCK},
            {"new\nline.py": BLOCK + "more = 1\n"},
            "new\nline.py",
            "new\nline.py",
            id="a-name-with-a-line-end",
        ),
        pytest.param(
            {"bad\udcff.py": BLOCK},
            {"bad\udcff.py": BLOCK + "more = 1\n"},
            "bad\udcff.py",
            "bad\udcff.py",
            id="a-name-that-is-not-utf-8",
        ),
        pytest.param({"a.py": BLOCK}, {"new.py": "x = 1\n"}, "new.py", None, id="a-new-file"),
    ],
)
def test_files_are_followed_by_name(
    workshop: Workshop,
    start: dict[str, str | bytes | None],
    files: dict[str, str | bytes | None],
    path: str,
    base_path: str | None,
) -> None:
    workshop.commit(start)
    change = changed(workshop, files)
    assert change.base_path(path) == base_path
    expected = {"x = 1\n": [1]}.get(str(files[path]), [7] if str(files[path]).endswith("more = 1\n") else [])
    assert list(change.added(path)) == expected
    assert change.gone == {name for name, content in files.items() if content is None}


def test_a_block_that_moves_to_another_file_is_not_new(workshop: Workshop) -> None:
    workshop.commit({"a.py": f"first = 1\n{BLOCK}last = 2\n", "b.py": "only = 1\n"})
    change = changed(workshop, {"a.py": "first = 1\nlast = 2\n", "b.py": f"only = 1\n{BLOCK}"})
    assert not change.added("b.py")
    assert not change.removed
    assert Piece("a.py", 2, 2, 6) in change.pieces("b.py")
    coverage = {"a.py": FileCoverage.of({1: 1, 2: 1, 3: 0, 8: 1}), "b.py": FileCoverage.of({1: 1})}
    assert projected(change.pieces("b.py"), coverage) == FileCoverage.of({1: 1, 2: 1, 3: 0})


def test_a_block_that_is_copied_is_new(workshop: Workshop) -> None:
    workshop.commit({"a.py": BLOCK, "b.py": "only = 1\n"})
    change = changed(workshop, {"b.py": f"only = 1\n{BLOCK}"})
    assert len(change.added("b.py")) == 6


def test_an_attribute_hides_no_source(workshop: Workshop) -> None:
    workshop.commit({"a.py": "one = 1\n", ".gitattributes": "*.py -diff\n", "b.bin": b"\0\1"})
    change = changed(workshop, {"a.py": "one = 1\ntwo = 2\n", "b.bin": b"\0\2"})
    assert list(change.added("a.py")) == [2]
    assert not change.added("b.bin")


def test_a_submodule_is_no_source(workshop: Workshop, tmp_path: Path) -> None:
    from tests.workshop import Workshop as Made  # noqa: PLC0415 - only the name is needed above

    inner = Made.at(tmp_path / "inner")
    inner.commit({"x.py": "x = 1\n"})
    workshop.commit({"a.py": "one = 1\n"})
    base = workshop.git("rev-parse", "HEAD")
    workshop.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner.root), "sub")
    head = workshop.commit()
    with Repository.discover(workshop.root) as repository:
        assert set(repository.change(base, head).files) == {".gitmodules"}
        assert set(repository.files(head)) == {"a.py", ".gitmodules"}


@pytest.mark.parametrize(
    ("removed", "added", "lengths"),
    [
        pytest.param(["aaaaaaaaaa", "bbbbbbbbbb", "cccc"], ["aaaaaaaaaa", "bbbbbbbbbb", "cccc"], [3], id="a-block"),
        pytest.param(["aaaaaaaaaa", "bbbbbbbbbb"], ["aaaaaaaaaa", "bbbbbbbbbb"], [], id="two-lines-are-too-few"),
        pytest.param(["a", "b", "c"], ["a", "b", "c"], [], id="three-short-lines-are-too-little"),
        pytest.param(
            ["aaaaaaaaaa", "bbbbbbbbbb", "cccc"],
            ["    aaaaaaaaaa", "    bbbbbbbbbb", "    cccc"],
            [3],
            id="a-block-indented-throughout",
        ),
        pytest.param(
            ["aaaaaaaaaa", "bbbbbbbbbb", "cccc"],
            ["aaaaaaaaaa", "    bbbbbbbbbb", "cccc"],
            [],
            id="a-line-indented-alone-changes-the-meaning",
        ),
        pytest.param(
            ["aaaaaaaaaa", "", "bbbbbbbbbb", "cccc"],
            ["aaaaaaaaaa", "", "bbbbbbbbbb", "cccc"],
            [4],
            id="blank-lines-move-along",
        ),
        pytest.param(
            ["", "", "aaaaaaaaaa", "bbbbbbbbbb", "cccc"],
            ["", "", "aaaaaaaaaa", "bbbbbbbbbb", "cccc"],
            [3],
            id="a-block-behind-blank-lines",
        ),
        pytest.param(
            ["aaaaaaaaaa", "bbbbbbbbbb", "cccc"],
            ["aaaaaaaaaa", "bbbbbbbbbb", "cccc"] * 2,
            [3],
            id="a-line-moves-only-once",
        ),
        pytest.param(
            ["x", "aaaaaaaaaa", "bbbbbbbbbb", "cccc"],
            ["aaaaaaaaaa", "bbbbbbbbbb", "cccc", "y"],
            [3],
            id="a-block-inside-others",
        ),
    ],
)
def test_moves(removed: list[str], added: list[str], lengths: list[int]) -> None:
    old = Run("a", 10, tuple(text.encode() for text in removed))
    new = Run("b", 20, tuple(text.encode() for text in added))
    moves = find_moves([old], [new])
    assert [move.length for move in moves] == lengths
    for move in moves:
        for step in range(move.length):
            assert removed[move.base_line - 10 + step].strip() == added[move.line - 20 + step].strip()
