"""Asking a server: bounded in time, size and patience, and never a token in what is told."""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from qualitygate.remote.trouble import RemoteError, Trouble, cause, failure_of, pause_of, shown_address

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import requests

    from qualitygate.model.pipeline import Secret

CONNECT_SECONDS = 10.0
READ_SECONDS = 30.0
WHOLE_SECONDS = 120.0
"""Longest time from the first byte of one answer to its last: a server that trickles is as good as down."""
LARGEST = 64 << 20
_ATTEMPTS = 5
_PATIENCE = 60.0
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_PIECE = 1 << 16
_CERTIFICATES = ("QUALITYGATE_CA_BUNDLE", "CI_SERVER_TLS_CA_FILE")


class Authorise(Protocol):
    """Gives the headers that carry a token."""

    def __call__(self) -> Mapping[str, str]:
        """Give them."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token and the header that carries it, such as PRIVATE-TOKEN, JOB-TOKEN or Authorization."""

    header: str
    secret: Secret
    prefix: str = ""

    def __call__(self) -> Mapping[str, str]:
        """Give the header; none without a token."""
        return {self.header: f"{self.prefix}{self.secret.value}"} if self.secret else {}


def no_token() -> Mapping[str, str]:
    """Give no header."""
    return {}


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that says yes: its headers, by lower-case name, and its whole body."""

    where: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> object:
        """Read the body as JSON; RemoteError for a login page, a proxy's word or a cut body."""
        try:
            return json.loads(self.body)
        except ValueError:
            kind = self.headers.get("content-type", "no type").partition(";")[0]
            raise RemoteError(
                where=self.where, trouble=Trouble.GARBLED, status=self.status, told=f"no JSON, but {kind}"
            ) from None


@dataclass(slots=True)
class Server:
    """A server's API, asked over one connection.

    address:   what every path is appended to.
    authorise: gives the headers with the token.
    say:       told when a request is tried again.
    sleep:     waits; tests need not.
    """

    address: str
    authorise: Authorise = no_token
    say: Callable[[str], object] = lambda _message: None
    sleep: Callable[[float], object] = time.sleep
    largest: int = LARGEST
    _session: requests.Session | None = field(default=None, init=False)

    def get(self, path: str, **query: str | int | None) -> Answer:
        """Get a path; unset query values are left out."""
        return self.ask("GET", path, query=query)

    def ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str | int | None] | None = None,
        data: Mapping[str, object] | bytes | None = None,
        form: Mapping[str, str] | None = None,
        again: bool | None = None,
    ) -> Answer:
        """Send a request and give the answer; RemoteError where it is not 2xx, however often it was tried.

        data:  a mapping is sent as JSON, bytes as they are.
        again: whether a request without an answer may be sent twice; by default all but POST.
        """
        repeatable = method != "POST" if again is None else again
        where = f"{method} {shown_address(self.address)}{path}"
        waited = 0.0
        for attempt in range(1, _ATTEMPTS + 1):
            failure, pause = self._once(method, path, where, query or {}, data, form)
            if isinstance(failure, Answer):
                return failure
            retry = failure.status in _AGAIN if failure.status else not failure.final
            # A POST that was answered 5xx or not at all may have been carried out; only 429 says that it was not.
            if not retry or not (repeatable or failure.status == 429):
                raise failure
            pause = 0.5 * 2 ** (attempt - 1) if pause is None else pause
            if attempt == _ATTEMPTS or waited + pause > _PATIENCE:
                raise failure
            self.say(f"{where}: {failure.what}; trying again in {pause:.0f} s")
            self.sleep(pause)
            waited += pause
        raise AssertionError("the last attempt raises")

    def _once(
        self,
        method: str,
        path: str,
        where: str,
        query: Mapping[str, str | int | None],
        data: Mapping[str, object] | bytes | None,
        form: Mapping[str, str] | None,
    ) -> tuple[Answer | RemoteError, float | None]:
        """Send once; give the answer or the failure, and how long the server asks to wait."""
        import requests  # noqa: PLC0415 - 150 ms that only a run with a server pays

        session = self._opened()
        try:
            with session.request(
                method,
                self.address + path,
                params={name: value for name, value in query.items() if value is not None},
                data=data if isinstance(data, bytes) else form,
                json=None if isinstance(data, bytes) else data,
                headers=dict(self.authorise()),
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                stream=True,
                verify=_certificates(),
                # A redirect would carry the token to another place, and turns a POST into a GET.
                allow_redirects=False,
            ) as response:
                headers = {name.lower(): value for name, value in response.headers.items()}
                if response.is_redirect and method == "GET":
                    return self._followed(response.headers.get("location", ""), where), None
                body = self._body(response, where)
                if 200 <= response.status_code < 300:
                    return Answer(where, response.status_code, headers, body), None
                return failure_of(where, response.status_code, headers, body), pause_of(headers)
        except RemoteError as error:
            return error, None
        except requests.exceptions.SSLError as error:
            return RemoteError(
                where=where,
                trouble=Trouble.UNREACHABLE,
                told=f"its certificate is not trusted ({cause(error)})",
                final=True,
            ), None
        except requests.exceptions.ProxyError as error:
            return RemoteError(
                where=where, trouble=Trouble.UNREACHABLE, told=f"the proxy does not let it through ({cause(error)})"
            ), None
        except requests.exceptions.Timeout:
            return RemoteError(
                where=where, trouble=Trouble.UNREACHABLE, told=f"no answer within {READ_SECONDS:.0f} s"
            ), None
        except (requests.exceptions.InvalidURL, requests.exceptions.MissingSchema, requests.exceptions.InvalidSchema):
            return RemoteError(
                where=where, trouble=Trouble.UNREACHABLE, told="this is no address of a web server", final=True
            ), None
        except requests.exceptions.RequestException as error:
            return RemoteError(
                where=where, trouble=Trouble.UNREACHABLE, told=f"the connection broke ({cause(error)})"
            ), None

    def _followed(self, location: str, where: str) -> Answer | RemoteError:
        """Follow the redirect of a download to object storage, without the token and once."""
        import requests  # noqa: PLC0415 - see above

        if urlsplit(location).scheme not in ("http", "https"):
            return RemoteError(where=where, trouble=Trouble.GARBLED, told="it redirects to no address")
        with self._opened().get(
            location,
            timeout=(CONNECT_SECONDS, READ_SECONDS),
            stream=True,
            verify=_certificates(),
            allow_redirects=False,
        ) as response:
            body = self._body(response, where)
            headers = {name.lower(): value for name, value in response.headers.items()}
            if response.status_code == requests.codes.ok:
                return Answer(where, response.status_code, headers, body)
            if 300 <= response.status_code < 400:
                return RemoteError(
                    where=where, trouble=Trouble.GARBLED, told="it redirects to a login page or in a circle"
                )
            return failure_of(where, response.status_code, headers, body)

    def _body(self, response: requests.Response, where: str) -> bytes:
        announced = response.headers.get("content-length", "")
        if announced.isdigit() and int(announced) > self.largest:
            raise RemoteError(
                where=where, trouble=Trouble.GARBLED, told=f"the answer has {announced} bytes, over the limit"
            )
        ends, size, pieces = time.monotonic() + WHOLE_SECONDS, 0, []
        for piece in response.iter_content(_PIECE):
            size += len(piece)
            pieces.append(piece)
            if size > self.largest:
                raise RemoteError(
                    where=where, trouble=Trouble.GARBLED, told=f"the answer does not end within {self.largest >> 20} MB"
                )
            if time.monotonic() > ends:
                raise RemoteError(
                    where=where, trouble=Trouble.GARBLED, told=f"the answer does not end within {WHOLE_SECONDS:.0f} s"
                )
        return b"".join(pieces)

    def _opened(self) -> requests.Session:
        if self._session is None:
            import requests  # noqa: PLC0415 - see above

            self._session = requests.Session()
            self._session.headers["User-Agent"] = "qualitygate"
            self._session.auth = _untouched  # a .netrc must not replace the token that the caller chose
        return self._session

    def pages(self, path: str, *, most: int = 100, **query: str | int | None) -> Iterator[list[object]]:
        """Yield the pages of a list, as GitLab numbers them, until one is empty or the server says it was the last.

        A short page is no last page: rows that the token may not see are left out after they were counted.
        """
        page = 1
        for _ in range(most):
            answer = self.get(path, **query, per_page=100, page=page)
            rows = answer.json()
            if not isinstance(rows, list):
                raise RemoteError(where=answer.where, trouble=Trouble.GARBLED, status=answer.status, told="no list")
            yield rows
            following = answer.headers.get("x-next-page")
            if following == "" or (following is None and not rows):
                return
            page = int(following) if following and following.isdigit() and int(following) > page else page + 1
        raise RemoteError(where=f"GET {shown_address(self.address)}{path}", trouble=Trouble.GARBLED,
                          told=f"the list does not end within {most} pages")  # fmt: skip

    def close(self) -> None:
        """Close the connection."""
        if self._session is not None:
            self._session.close()
            self._session = None


def _certificates() -> str | None:
    """Give the bundle of a private authority; without one requests heeds its own variables."""
    return next((os.environ[name] for name in _CERTIFICATES if os.environ.get(name)), None)


def _untouched(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request
