from __future__ import annotations

import os
import pty
import subprocess
import sys
import time
from pathlib import Path

import pytest

from qualitygate.cli.outputs import write_whole
from qualitygate.cli.session import Terminal
from tests.workshop import IDENTITY, Workshop


def test_progress_is_told_only_of_what_takes_long(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = Terminal()
    terminal.step(1, 10)
    assert capsys.readouterr().err == ""
    clock = time.monotonic() + 20
    monkeypatch.setattr(time, "monotonic", lambda: clock)
    terminal.step(5, 10)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    terminal.step(10, 10)
    terminal.say("done")
    assert capsys.readouterr().err == "measuring sources: 5 of 10\n\rmeasuring sources: 10 of 10\ndone\n"


@pytest.mark.parametrize(("settings", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)], ids=["plain", "no-color"])
def test_colours_are_for_terminals(workshop: Workshop, settings: dict[str, str], coloured: bool) -> None:
    workshop.commit({"a.py": "x = 1\n"})
    workshop.commit({"a.py": "def f(a):\n" + "    if a: pass\n" * 20})
    outer, inner = pty.openpty()
    command = [sys.executable, "-c", "from qualitygate.cli.main import run; run()", "check"]
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    process = subprocess.Popen(command, cwd=workshop.root, stdout=inner, env={**environment, **IDENTITY, **settings})
    os.close(inner)
    shown = b""
    while True:
        try:
            part = os.read(outer, 65536)
        except OSError:
            break
        if not part:
            break
        shown += part
    os.close(outer)
    assert process.wait() == 1
    assert b"FAIL" in shown
    assert (b"\x1b[" in shown) is coloured


def test_a_closed_pipe_is_no_error_of_ours(workshop: Workshop) -> None:
    workshop.commit({"a.py": "x = 1\n"})
    workshop.commit({"a.py": "".join(f"def f{number}(a):\n" + "    if a: pass\n" * 20 for number in range(400))})
    code = f"{sys.executable} -c 'from qualitygate.cli.main import run; run()' check --format json | head -c 10"
    done = subprocess.run(
        code, shell=True, cwd=workshop.root, capture_output=True, check=False, env={**os.environ, **IDENTITY}
    )
    assert done.stdout.startswith(b"{")
    assert b"error" not in done.stderr


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "deep" / "verdict.json"
    write_whole(target, b"old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="No space"):
        write_whole(target, b"new")
    assert target.read_bytes() == b"old"
    assert list(target.parent.iterdir()) == [target]


def test_rules_validate_tells_what_holds(workshop: Workshop) -> None:
    workshop.write({"rules.yaml": "version: 1\nextends: qualitygate:strict\n"})
    ran = workshop.gate("rules", "validate")
    assert ran.code == 0
    assert ran.out.startswith("rules.yaml: valid; ")
    workshop.write({"rules.yaml": b"version: 1 # \xff\n"})
    assert workshop.gate("rules", "validate").code == 2


def test_a_saved_verdict_is_shown_outside_of_its_repository(workshop: Workshop, tmp_path: Path) -> None:
    from tests.workshop import run_gate  # noqa: PLC0415

    workshop.commit({"a.py": "x = 1\n"})
    verdict = tmp_path / "elsewhere" / "verdict.json"
    assert workshop.gate("check", "--output", f"json={verdict}").code == 0
    ran = run_gate(verdict.parent, "report", str(verdict))
    assert ran.code == 0
    assert ran.out.startswith("PASS")


def test_a_baseline_elsewhere_leaves_the_memory_beside_the_repository(workshop: Workshop, tmp_path: Path) -> None:
    workshop.commit({"a.py": "x = 1\n"})
    ran = workshop.gate("check", "--store", f"sqlite:///{tmp_path}/s.sqlite3")
    assert ran.code == 0
    assert (tmp_path / "s.sqlite3").exists()
    (workshop.root / ".git" / "qualitygate" / "store.sqlite3").write_bytes(b"broken")
    assert workshop.gate("check", "--store", f"sqlite:///{tmp_path}/s.sqlite3").code == 0
    assert workshop.gate("check").code == 3
