"""The programs under test, and a sink that ends with its test."""

import contextlib
import hashlib
import http.client
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).parents[2]
PROGRAMS = {name: os.environ.get(f"{name.upper()}_BIN", str(ROOT / "build/release/bin" / name))
            for name in ("sluice", "sink", "rawget", "rawput")}

sys.path.insert(0, str(ROOT / "bench"))
from against_tools.sink import Sink  # noqa: E402


@contextlib.contextmanager
def sink(*words, ca=None):
    server = Sink(PROGRAMS["sink"], *map(str, words), ca=ca)
    server.clients = []
    try:
        yield server
    finally:
        for client in server.clients:
            client.connection.close()
        server.stop()


class Client:
    """One connection, unsigned requests."""

    def __init__(self, server):
        server.clients.append(self)
        self.connection = http.client.HTTPConnection(server.url.split("//")[1], timeout=20)

    def ask(self, method, path, body=None, **headers):
        self.connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = self.connection.getresponse()
        return answer, answer.read()

    def outcome(self, path):
        """The status, or what went wrong."""
        try:
            return self.ask("GET", path)[0].status
        except (http.client.HTTPException, OSError) as error:
            return type(error).__name__
        finally:
            self.connection.close()


def content(bucket, key):
    return subprocess.run([PROGRAMS["sink"], "--cat", bucket, key], capture_output=True, check=True).stdout


def md5(data):
    return hashlib.md5(data)


def load(path):
    return json.loads(pathlib.Path(path).read_text())
