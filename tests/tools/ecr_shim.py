#!/usr/bin/env python3
"""Stands in for Amazon ECR: moto inside, and around it what moto lacks.

Run with the Python of moto's virtual environment: `ecr_shim.py [PORT]`. Prints `ready PORT` when it listens (on loopback only).

What it adds: pages (`maxResults`, `nextToken`), `filter.tagStatus`, images with a set push time, lists in neither time nor
digest order, counted calls, throttling, a next token that repeats. Other services of AWS (STS for web identities) are moto's own.

For tests:
  POST /_stand-in/repository {"name"}
  POST /_stand-in/push {"repository", "images": [{"tag", "pushedAt": seconds, "text"?}]}  -> {"digests": {tag: digest}}
        images of equal "text" (by default the tag) are one digest
  POST /_stand-in/faults {"throttleCall"?: n, "throttlePage"?: n, "repeatToken"?: true}
        throttleCall: the n-th DescribeImages from now is throttled, once; throttlePage: page n (1 is the first) always is
  GET  /_stand-in/calls -> {"DescribeImages": n, …, "throttled": n}
  POST /_stand-in/reset    forgets calls and faults
"""
import base64
import collections
import hashlib
import http.server
import json
import sys
import threading

from moto.core import DEFAULT_ACCOUNT_ID
from moto.ecr.models import ecr_backends
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.test import Client

REGION = "eu-west-1"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"

moto = Client(DomainDispatcherApplication(create_backend_app))
lock = threading.RLock()
calls = collections.Counter()
faults = {}


def backend():
    return ecr_backends[DEFAULT_ACCOUNT_ID][REGION]


def digest_of(text):
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def push(repository, images):
    store = backend().repositories[repository]
    digests = {}
    for image in images:
        text = image.get("text", image["tag"])
        manifest = json.dumps({"schemaVersion": 2, "mediaType": MANIFEST, "layers": [], "annotations": {"text": text}})
        pushed = backend().put_image(repository, manifest, image["tag"], digest=digest_of(text))
        stored = next(entry for entry in store.images if entry.image_manifest == manifest)
        stored.image_pushed_at = image["pushedAt"]
        digests[image["tag"]] = pushed.get_image_digest()
    return {"digests": digests}


def shuffled(details):
    return sorted(details, key=lambda entry: hashlib.md5(entry["imageDigest"].encode()).hexdigest())


def error(code, kind, message):
    return code, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps({"__type": kind, "message": message}).encode()


def forward(path, headers, body):
    answer = moto.post(path, headers=headers, data=body)
    headers = {name: value for name, value in answer.headers.items() if name.lower() not in ("content-length", "connection")}
    return answer.status_code, headers, answer.get_data()


def describe_images(path, headers, body):
    request = json.loads(body or b"{}")
    size, token = request.pop("maxResults", None), request.pop("nextToken", None)
    status = request.get("filter", {}).get("tagStatus", "ANY")
    if request.get("imageIds") and (size is not None or token is not None):
        return error(400, "InvalidParameterException", "maxResults and nextToken cannot be used with imageIds")
    size = 100 if size is None else size
    if not 1 <= size <= 1000:
        return error(400, "InvalidParameterException", "Invalid parameter at 'maxResults' failed to satisfy constraint")
    try:
        start = int(base64.b64decode(token)) if token else 0
    except ValueError:
        return error(400, "InvalidParameterException", "Invalid parameter at 'NextToken'")

    if faults.get("throttleCall") == calls["DescribeImages"] or faults.get("throttlePage") == start // size + 1:
        calls["throttled"] += 1
        return error(400, "ThrottlingException", "Rate exceeded")

    code, answer_headers, answer = forward(path, headers, json.dumps(request).encode())
    if code == 500:
        return error(400, "RepositoryNotFoundException", "moto answered 500")
    if code != 200 or request.get("imageIds"):
        return code, answer_headers, answer
    details = shuffled(json.loads(answer)["imageDetails"])
    if status != "ANY":
        details = [entry for entry in details if bool(entry.get("imageTags")) == (status == "TAGGED")]
    page = {"imageDetails": details[start:start + size]}
    if start + size < len(details):
        next_start = start if faults.get("repeatToken") and start else start + size
        page["nextToken"] = base64.b64encode(str(next_start).encode()).decode()
    return 200, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(page).encode()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, code, headers, body):
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        with lock:
            body = json.dumps(calls).encode()
        self.answer(200, {"Content-Type": "application/json"}, body)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with lock:
            if self.path.startswith("/_stand-in/"):
                self.stand_in(self.path.removeprefix("/_stand-in/"), json.loads(body or b"{}"))
                return
            headers = {name: value for name, value in self.headers.items() if name.lower() != "content-length"}
            operation = self.headers.get("X-Amz-Target", self.path).split(".")[-1]
            calls[operation] += 1
            answer = describe_images if operation == "DescribeImages" else forward
            self.answer(*answer(self.path, headers, body))

    def stand_in(self, action, request):
        answer = {}
        if action == "repository":
            backend().create_repository(request["name"], None, None, "MUTABLE", None, None)
        elif action == "push":
            answer = push(request["repository"], request["images"])
        elif action == "faults":
            faults.clear()
            faults.update(request)
            if "throttleCall" in faults:
                faults["throttleCall"] += calls["DescribeImages"]
        elif action == "reset":
            faults.clear()
            calls.clear()
        self.answer(200, {"Content-Type": "application/json"}, json.dumps(answer).encode())

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 0), Handler)
print("ready", server.server_address[1], flush=True)
server.serve_forever()
