#!/usr/bin/env python3
"""A token server for the `distribution` registry: `token_server.py KEY CERTIFICATE [PORT]`. Prints `ready PORT`.

Anonymous callers get `pull`, the user `bot` with the password `s3cret` gets what it asks for. Signs with the openssl program.
"""
import base64
import http.server
import json
import subprocess
import sys
import time
import urllib.parse

key = sys.argv[1]
certificate = "".join(line for line in open(sys.argv[2]).read().splitlines() if not line.startswith("-"))


def encode(part):
    part = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(part).rstrip(b"=")


def access(scope, user):
    kind, rest = scope.split(":", 1)
    name, actions = rest.rsplit(":", 1)
    return {"type": kind, "name": name, "actions": [action for action in actions.split(",") if user or action == "pull"]}


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
        authorization, user = self.headers.get("Authorization", ""), ""
        if authorization.startswith("Basic "):
            user, _, password = base64.b64decode(authorization[6:]).decode().partition(":")
            if (user, password) != ("bot", "s3cret"):
                self.send_response(401)
                self.end_headers()
                return
        now = int(time.time())
        granted = [access(scope, user) for scopes in query.get("scope", []) for scope in scopes.split(" ")]
        claims = {"iss": "test-issuer", "sub": user, "aud": query["service"][0], "exp": now + 60, "nbf": now - 5, "iat": now,
                  "jti": "1", "access": granted}
        head = encode({"typ": "JWT", "alg": "RS256", "x5c": [certificate]}) + b"." + encode(claims)
        signed = subprocess.run(["openssl", "dgst", "-sha256", "-sign", key], input=head, capture_output=True, check=True)
        body = json.dumps({"token": (head + b"." + encode(signed.stdout)).decode(), "expires_in": 60}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[3]) if len(sys.argv) > 3 else 0), Handler)
print("ready", server.server_address[1], flush=True)
server.serve_forever()
