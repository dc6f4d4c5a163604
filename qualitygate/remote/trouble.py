"""Why a server did not serve, in the user's words, and how long it asks to wait."""

from __future__ import annotations

import json
import time
from enum import Enum
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from qualitygate.model.errors import CannotMeasureError

if TYPE_CHECKING:
    from collections.abc import Mapping


class Trouble(Enum):
    """Why a server did not serve; callers say what that means."""

    REFUSED_TOKEN = "the token is missing, wrong or expired"  # noqa: S105 - a sentence
    FORBIDDEN = "the token lacks the right"
    MISSING = "it does not exist, or the token may not see it"
    CONFLICT = "somebody else changed it at the same time"
    TOO_LARGE = "it is larger than the server takes"
    LIMITED = "the server asks for fewer requests"
    DOWN = "the server fails"
    UNREACHABLE = "the server cannot be reached"
    GARBLED = "the answer is not what this address gives"
    REJECTED = "the server does not accept the request"


_OF_STATUS = {
    401: Trouble.REFUSED_TOKEN,
    403: Trouble.FORBIDDEN,
    404: Trouble.MISSING,
    409: Trouble.CONFLICT,
    413: Trouble.TOO_LARGE,
    429: Trouble.LIMITED,
}
_REMEDIES = {
    Trouble.REFUSED_TOKEN: "check that the token is set for this job and has not expired",
    Trouble.FORBIDDEN: "give the token the right or scope that the request needs",
    Trouble.MISSING: "check the address and the project, and that the token may see it",
    Trouble.CONFLICT: "run the job again",
    Trouble.TOO_LARGE: "raise the server's limit, or send less",
    Trouble.LIMITED: "run the job again later",
    Trouble.DOWN: "run the job again when the server is well",
    Trouble.UNREACHABLE: "check the address, the proxy variables and the certificate bundle (QUALITYGATE_CA_BUNDLE)",
    Trouble.GARBLED: "check that the address is the server's own, and not that of a login page or proxy",
    Trouble.REJECTED: "read what the server says; the request needs another version or right",
}


class RemoteError(CannotMeasureError):
    """A server that did not serve a request.

    trouble: which kind of failure.
    status:  of the answer; 0 where there was none.
    final:   whether it would be the same the next time.
    """

    def __init__(
        self, *, where: str, trouble: Trouble, status: int = 0, told: str = "", remedy: str = "", final: bool = False
    ) -> None:
        answer = f"{trouble.value} (HTTP {status})" if status else trouble.value
        super().__init__(
            slug="remote-failed",
            where=where,
            what=f"{answer}: {told}" if told else answer,
            remedy=remedy or _REMEDIES[trouble],
        )
        self.trouble = trouble
        self.status = status
        self.final = final or trouble is Trouble.GARBLED


def shown_address(address: str) -> str:
    """Write an address without user, password and query, which may hold tokens."""
    parts = urlsplit(address)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def failure_of(where: str, status: int, headers: Mapping[str, str], body: bytes) -> RemoteError:
    """Give the failure that an answer is, with the words of the server itself."""
    trouble = _OF_STATUS.get(status, Trouble.DOWN if status >= 500 else Trouble.REJECTED)
    return RemoteError(where=where, trouble=trouble, status=status, told=_message(headers, body))


def _message(headers: Mapping[str, str], body: bytes) -> str:
    """Give the server's own words, if they are words: JSON's message, error or errors; never a page."""
    if "json" not in headers.get("content-type", ""):
        return ""
    try:
        told = json.loads(body)
    except ValueError:
        return ""
    if isinstance(told, dict):
        words = told.get("message") or told.get("error_description") or told.get("error") or told.get("errors")
        if isinstance(words, list):
            words = "; ".join(str(each.get("msg", each)) if isinstance(each, dict) else str(each) for each in words)
        text = words if isinstance(words, str) else json.dumps(words) if words else ""
        return " ".join(text.split())[:300]
    return ""


def pause_of(headers: Mapping[str, str]) -> float | None:
    """Give how long the server asks to wait: Retry-After in seconds or as a date, else when its limit is reset."""
    asked = headers.get("retry-after", "").strip()
    if asked.isdigit():
        return float(asked)
    if asked:
        from email.utils import parsedate_to_datetime  # noqa: PLC0415 - rarely needed

        try:
            return max(0.0, parsedate_to_datetime(asked).timestamp() - time.time())
        except ValueError:
            return None
    reset = headers.get("ratelimit-reset", "")
    if headers.get("ratelimit-remaining") == "0" and reset.isdigit():
        return max(1.0, float(reset) - time.time())
    return None


def cause(error: BaseException) -> str:
    """Give the innermost reason of a failed connection in one line."""
    inner: BaseException = error
    while inner.__cause__ is not None or inner.__context__ is not None:
        inner = inner.__cause__ or inner.__context__ or inner
    text = " ".join(str(inner).split())
    return f"{type(inner).__name__}: {text[:160]}" if text else type(inner).__name__
