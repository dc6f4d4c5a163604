"""An API server on loopback that answers kubectl as Kubernetes' own does, for one namespace of deployments."""

from __future__ import annotations

import copy
import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Object = dict[str, object]
_RESOURCES = {
    "apis/apps/v1": [{"name": "deployments", "singularName": "deployment", "namespaced": True, "kind": "Deployment",
                      "verbs": ["get", "list", "watch", "create", "patch", "update", "delete"]}],
    "api/v1": [{"name": "services", "singularName": "service", "namespaced": True, "kind": "Service",
                "verbs": ["get", "list", "watch", "create", "patch", "update", "delete"]}],
}  # fmt: skip

_QUERY = [{"name": name, "in": "query", "schema": {"type": "string"}} for name in ("dryRun", "fieldValidation")]
_OPENAPI = {
    "openapi": "3.0.0",
    "info": {"title": "Kubernetes", "version": "v1.32.0"},
    "paths": {
        "/apis/apps/v1/namespaces/{namespace}/deployments/{name}": {
            "patch": {
                "parameters": _QUERY,
                "responses": {},
                "x-kubernetes-group-version-kind": {"group": "apps", "version": "v1", "kind": "Deployment"},
            }
        }
    },
}


@dataclass
class Cluster:
    """What is applied, and how rollouts go.

    refuses:   image that the dry run refuses.
    never:     image that never becomes ready.
    applied:   images that were really applied, in order.
    """

    url: str = ""
    refuses: str = ""
    never: str = ""
    objects: dict[str, Object] = field(default_factory=dict)
    applied: list[str] = field(default_factory=list)
    dry_runs: int = 0

    @classmethod
    @contextmanager
    def running(cls) -> Iterator[Cluster]:
        state = cls()

        class Handler(_Handler):
            cluster = state

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        state.url = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield state
        finally:
            server.shutdown()
            server.server_close()

    def kubeconfig(self, path: Path) -> Path:
        path.write_text(yaml.safe_dump({
            "apiVersion": "v1", "kind": "Config", "current-context": "t",
            "clusters": [{"name": "c", "cluster": {"server": self.url}}],
            "contexts": [{"name": "t", "context": {"cluster": "c", "user": "u", "namespace": "internal"}}],
            "users": [{"name": "u", "user": {"token": "t"}}],
        }))  # fmt: skip
        return path

    def image(self, found: Object) -> str:
        spec = found["spec"]
        assert isinstance(spec, dict)
        return str(spec["template"]["spec"]["containers"][0]["image"])

    def with_status(self, found: Object) -> Object:
        """Give a deployment with the status that its rollout has."""
        made = copy.deepcopy(found)
        spec, metadata = made["spec"], made["metadata"]
        assert isinstance(spec, dict)
        assert isinstance(metadata, dict)
        replicas = spec.get("replicas", 1)
        ready = 0 if self.image(found) == self.never else replicas
        made["status"] = {
            "observedGeneration": metadata["generation"], "replicas": replicas, "updatedReplicas": ready,
            "availableReplicas": ready, "readyReplicas": ready,
            "conditions": [{"type": "Progressing", "status": "True", "reason": "ReplicaSetUpdated"}],
        }  # fmt: skip
        return made


class _Handler(BaseHTTPRequestHandler):
    cluster: Cluster
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        path, query = parts.path.strip("/"), {name: values[0] for name, values in parse_qs(parts.query).items()}
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if path == "api":
            self._answer(200, {"kind": "APIVersions", "versions": ["v1"]})
        elif path == "apis":
            version = {"groupVersion": "apps/v1", "version": "v1"}
            group = {"name": "apps", "versions": [version], "preferredVersion": version}
            self._answer(200, {"kind": "APIGroupList", "apiVersion": "v1", "groups": [group]})
        elif path in _RESOURCES:
            name = path.removeprefix("apis/").removeprefix("api/")
            listed = {
                "kind": "APIResourceList",
                "apiVersion": "v1",
                "groupVersion": name,
                "resources": _RESOURCES[path],
            }
            self._answer(200, listed)
        elif path == "version":
            self._answer(200, {"major": "1", "minor": "32", "gitVersion": "v1.32.0"})
        elif path == "openapi/v3":
            self._answer(200, {"paths": {"apis/apps/v1": {"serverRelativeURL": "/openapi/v3/apis/apps/v1?hash=1"}}})
        elif path == "openapi/v3/apis/apps/v1":
            self._answer(200, _OPENAPI)
        elif path.startswith("apis/apps/v1/namespaces/internal/deployments"):
            self._deployments(path.split("/")[6:], query, body)
        else:
            self._status(404, "NotFound", "the server could not find the requested resource")

    do_GET = do_POST = do_PATCH = do_PUT = _serve  # noqa: N815

    def _deployments(self, words: list[str], query: dict[str, str], body: bytes) -> None:
        cluster = self.cluster
        if self.command == "GET" and not words:
            name = query.get("fieldSelector", "").removeprefix("metadata.name=")
            if query.get("watch"):
                self._watch(name)
                return
            items = [cluster.with_status(cluster.objects[name])] if name in cluster.objects else []
            self._answer(200, {"kind": "DeploymentList", "apiVersion": "apps/v1",
                               "metadata": {"resourceVersion": "1"}, "items": items})  # fmt: skip
            return
        name = words[0] if words else ""
        if self.command == "GET":
            if name not in cluster.objects:
                self._status(404, "NotFound", f'deployments.apps "{name}" not found')
                return
            self._answer(200, cluster.with_status(cluster.objects[name]))
            return
        given = json.loads(body)
        if self.command == "PATCH":
            given = _merged(cluster.objects[name], given)
        name = given["metadata"]["name"]
        if cluster.image(given) == cluster.refuses:
            self._status(422, "Invalid", f'Deployment.apps "{name}" is invalid: spec.selector: field is immutable')
            return
        given["metadata"] |= {"namespace": "internal", "uid": "u", "resourceVersion": "1"}
        given["metadata"]["generation"] = int(cluster.objects.get(name, {}).get("generation", 0)) + 1  # type: ignore[call-overload]
        if query.get("dryRun"):
            cluster.dry_runs += 1
        else:
            cluster.objects[name] = given
            cluster.applied.append(cluster.image(given))
        self._answer(201 if self.command == "POST" else 200, given)

    def _watch(self, name: str) -> None:
        found = self.cluster.objects.get(name)
        events = [{"type": "ADDED", "object": self.cluster.with_status(found)}] if found else []
        ends = {"k8s.io/initial-events-end": "true"}
        bookmark = {
            "kind": "Deployment",
            "apiVersion": "apps/v1",
            "metadata": {"resourceVersion": "1", "annotations": ends},
        }
        events.append({"type": "BOOKMARK", "object": bookmark})
        event = "\n".join(json.dumps(each) for each in events)
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        raw = event.encode() + b"\n"
        self.wfile.write(b"%x\r\n%b\r\n" % (len(raw), raw))
        self.wfile.flush()
        threading.Event().wait(4)
        self.wfile.write(b"0\r\n\r\n")

    def _status(self, code: int, reason: str, message: str) -> None:
        self._answer(code, {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": reason, "code": code,
                            "message": message})  # fmt: skip

    def _answer(self, code: int, body: object) -> None:
        raw = json.dumps(body).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)


def _merged(before: Object, patch: Object) -> Object:
    """Merge a patch; lists of named things by their name, as strategic merge does for containers."""
    made = copy.deepcopy(before)
    for key, value in patch.items():
        if key.startswith("$"):
            continue
        held = made.get(key)
        if value is None:
            made.pop(key, None)
        elif isinstance(value, dict) and isinstance(held, dict):
            made[key] = _merged(held, value)
        elif isinstance(value, list) and isinstance(held, list) and value and "name" in value[0]:
            names = {each["name"]: each for each in held}
            made[key] = [_merged(names.get(each["name"], {}), each) for each in value]
        else:
            made[key] = value
    return made
