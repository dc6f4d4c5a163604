"""Finding plug-ins: one file each in a package of ours, or an entry point of somebody else's."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType


def modules(package: str) -> Iterator[ModuleType]:
    """Import and yield every module of a package, by name; the package's own machinery is not kept in it."""
    for info in sorted(pkgutil.iter_modules(importlib.import_module(package).__path__), key=lambda info: info.name):
        yield importlib.import_module(f"{package}.{info.name}")


def third_party(group: str) -> Iterator[ModuleType]:
    """Import and yield the modules that installed distributions offer under an entry-point group, by name.

    Asking costs a walk over all installed distributions, so callers ask only for what they do not know.
    """
    from importlib.metadata import entry_points  # noqa: PLC0415 - 20 ms that --help must not pay

    for entry in sorted(entry_points(group=group), key=lambda entry: entry.name):
        yield entry.load()
