"""A GitLab on loopback: it keeps state, and asks for the kind of token that GitLab asks for."""

from __future__ import annotations

import json
import re
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

JOB_TOKEN = "job-token-secret"
API_TOKEN = "api-token-secret"
ME = 42


@dataclass(frozen=True)
class Fault:
    """What is answered instead, `times` times, to requests that match `METHOD path`."""

    pattern: str
    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    times: int = 1
    cut: bool = False
    seconds: float = 0.0


@dataclass
class GitlabServer:
    """One project, 7, with merge request 3; short pages, and rows hidden after they were counted."""

    url: str = ""
    notes: dict[int, dict[str, object]] = field(default_factory=dict)
    discussions: dict[str, dict[str, object]] = field(default_factory=dict)
    packages: dict[int, dict[str, object]] = field(default_factory=dict)
    files: dict[int, list[tuple[str, bytes]]] = field(default_factory=dict)
    statuses: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    page_size: int = 100
    writer: str = "main"
    diff_refs: dict[str, str] = field(default_factory=dict)
    files_of_rules: dict[tuple[str, str], bytes] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)
    before_list: Callable[[], None] = lambda: None
    _next: int = 100

    @classmethod
    @contextmanager
    def running(cls) -> Iterator[GitlabServer]:
        state = cls()

        class Handler(_Handler):
            gitlab = state

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        state.url = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield state
        finally:
            server.shutdown()
            server.server_close()

    def variables(self, **more: str) -> dict[str, str]:
        """The variables of a job on the default branch; empty ones are as good as unset."""
        return {
            "GITLAB_CI": "true",
            "CI_API_V4_URL": f"{self.url}/api/v4",
            "CI_PROJECT_ID": "7",
            "CI_PROJECT_PATH": "suite/module",
            "CI_PROJECT_URL": "https://gitlab.example/suite/module",
            "CI_JOB_URL": "https://gitlab.example/suite/module/-/jobs/9",
            "CI_DEFAULT_BRANCH": "main",
            "CI_COMMIT_BRANCH": "main",
            "CI_COMMIT_REF_PROTECTED": "true",
            "CI_PIPELINE_SOURCE": "push",
            "CI_JOB_TOKEN": JOB_TOKEN,
            **more,
        }

    def merge_request(self, **more: str) -> dict[str, str]:
        """The variables of a job of the merge request."""
        return self.variables(
            **{
                "CI_COMMIT_BRANCH": "",
                "CI_COMMIT_REF_PROTECTED": "false",
                "CI_PIPELINE_SOURCE": "merge_request_event",
                "CI_MERGE_REQUEST_IID": "3",
                "CI_MERGE_REQUEST_EVENT_TYPE": "detached",
                "CI_MERGE_REQUEST_PROJECT_ID": "7",
                "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "7",
                "CI_MERGE_REQUEST_PROJECT_URL": "https://gitlab.example/suite/module",
                "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
                "QUALITYGATE_API_TOKEN": API_TOKEN,
                **more,
            }
        )

    def number(self) -> int:
        with self.lock:
            self._next += 1
            return self._next

    def add_note(self, body: str, author: int = 1, *, system: bool = False) -> int:
        number = self.number()
        self.notes[number] = {"id": number, "body": body, "author": {"id": author}, "system": system}
        return number

    def own_notes(self) -> list[str]:
        return [str(note["body"]) for note in self.notes.values() if note["author"] == {"id": ME}]


class _Handler(BaseHTTPRequestHandler):
    gitlab: GitlabServer
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        path = unquote(parts.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        named = f"{self.command} {path}"
        with self.gitlab.lock:
            self.gitlab.requests.append(named)
            fault = next((each for each in self.gitlab.faults if re.search(each.pattern, named)), None)
            if fault is not None:
                self.gitlab.faults.remove(fault)
                if fault.times > 1:
                    self.gitlab.faults.append(
                        Fault(
                            fault.pattern,
                            fault.status,
                            fault.body,
                            fault.headers,
                            fault.times - 1,
                            fault.cut,
                            fault.seconds,
                        )
                    )
        if fault is not None:
            time.sleep(fault.seconds)
            self._answer(fault.status, fault.body, dict(fault.headers), cut=fault.cut)
            return
        self._route(path.removeprefix("/api/v4"), query, body)

    do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815

    def _answer(self, status: int, body: object, headers: dict[str, str] | None = None, *, cut: bool = False) -> None:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        given = {"Content-Type": "application/octet-stream" if isinstance(body, bytes) else "application/json"}
        for name, value in {**given, **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(raw) + (50 if cut else 0)))
        self.end_headers()
        self.wfile.write(raw)
        if cut:
            self.close_connection = True

    def _page(
        self, rows: list[dict[str, object]], query: dict[str, str], hidden: Callable[[dict[str, object]], bool]
    ) -> None:
        size = min(int(query.get("per_page", 20)), self.gitlab.page_size)
        page = int(query.get("page", 1))
        chosen = rows[(page - 1) * size : page * size]
        following = str(page + 1) if page * size < len(rows) else ""
        self._answer(200, [row for row in chosen if not hidden(row)], {"X-Next-Page": following})

    def _is(self, *kinds: str) -> bool:
        job = self.headers.get("JOB-TOKEN") == JOB_TOKEN
        api = self.headers.get("PRIVATE-TOKEN") == API_TOKEN
        if not job and not api:
            self._answer(401, {"message": "401 Unauthorized"})
            return False
        if ("job" in kinds and job) or ("api" in kinds and api):
            return True
        self._answer(403, {"message": "403 Forbidden"})
        return False

    def _route(self, path: str, query: dict[str, str], body: bytes) -> None:
        gitlab = self.gitlab
        root = "/projects/7"
        words = path.removeprefix(f"{root}/").split("/")
        if path == "/user":
            if self._is("api"):
                self._answer(200, {"id": ME, "username": "project_7_bot"})
        elif not path.startswith(f"{root}/"):
            self._answer(404, {"message": "404 Project Not Found"})
        elif words[:2] == ["merge_requests", "3"]:
            self._merge_request(words[2:], query, body)
        elif words[0] == "packages":
            self._packages(words[1:], query, body)
        elif words[0] == "statuses" and self.command == "POST":
            if self._is("api"):
                gitlab.statuses.append((words[1], json.loads(body)))
                self._answer(201, {"id": gitlab.number()})
        elif words[:2] == ["repository", "files"]:
            if self._is("api", "job"):
                content = gitlab.files_of_rules.get(("/".join(words[2:-1]), query.get("ref", "HEAD")))
                if content is None:
                    self._answer(404, {"message": "404 File Not Found"})
                else:
                    self._answer(200, content)
        else:
            self._answer(404, {"error": "404 Not Found"})

    def _merge_request(self, words: list[str], query: dict[str, str], body: bytes) -> None:
        gitlab, method = self.gitlab, self.command
        data = json.loads(body) if body else {}
        if not words:
            if self._is("api", "job"):
                self._answer(200, {"iid": 3, "diff_refs": gitlab.diff_refs or None})
        elif words == ["notes"] and method == "GET":
            if self._is("api", "job"):
                gitlab.before_list()
                rows = sorted(gitlab.notes.values(), key=lambda note: int(str(note["id"])))
                self._page(rows, query, lambda row: bool(row.get("confidential")))
        elif words == ["notes"] and method == "POST":
            if self._is("api"):
                if len(data["body"]) > 1_000_000:
                    self._answer(400, {"message": "Note is too long (maximum is 1000000 characters)"})
                    return
                number = gitlab.add_note(data["body"], ME)
                self._answer(201, gitlab.notes[number])
        elif words[0] == "notes" and int(words[1]) in gitlab.notes:
            number = int(words[1])
            if not self._is("api"):
                return
            if gitlab.notes[number]["author"] != {"id": ME}:
                self._answer(403, {"message": "403 Forbidden"})
            elif method == "PUT":
                gitlab.notes[number]["body"] = data["body"]
                self._answer(200, gitlab.notes[number])
            else:
                del gitlab.notes[number]
                self._answer(204, b"")
        elif words == ["discussions"] and method == "GET":
            if self._is("api", "job"):
                self._page(list(gitlab.discussions.values()), query, lambda _row: False)
        elif words == ["discussions"]:
            if self._is("api"):
                name = f"d{gitlab.number()}"
                note = {
                    "id": gitlab.number(),
                    "body": data["body"],
                    "author": {"id": ME},
                    "resolved": False,
                    "position": data.get("position"),
                }
                gitlab.discussions[name] = {"id": name, "notes": [note]}
                self._answer(201, gitlab.discussions[name])
        elif words[0] == "discussions" and method == "PUT" and words[1] in gitlab.discussions:
            if self._is("api"):
                notes = gitlab.discussions[words[1]]["notes"]
                assert isinstance(notes, list)
                notes[0]["resolved"] = query.get("resolved", str(data.get("resolved"))).lower() == "true"
                self._answer(200, gitlab.discussions[words[1]])
        else:
            self._answer(404, {"message": "404 Not found"})

    def _packages(self, words: list[str], query: dict[str, str], body: bytes) -> None:
        gitlab = self.gitlab
        if not self._is("job", "api"):
            return
        if words[:1] == ["generic"]:
            name, version, file = words[1:]
            with gitlab.lock:
                number = next(
                    (
                        number
                        for number, row in gitlab.packages.items()
                        if (row["name"], row["version"]) == (name, version)
                    ),
                    None,
                )
                if self.command == "PUT":
                    if number is None:
                        number = gitlab.number()
                        gitlab.packages[number] = {
                            "id": number,
                            "name": name,
                            "version": version,
                            "package_type": "generic",
                            "pipeline": {"ref": gitlab.writer, "sha": version},
                        }
                    gitlab.files.setdefault(number, []).append((file, body))
                    self._answer(201, {"message": "201 Created"})
                    return
            held = [content for each, content in gitlab.files.get(number or 0, []) if each == file]
            if held:
                self._answer(200, held[-1])
            else:
                self._answer(404, {"message": "404 Not Found"})
        elif not words:
            rows = [row for row in gitlab.packages.values() if row["name"] == query.get("package_name", row["name"])]
            self._page(rows[::-1] if query.get("sort") == "desc" else rows, query, lambda row: bool(row.get("hidden")))
        elif words[1:] == ["package_files"] and int(words[0]) in gitlab.packages:
            rows = [
                {"id": index, "file_name": file, "size": len(content)}
                for index, (file, content) in enumerate(gitlab.files.get(int(words[0]), []))
            ]
            self._page(rows, query, lambda _row: False)
        elif self.command == "DELETE" and int(words[0]) in gitlab.packages:
            del gitlab.packages[int(words[0])]
            self._answer(204, b"")
        else:
            self._answer(404, {"message": "404 Not Found"})
