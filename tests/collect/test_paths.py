from __future__ import annotations

import pytest

from qualitygate.collect.paths import Found, NotFound, TrackedPaths, clean

TRACKED = TrackedPaths(
    [
        "setup.py",
        "src/app/__init__.py",
        "src/app/core.py",
        "src/app/sub/core.py",
        "back/app/core2.py",
        "front/index.ts",
        "a/same.py",
        "b/same.py",
        "sp ace/é.py",
    ]
)


@pytest.mark.parametrize(
    ("name", "roots", "path"),
    [
        pytest.param("src/app/core.py", [], "src/app/core.py", id="the-tracked-path-itself"),
        pytest.param("./src/app/core.py", [], "src/app/core.py", id="with-a-dot"),
        pytest.param("/builds/group/x/src/app/core.py", [], "src/app/core.py", id="absolute-on-another-machine"),
        pytest.param(r"C:\builds\x\src\app\core.py", [], "src/app/core.py", id="absolute-on-windows"),
        pytest.param(r"src\app\sub\core.py", [], "src/app/sub/core.py", id="backslashes"),
        pytest.param("file:///builds/x/sp%20ace/%C3%A9.py", [], "sp ace/é.py", id="a-file-url"),
        pytest.param("app/core.py", ["/builds/x/src"], "src/app/core.py", id="relative-to-a-root-of-the-report"),
        pytest.param("app/sub/core.py", [], "src/app/sub/core.py", id="relative-to-an-unnamed-root"),
        pytest.param("__init__.py", ["/b/src/app"], "src/app/__init__.py", id="a-root-that-is-the-package"),
        pytest.param("/x/src/app/../app/core.py", [], "src/app/core.py", id="climbing-words"),
        pytest.param("../../../../front/index.ts", [], "front/index.ts", id="climbing-out-and-in-again"),
    ],
)
def test_a_name_means_the_tracked_file_with_the_longest_matching_end(name: str, roots: list[str], path: str) -> None:
    found = TRACKED.find(name, roots)
    assert isinstance(found, Found)
    assert found.path == path
    assert found.sure


@pytest.mark.parametrize(
    ("name", "candidates"),
    [
        pytest.param("same.py", ("a/same.py", "b/same.py"), id="two-files-end-so"),
        pytest.param("core.py", ("src/app/core.py", "src/app/sub/core.py"), id="an-end-of-two"),
        pytest.param("/etc/passwd", (), id="a-file-of-the-machine"),
        pytest.param("../../etc/passwd", (), id="a-file-outside"),
        pytest.param("other/app/x.py", (), id="another-project"),
        pytest.param("lib/__init__.py", (), id="a-common-name-of-another-package"),
        pytest.param("", (), id="no-name"),
        pytest.param("/", (), id="the-root"),
    ],
)
def test_a_name_that_is_ambiguous_or_unknown_is_never_guessed(name: str, candidates: tuple[str, ...]) -> None:
    assert TRACKED.find(name) == NotFound(name, candidates)


def test_one_matching_word_at_the_top_is_doubtful() -> None:
    found = TRACKED.find("/usr/lib/python3/setup.py")
    assert found == Found("setup.py", sure=False, prefix="/usr/lib/python3")


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a//b", "a/b"), ("/a/./b", "/a/b"), ("a/../../b", "b"), ("file:/x/y", "/x/y"), (r"\\host\share\a", "/share/a")],
)
def test_names_are_cleaned_by_words_alone(name: str, expected: str) -> None:
    assert clean(name) == expected
