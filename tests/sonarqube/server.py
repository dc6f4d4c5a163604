"""A SonarQube on loopback that plays what a real one is hard to bring to; its answers have the shapes of recorded ones."""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "sonar-token-secret"
SEVERITIES = ("INFO", "MINOR", "MAJOR", "CRITICAL", "BLOCKER")


@dataclass
class Issue:
    file: str
    line: int
    severity: str = "MAJOR"
    rule: str = "python:S1"


@dataclass
class PlayedServer:
    """One project `suite`; what differs from a healthy Community Build is set by the test."""

    url: str = ""
    status: str = "UP"
    version: str = "26.9.0.129388"
    basic_only: bool = False
    forbidden: str = ""
    broken: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    endless: str = ""
    tasks: list[dict[str, object]] = field(default_factory=lambda: [{"status": "SUCCESS"}])
    measures: dict[str, str] = field(default_factory=lambda: {"bugs": "0", "coverage": "65.9", "sqale_rating": "1.0"})
    issues: list[Issue] = field(default_factory=list)
    gate: dict[str, object] = field(default_factory=lambda: {"status": "OK", "conditions": []})
    requests: list[str] = field(default_factory=list)

    @classmethod
    @contextmanager
    def running(cls) -> Iterator[PlayedServer]:
        state = cls()

        class Handler(_Handler):
            played = state

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        state.url = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield state
        finally:
            server.shutdown()
            server.server_close()

    def variables(self) -> dict[str, str]:
        return {"SONAR_HOST_URL": self.url, "SONAR_TOKEN": TOKEN, "SONAR_PROJECT_KEY": "suite"}


class _Handler(BaseHTTPRequestHandler):
    played: PlayedServer
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def _serve(self) -> None:
        played = self.played
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        query = {name: values[0] for name, values in {**parse_qs(parts.query), **parse_qs(body)}.items()}
        path = parts.path
        played.requests.append(f"{self.command} {path}")
        if path in played.broken:
            status, raw = played.broken[path]
            self._send(status, raw)
        elif path == played.endless:
            self._endless()
        elif path == "/api/system/status":
            self._json({"id": "x", "version": played.version, "status": played.status})
        elif path == "/api/server/version":
            self._send(200, played.version.encode())
        elif path == "/api/authentication/validate":
            self._json({"valid": self._known()})
        elif not self._known():
            self._send(401, b"")
        elif path == played.forbidden:
            self._json({"errors": [{"msg": "Insufficient privileges"}]}, 403)
        else:
            self._known_path(path, query)

    do_GET = do_POST = _serve  # noqa: N815

    def _known(self) -> bool:
        given = self.headers.get("Authorization", "")
        if self.played.basic_only:
            return given.startswith("Basic ")
        return given == f"Bearer {TOKEN}" or given.startswith("Basic ")

    def _known_path(self, path: str, query: dict[str, str]) -> None:
        played = self.played
        answers: dict[str, object] = {
            "/api/navigation/global": {"edition": "community", "version": played.version},
            "/api/metrics/search": {
                "metrics": [
                    {"key": "bugs", "type": "INT", "direction": -1},
                    {"key": "coverage", "type": "PERCENT", "direction": 1},
                    {"key": "sqale_rating", "type": "RATING", "direction": -1},
                    {"key": "alert_status", "type": "LEVEL"},
                ],
                "total": 4,
                "p": 1,
                "ps": 500,
            },
            "/api/qualitygates/project_status": {"projectStatus": played.gate},
            "/api/hotspots/search": {"paging": {"total": 0}, "hotspots": []},
            "/api/measures/component_tree": {"paging": {"total": 0}, "components": []},
        }
        if path == "/api/ce/task":
            self._json({"task": played.tasks.pop(0) if len(played.tasks) > 1 else played.tasks[0]})
        elif path == "/api/measures/component":
            if query["component"].partition(":")[0] != "suite":
                self._json({"errors": [{"msg": f"Component key '{query['component']}' not found"}]}, 404)
                return
            asked = query["metricKeys"].split(",")
            rows = [{"metric": key, "value": value} for key, value in played.measures.items() if key in asked]
            self._json({"component": {"key": query["component"], "measures": rows}})
        elif path == "/api/issues/search":
            self._issues(query)
        elif path == "/api/components/tree":
            files = sorted({issue.file for issue in played.issues}) if "FIL" in query.get("qualifiers", "") else []
            self._rows("components", [{"key": f"suite:{file}", "path": file} for file in files], query)
        elif path in answers:
            self._json(answers[path])
        else:
            self._json({"errors": [{"msg": f"Unknown url : {path}"}]}, 404)

    def _issues(self, query: dict[str, str]) -> None:
        name = (
            "components" if self.played.version >= "10" and not self.played.version.startswith("9") else "componentKeys"
        )
        if name not in query:
            self._json({"errors": [{"msg": f"the parameter '{name}' is missing"}]}, 400)
            return
        wanted = query[name].split(",")
        found = [
            issue for issue in self.played.issues
            if ("suite" in wanted or f"suite:{issue.file}" in wanted)
            and issue.severity in query.get("severities", issue.severity)
            and query.get("rules", issue.rule) == issue.rule
        ]  # fmt: skip
        page, size = int(query.get("p", 1)), int(query.get("ps", 100))
        if page * size > 10_000:
            told = "Can return only the first 10000 results. 10500th result asked."
            self._json({"errors": [{"msg": told}]}, 400)
            return
        rows = [
            {"key": f"k{index}", "rule": issue.rule, "severity": issue.severity, "component": f"suite:{issue.file}",
             "line": issue.line, "textRange": {"startLine": issue.line, "endLine": issue.line}, "message": "m"}
            for index, issue in enumerate(found[(page - 1) * size : page * size])
        ]  # fmt: skip
        facets = [{"property": "rules", "values": [{"val": rule} for rule in sorted({each.rule for each in found})]}]
        self._json({"paging": {"pageIndex": page, "pageSize": size, "total": len(found)}, "total": len(found),
                    "issues": rows, "facets": facets if "facets" in query else []})  # fmt: skip

    def _rows(self, name: str, rows: list[dict[str, str]], query: dict[str, str]) -> None:
        page, size = int(query.get("p", 1)), int(query.get("ps", 100))
        self._json({"paging": {"total": len(rows)}, name: rows[(page - 1) * size : page * size]})

    def _endless(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            while True:
                self.wfile.write(b"1000\r\n" + b" " * 4096 + b"\r\n")
                time.sleep(0.0001)
        except OSError:
            return

    def _json(self, body: object, status: int = 200) -> None:
        self._send(status, json.dumps(body).encode(), "application/json")

    def _send(self, status: int, raw: bytes, kind: str = "text/plain") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)
