"""Run a coverage-guided fuzzer (Atheris) against one report parser; `docs/guide/fuzzing.md` says how."""

from __future__ import annotations

import argparse
import gzip
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["qualitygate"]):
    from qualitygate.collect.format import HEAD_BYTES, Format
    from qualitygate.collect.recognise import own_formats
    from tests.collect.fuzzing import survives
    from tests.collect.reading import SAMPLES

    FORMATS = {format_.name: format_ for format_ in own_formats()}

LARGEST_SEED = 1 << 15
"""Bytes: larger samples are cut, so that a round stays short."""


def main() -> None:
    """Fuzz the format that is named for the given time; what breaks it is kept beside, and ends the run."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("format", choices=sorted(FORMATS))
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--seeds", type=Path, action="append", default=[], help="more directories of real reports")
    parser.add_argument("--found", type=Path, default=Path("fuzz-found"), help="where inputs that break it are kept")
    chosen = parser.parse_args()
    format_ = FORMATS[chosen.format]
    chosen.found.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as corpus:
        sow(format_, [SAMPLES, *chosen.seeds], Path(corpus))
        atheris.Setup(
            [
                sys.argv[0],
                corpus,
                f"-max_total_time={chosen.seconds}",
                f"-max_len={2 * LARGEST_SEED}",
                "-timeout=10",
                "-rss_limit_mb=1024",
                f"-artifact_prefix={chosen.found}/{format_.name}-",
                "-print_final_stats=1",
                "-verbosity=1",
            ],
            lambda content: void(survives(format_, content)),
        )
        atheris.Fuzz()


def void(_: object) -> None:
    """Give nothing, as the fuzzer wants it."""


def sow(format_: Format, places: list[Path], corpus: Path) -> None:
    """Copy what the format claims of real reports to the corpus, cut to a size that fuzzes fast."""
    for place in places:
        for index, path in enumerate(sorted(each for each in place.rglob("*") if each.is_file())):
            raw = path.read_bytes()[: 64 << 20]
            content = gzip.decompress(raw) if path.suffix == ".gz" and raw[:2] == b"\x1f\x8b" else raw
            if format_.claims(content[:HEAD_BYTES]):
                (corpus / f"{place.name}-{index}").write_bytes(content[:LARGEST_SEED])


if __name__ == "__main__":
    main()
