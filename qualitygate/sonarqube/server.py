"""A SonarQube server: its version, edition, and answers by pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from qualitygate.remote.http import Server, Token
from qualitygate.remote.trouble import RemoteError, Trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from qualitygate.model.pipeline import Secret

PAGE = 500
"""Rows of a page; the server takes no more."""
MOST = 10_000
"""Rows that one search gives; the server refuses to go beyond."""
_UP = "UP"
_PAST = {
    "STARTING": "is starting",
    "DB_MIGRATION_NEEDED": "waits for its database to be migrated",
    "DB_MIGRATION_RUNNING": "is migrating its database",
    "RESTARTING": "is restarting",
    "DOWN": "is down",
}  # fmt: skip


@dataclass(slots=True)
class _Bearer:
    """The token as Bearer; as user of Basic once the server refused it so, as those before 10 do."""

    secret: Secret
    basic: bool = False

    def __call__(self) -> Mapping[str, str]:
        if not self.secret:
            return {}
        if not self.basic:
            return Token("Authorization", self.secret, "Bearer ")()
        import base64  # noqa: PLC0415 - only old servers need it

        return {"Authorization": "Basic " + base64.b64encode(f"{self.secret.value}:".encode()).decode()}


@dataclass(slots=True)
class SonarQube:
    """A server or SonarQube Cloud, asked with one token.

    http:         the connection.
    organization: on SonarQube Cloud, which needs it in every request; empty elsewhere.
    """

    http: Server
    organization: str = ""
    _bearer: _Bearer | None = None
    _version: tuple[int, ...] = field(default=(), init=False)
    _edition: str = field(default="", init=False)

    @classmethod
    def at(
        cls, address: str, secret: Secret, organization: str = "", say: Callable[[str], object] = lambda _message: None
    ) -> SonarQube:
        """Open a server by its address, with or without a slash at its end."""
        bearer = _Bearer(secret)
        return cls(Server(address.rstrip("/"), bearer, say), organization, bearer)

    def get(self, path: str, **query: str | int | None) -> dict[str, object]:
        """Get an object; RemoteError says which right or parameter is missing."""
        return self._answer("GET", path, query)

    def post(self, path: str, **form: str) -> dict[str, object]:
        """Send a form; an empty answer is an empty object."""
        return self._answer("POST", path, form)

    def _answer(self, method: str, path: str, query: Mapping[str, str | int | None]) -> dict[str, object]:
        given = {**query, "organization": self.organization or None}
        try:
            answer = self._asked(method, path, given)
        except RemoteError as error:
            if error.trouble is Trouble.REFUSED_TOKEN and self._bearer is not None and not self._bearer.basic:
                self._bearer.basic = True
                try:
                    answer = self._asked(method, path, given)
                except RemoteError as second:
                    raise self._explained(second) from None
            else:
                raise self._explained(error) from None
        if not answer.body.strip():
            return {}
        read = answer.json()
        if not isinstance(read, dict):
            raise RemoteError(where=answer.where, trouble=Trouble.GARBLED, status=answer.status, told="no object")
        return read

    def _asked(self, method: str, path: str, given: Mapping[str, str | int | None]) -> _Answer:
        if method == "GET":
            return self.http.get(path, **given)
        form = {name: str(value) for name, value in given.items() if value is not None}
        return self.http.ask("POST", path, form=form)

    def _explained(self, error: RemoteError) -> RemoteError:
        """Say what the server leaves out: a 401 has no body, and a 403 does not name the permission."""
        remedies = {
            Trouble.REFUSED_TOKEN: "check SONAR_TOKEN: it is missing, wrong, expired, or of another server",
            Trouble.FORBIDDEN: "give the token's user the permission: Browse to read, Execute Analysis to scan, Create "
            "Projects and Administer for throw-away projects",
        }
        if error.trouble not in remedies:
            return error
        told = error.what.partition(": ")[2]
        return RemoteError(
            where=error.where, trouble=error.trouble, status=error.status, told=told, remedy=remedies[error.trouble]
        )

    def rows(self, path: str, name: str, **query: str | int | None) -> Iterator[Mapping[str, object]]:
        """Yield the rows of all pages; RemoteError where there are more than a search gives."""
        page = 1
        seen = 0
        while True:
            answer = self.get(path, **query, ps=PAGE, p=page)
            found = answer.get(name)
            if not isinstance(found, list):
                raise RemoteError(where=f"GET {path}", trouble=Trouble.GARBLED, told=f"the answer has no {name}")
            yield from (row for row in found if isinstance(row, dict))
            seen += len(found)
            total = total_of(answer)
            if seen >= total or not found:
                return
            if page * PAGE >= MOST:
                raise RemoteError(where=f"GET {path}", trouble=Trouble.GARBLED, told=f"{total} rows, over {MOST}")
            page += 1

    def check_up(self) -> None:
        """Hold that the server serves; RemoteError says what it is busy with."""
        status = str(self.get("/api/system/status").get("status", ""))
        if status != _UP:
            raise RemoteError(
                where="SonarQube",
                trouble=Trouble.DOWN,
                told=f"the server {_PAST.get(status, 'tells no state')}",
                remedy="run the job again when the server is up",
            )

    def check_token(self) -> None:
        """Hold that the token is valid: searches of public projects answer without one, and say less."""
        for _ in range(2):
            if self.get("/api/authentication/validate").get("valid") is True:
                return
            if self._bearer is not None:
                self._bearer.basic = not self._bearer.basic
        raise self._explained(RemoteError(where="SonarQube", trouble=Trouble.REFUSED_TOKEN, status=401))

    @property
    def version(self) -> tuple[int, ...]:
        """Version of the server, such as (9, 9, 8) or (26, 9, 0)."""
        if not self._version:
            told = self.http.get("/api/server/version").body.decode("ascii", "replace").strip()
            self._version = tuple(int(part) for part in told.split(".") if part.isdigit()) or (0,)
        return self._version

    @property
    def edition(self) -> str:
        """Edition in lower case: community, developer, enterprise, datacenter; cloud for SonarQube Cloud."""
        if self.organization:
            return "cloud"
        if not self._edition:
            self._edition = str(self.get("/api/navigation/global").get("edition", "community")).lower()
        return self._edition

    @property
    def knows_merge_requests(self) -> bool:
        """Whether the edition analyses pull requests by itself."""
        return self.edition != "community"

    def close(self) -> None:
        """Close the connection."""
        self.http.close()


def total_of(answer: Mapping[str, object]) -> int:
    """Give how many rows a search found in all."""
    paging = answer.get("paging")
    told = paging.get("total") if isinstance(paging, dict) else answer.get("total")
    return told if isinstance(told, int) else 0


if TYPE_CHECKING:
    from qualitygate.remote.http import Answer as _Answer
