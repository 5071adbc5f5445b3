"""Runs `sluice` as its users do: a process with words, an environment, a status and two outputs.

Every test class owns a `sluice serve`, a home and a directory of its own; servers are ended by pid and
die with the tests however those end.
"""

import ctypes
import dataclasses
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import unittest
import urllib.request

PROGRAM = os.environ.get("SLUICE_BIN", str(pathlib.Path(__file__).parents[2] / "build/release/bin/sluice"))
ACCESS_KEY, SECRET_KEY = "AKCLITEST00000000000", "cliSecret/of+nobody0123456789abcdefghijk"


@dataclasses.dataclass(frozen=True)
class Dialect:
    scheme: str
    access: str      # names of the variables
    secret: str
    region: str
    part: int        # the store's smallest part, MiB, rounded up
    longest: int     # key, bytes

    def keys(self, access=ACCESS_KEY, secret=SECRET_KEY):
        return {self.access: access, self.secret: secret}


DIALECTS = {d.scheme: d for d in (
    Dialect("oss", "OSS_ACCESS_KEY_ID", "OSS_ACCESS_KEY_SECRET", "cn-hangzhou", 1, 1023),
    Dialect("cos", "COS_SECRET_ID", "COS_SECRET_KEY", "ap-guangzhou", 1, 850),
    Dialect("tos", "TOS_ACCESS_KEY", "TOS_SECRET_KEY", "cn-beijing", 5, 1024),
    Dialect("qs", "QINGSTOR_ACCESS_KEY_ID", "QINGSTOR_SECRET_ACCESS_KEY", "pek3a", 4, 1023),
    Dialect("s3", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "us-east-1", 5, 1024))}


def die_with_parent():
    ctypes.CDLL("libc.so.6").prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT, signal.SIGTERM])


def clean_environment(home, **more):
    kept = {name: os.environ[name] for name in ("PATH", "ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS", "LD_LIBRARY_PATH")
            if name in os.environ}
    # Nobody asks the machine that the tests run on for keys.
    return {**kept, "HOME": str(home), "LANG": "C.UTF-8", "SLUICE_METADATA": "off", **more}


class Server:
    """A `sluice serve`; `words` are further options."""

    def __init__(self, root, *words):
        self.root = pathlib.Path(root)
        self.root.mkdir(parents=True, exist_ok=True)
        keys = {"SLUICE_SERVE_ACCESS_KEY": ACCESS_KEY, "SLUICE_SERVE_SECRET_KEY": SECRET_KEY}
        with open(self.root / "log", "wb") as log:
            self.process = subprocess.Popen(
                [PROGRAM, "serve", "--root", self.root, "--port", "0", "--admin-port", "0", *map(str, words)],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, preexec_fn=die_with_parent,
                env=clean_environment(self.root, **keys))
        self.ready = self.process.stdout.readline().decode()
        found = re.fullmatch(r"sluice serve: listening on (https?://127\.0\.0\.1:\d+) \(admin (http://127\.0\.0\.1:\d+)\)\n",
                             self.ready)
        if not found:
            raise RuntimeError(f"sluice serve said {self.ready!r} and {(self.root / 'log').read_text()[-500:]!r}")
        self.url, self.admin = found.groups()

    def counters(self):
        with urllib.request.urlopen(self.admin + "/counters", timeout=10) as answer:
            return json.load(answer)

    def stop(self):
        self.process.terminate()
        status = self.process.wait(20)
        self.process.stdout.close()
        return status


class Case(unittest.TestCase):
    SERVER_WORDS = ()

    @classmethod
    def setUpClass(cls):
        cls.dir = pathlib.Path(tempfile.mkdtemp(prefix="sluice-cli-"))
        cls.addClassCleanup(shutil.rmtree, cls.dir, ignore_errors=True)
        cls.server = Server(cls.dir / "store", *cls.SERVER_WORDS)
        cls.addClassCleanup(cls.server.stop)

    def setUp(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="home-", dir=self.dir))

    # -- running ---------------------------------------------------------------------------------

    def environment(self, **more):
        keys = {}
        for dialect in DIALECTS.values():
            keys.update(dialect.keys())
        return clean_environment(self.home, **{**keys, **more})

    def words(self, words, url=None, program=PROGRAM):
        words = [str(word) for word in words]
        schemes = re.findall(r"\b(oss|cos|tos|qs|s3)://", " ".join(words))
        more = []
        if schemes and "--endpoint" not in words:
            more += ["--endpoint", url or self.server.url]
        if schemes and "--region" not in words:
            if len(schemes) == 2 and words[0] in ("cp", "mv", "check", "sync", "migrate"):
                more += ["--src-region", DIALECTS[schemes[0]].region, "--dst-region", DIALECTS[schemes[1]].region]
            else:
                more += ["--region", DIALECTS[schemes[0]].region]
        return [program, *words, *more]

    def start(self, *words, env=None, url=None, **options):
        options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
        return subprocess.Popen(self.words(words, url), env=self.environment() if env is None else env, cwd=self.home,
                                preexec_fn=die_with_parent, **options)

    def run_(self, *words, env=None, url=None, stdin=None, program=PROGRAM, **options):
        """Runs to the end, whatever that is."""
        given = {"input": stdin} if stdin is not None else {"stdin": subprocess.DEVNULL}
        options = {"stdout": subprocess.PIPE, "preexec_fn": die_with_parent, **options}
        options = {"cwd": self.home, **options}
        return subprocess.run(self.words(words, url, program), env=self.environment() if env is None else env,
                              stderr=subprocess.PIPE, timeout=120, **given, **options)

    def ok(self, *words, **options):
        """Runs and must succeed; answers stdout."""
        done = self.run_(*words, **options)
        self.assertEqual(done.returncode, 0, f"{words}: {done.stderr.decode(errors='replace')}")
        return done.stdout

    def fails(self, code, *words, says=None, **options):
        """Runs and must end with `code`, one line on stderr, no data on stdout and no secret anywhere."""
        done = self.run_(*words, **options)
        said = done.stderr.decode(errors="replace")
        self.assertEqual(done.returncode, code, f"{words}: {said}")
        lines = [line for line in said.splitlines() if "warning" not in line]
        self.assertEqual(len(lines), 1, said)
        self.assertTrue(lines[0].startswith("sluice: "), said)
        self.assertEqual(done.stdout or b"", b"")
        self.assertNotIn(SECRET_KEY, said)
        if says is not None:
            self.assertIn(says, said)
        return said

    # -- things ----------------------------------------------------------------------------------

    def file(self, name, content):
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def bucket(self, scheme, name=None):
        """A fresh bucket's URL, with '/' at its end."""
        Case.made = getattr(Case, "made", 0) + 1
        url = f"{scheme}://{name or 'bucket'}-{Case.made}-1250000000/"
        self.ok("mb", url)
        return url


def pattern(size, seed=1):
    """Bytes in which no two places look alike."""
    out = bytearray()
    value = seed * 2654435761 % 2**32
    while len(out) < size:
        value = (value * 1103515245 + 12345) % 2**31
        out += value.to_bytes(4, "little") * 1
        if len(out) >= 65536:  # then repeat in blocks that carry their number
            block = bytes(out)
            count = -(-size // len(block))
            out = bytearray().join(index.to_bytes(8, "big") + block[8:] for index in range(count))
    return bytes(out[:size])


def json_lines(data):
    return [json.loads(line) for line in data.decode().splitlines()]
