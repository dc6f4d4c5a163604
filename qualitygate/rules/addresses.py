"""Where rules outside of the repository stand, in forms that can be trusted."""

from __future__ import annotations

import re

PROJECT = re.compile(r"gitlab:(?P<project>[^@:]+)@(?P<ref>[^:]+):(?P<path>.+)")
"""A file of another GitLab project at a ref, such as gitlab:suite/rules@v3:rules.yaml."""
PINNED = re.compile(r"(?P<url>https://[^#]+)#sha256=(?P<digest>[0-9a-f]{64})")
"""An HTTPS address with the digest of the file."""


def is_remote(address: str) -> bool:
    """Tell whether an address names rules outside of the repository."""
    return PROJECT.fullmatch(address) is not None or PINNED.fullmatch(address) is not None
