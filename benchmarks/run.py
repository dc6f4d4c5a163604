"""Paired runs against the peers; see README.md beside this file."""

from __future__ import annotations

import gc
import io
import os
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Callable


def cpu(work: Callable[[], object]) -> float:
    """Give the CPU seconds of one run in this process."""
    gc.collect()
    started = time.process_time()
    work()
    return time.process_time() - started


def complexity(directories: list[str]) -> None:
    """Measure the same Python files with the gate's engine and with radon."""
    from radon.visitors import ComplexityVisitor  # noqa: PLC0415

    from qualitygate.collect.languages.python import measure  # noqa: PLC0415

    sources = [path.read_bytes() for directory in directories for path in sorted(Path(directory).rglob("*.py"))]

    def ours() -> None:
        gc.disable()  # as the gate's own loop does
        for source in sources:
            measure(source)
        gc.enable()

    def radon() -> None:
        for source in sources:
            try:
                ComplexityVisitor.from_code(source)
            except (SyntaxError, ValueError, RecursionError):
                continue

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        mine, theirs = cpu(ours), cpu(radon)
    print(f"{len(sources)} files: qualitygate {mine:.2f} s, radon {theirs:.2f} s, ratio {mine / theirs:.2f}")


def coverage(lines: int) -> None:
    """Read a Cobertura report of so many lines with the gate's parser, and as a whole tree with ElementTree."""
    from qualitygate.collect.formats.cobertura import parse  # noqa: PLC0415

    entries = "".join(f'<line number="{number}" hits="{number % 3}"/>\n' for number in range(1, 401))
    body = "".join(
        f'<class name="c{index}" filename="src/c{index}.py"><methods/><lines>{entries}</lines></class>'
        for index in range(lines // 400)
    )
    report = f'<coverage line-rate="0"><packages><package><classes>{body}</classes></package></packages></coverage>'
    raw = report.encode()
    mine = cpu(lambda: [record for record in parse(io.BytesIO(raw), "x") if record is None])
    theirs = cpu(lambda: [int(line.get("hits", "0")) for line in ET.parse(io.BytesIO(raw)).iter("line")])  # noqa: S314
    size = len(raw) >> 20
    print(f"{lines} lines, {size} MB: qualitygate {mine:.2f} s, ElementTree {theirs:.2f} s, ratio {mine / theirs:.2f}")


def start() -> None:
    """Give the CPU milliseconds of the shortest commands, the best of five."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "rules.yaml").write_text("version: 1\nruls: {}\n")
        for words in (["--help"], ["rules", "validate"]):
            best = min(_child(words, folder) for _ in range(5))
            print(f"qualitygate {' '.join(words)}: {best * 1000:.0f} ms")


def _child(words: list[str], folder: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-c", "from qualitygate.cli.main import run; run()", *words]
    subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["complexity", *directories] if directories:
            complexity(directories)
        case ["coverage", lines]:
            coverage(int(lines))
        case ["start"]:
            start()
        case _:
            sys.exit("usage: run.py complexity DIRECTORY… | coverage LINES | start")
