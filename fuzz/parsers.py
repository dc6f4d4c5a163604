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
    from qualitygate.model.metric import ON_WHOLE, CustomMetric, Direction, NumberSource
    from tests.collect.fuzzing import number_survives, survives
    from tests.collect.reading import SAMPLES

    FORMATS = {format_.name: format_ for format_ in own_formats()}
    NUMBERS = {
        f"number-{source.value}": CustomMetric(
            "n", "", Direction.LOWER, "", ON_WHOLE, "report", source, selector, ("module",)
        )
        for source, selector in (
            (NumberSource.POINTER, "/total/lines/pct"),
            (NumberSource.SAMPLE, 'requests_total{code="200"}'),
            (NumberSource.VARIABLE, "IMAGE_SIZE"),
        )
    }

LARGEST_SEED = 1 << 15
"""Bytes: larger samples are cut, so that a round stays short."""
NUMBER_SEEDS = (
    b'{"total": {"lines": {"total": 4, "pct": 97.5}}, "list": [1, 2.5e3, {"a~b/c": null}]}',
    b'# TYPE requests_total counter\nrequests_total{code="200"} 12.5 1395066363000\nup 1\n',
    b'# TYPE requests counter\nrequests_total{code="200"} 7\nrequests_created 1\n# EOF\n',
    b"# size\nexport IMAGE_SIZE=12.5\nNAME='x y'\nOTHER=\"a\\nb\"\n",
)


def main() -> None:
    """Fuzz the format that is named for the given time; what breaks it is kept beside, and ends the run."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("format", choices=sorted({**FORMATS, **NUMBERS}))
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--seeds", type=Path, action="append", default=[], help="more directories of real reports")
    parser.add_argument("--found", type=Path, default=Path("fuzz-found"), help="where inputs that break it are kept")
    chosen = parser.parse_args()
    chosen.found.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as corpus:
        if chosen.format in FORMATS:
            sow(FORMATS[chosen.format], [SAMPLES, *chosen.seeds], Path(corpus))
        else:
            for index, seed in enumerate(NUMBER_SEEDS):
                (Path(corpus) / str(index)).write_bytes(seed)
        atheris.Setup(
            [
                sys.argv[0],
                corpus,
                f"-max_total_time={chosen.seconds}",
                f"-max_len={2 * LARGEST_SEED}",
                "-timeout=10",
                "-rss_limit_mb=1024",
                f"-artifact_prefix={chosen.found}/{chosen.format}-",
                "-print_final_stats=1",
                "-verbosity=1",
            ],
            lambda content: void(attempt(chosen.format, content)),
        )
        atheris.Fuzz()


def attempt(name: str, content: bytes) -> bool:
    """Try one input on the parser that is named."""
    if name in FORMATS:
        return survives(FORMATS[name], content)
    return number_survives(NUMBERS[name], content)


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
