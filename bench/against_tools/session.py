"""A workload with its server and its places: prepares runs, runs tools, judges what they delivered."""

import os
import pathlib
import re
import shlex
import shutil
import subprocess
import tempfile

from . import measure
from .sink import Sink, same_content
from .workloads import MIB

UPLOADS = "uploads"
ACCESS_KEY, SECRET_KEY = "AKIDEXAMPLE000000000", "secretsecretsecretsecretsecretsecret0000"
QUIET_KNOBS = "set?latency=0&cap=0&p503=0&reset=0&trunc=0"
LARGEST_CHECKED_UPLOAD = 256 * MIB


def empty(path):
    if path.is_dir():
        shutil.rmtree(path)
    elif path.exists():
        path.unlink()


class Session:
    def __init__(self, workload, sink_program, shm, disk, timeout, keep_uploads=False):
        self.workload, self.sink_program, self.timeout = workload, sink_program, timeout
        self.keep_uploads = keep_uploads
        self.base, self.home = (disk if workload.disk else shm) / workload.name, disk / "home"
        self.out, self.source = self.base / "out", self.base / "src"
        self.stdout, self.log, self.ca = shm / "stdout", disk / "stderr.log", disk / "ca.pem"
        self.root = self.base / "root"
        empty(self.base)
        self.base.mkdir(parents=True)
        if workload.kind == "put":
            subprocess.run([sink_program, "--make", workload.bucket, self.source], check=True)
        kept = ["-k", "--root", self.root] if keep_uploads else []
        self.sink = Sink(sink_program, *map(str, kept), ca=str(self.ca) if workload.tls else None)
        self.touch_memory()

    def close(self):
        self.sink.stop()
        empty(self.base)
        self.stdout.unlink(missing_ok=True)

    def touch_memory(self):
        """On a virtual machine the first touch of a page is dear, and the first tool would pay it."""
        if self.workload.kind != "get" or self.keep_uploads:
            return
        warm, piece = self.base / "warm", bytes(MIB)
        with open(warm, "wb") as file:
            for _ in range(self.workload.bytes // MIB + 1):
                file.write(piece)
        warm.unlink()

    # -- words ---------------------------------------------------------------------------------------------

    def variables(self):
        workload, key = self.workload, "k0000000000"
        return {
            "ep": self.sink.url, "hp": self.sink.url.split("//")[1], "bucket": workload.bucket, "key": key,
            "size": workload.size, "count": workload.count, "last": f"{workload.count - 1:010d}", "out": self.out,
            "src": self.source / key, "srcdir": self.source, "up": UPLOADS, "ca": self.ca, "home": self.home,
            "urls": self.home / "urls", "access": ACCESS_KEY, "secret": SECRET_KEY,
        }

    def words(self, tool, program):
        return [program, *(word.format(**self.variables()) for word in shlex.split(tool.command(self.workload)))]

    def own_environment(self, tool):
        return {name: value.format(**self.variables()) for name, value in tool.environment.items()}

    def shell_line(self, tool, program):
        """The command as one would type it, with the variables that this tool alone gets."""
        variables = [f"{name}={shlex.quote(value)}" for name, value in self.own_environment(tool).items()]
        return " ".join([*variables, shlex.join(self.words(tool, program))])

    def environment(self, tool):
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        own = {"HOME": str(self.home), "AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
               "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true"}
        if self.workload.tls:
            own["AWS_CA_BUNDLE"] = str(self.ca)
        own.update(self.own_environment(tool))
        return {name: value for name, value in {**kept, **own}.items() if value}

    # -- runs ----------------------------------------------------------------------------------------------

    def prepare(self, tool):
        """A home of its own and nothing at the target; none of it is timed."""
        empty(self.home)
        self.home.mkdir(parents=True)
        for name, text in tool.files.items():
            path = self.home / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.format(**self.variables()))
        if "{urls}" in tool.command(self.workload):
            url = f"{self.sink.url}/{self.workload.bucket}/k"
            (self.home / "urls").write_text("".join(f"{url}{i:010d}\n" for i in range(self.workload.count)))
        empty(self.out)
        if self.workload.many and self.workload.kind == "get":
            self.out.mkdir()
        if self.workload.disk:  # its cache takes large pieces of memory, which a host takes back first
            os.sync()
            self.touch_memory()

    def run(self, tool, program, seed=1):
        """What one run used and what the server saw; "good": everything arrived, and only that."""
        self.prepare(tool)
        self.sink.ask("clear")
        self.sink.ask(f"set?seed={seed}&{self.workload.knobs}")
        before = self.sink.ask("reset")
        with open(self.log, "ab") as log, open(self.stdout, "wb") as stdout:
            log.write(f"== {self.workload.name} {tool.name}\n".encode())
            log.flush()
            used = measure.run(self.words(tool, program), self.environment(tool), stdout, log, self.timeout)
        seen = self.sink.ask(QUIET_KNOBS)
        delivered = self.delivered(tool, seen)
        return {
            "tool": tool.name, "status": used.status, "user": used.user, "sys": used.sys, "cpu": used.cpu,
            "wall": used.wall, "private": used.private, "requests": seen["requests"] - 1,
            "connections": seen["connections"] - before["connections"] - 1, "seed": seed,
            "delivered": delivered, "good": delivered and used.status == 0,
        }

    # -- judgement -----------------------------------------------------------------------------------------

    def delivered(self, tool, seen):
        if self.workload.kind == "get":
            return self.downloaded()
        if self.workload.kind == "put":
            return seen["open_uploads"] == 0 and self.uploaded()
        return self.listed(tool)

    def downloaded(self):
        extra = self.workload.many and len(list(self.out.iterdir())) != self.workload.count
        return not extra and same_content(self.sink_program, self.workload.bucket, self.out)

    def uploaded(self):
        """Names and sizes; with kept uploads every byte."""
        if self.sink.stored(UPLOADS) != (self.workload.count, self.workload.bytes):
            return False
        kept = self.root / UPLOADS
        return not self.keep_uploads or same_content(
            self.sink_program, self.workload.bucket, kept if self.workload.many else kept / "k0000000000")

    def listed(self, tool):
        said = self.stdout.read_text()
        if tool.role == "bound":
            return said == f"{self.workload.count} keys\n"
        keys = re.findall("k\\d{10}", said)
        return len(keys) == self.workload.count == len(set(keys)) and max(keys) == f"k{self.workload.count - 1:010d}"


def check_uploads(workload, tools, sink_program, shm, disk, timeout):
    """Which tools' uploads arrive byte by byte: one run each, to a server that keeps them, not timed."""
    session = Session(workload.at_most(LARGEST_CHECKED_UPLOAD), sink_program, shm, disk, timeout, keep_uploads=True)
    try:
        right = set()
        for tool, program in tools:
            empty(session.root / UPLOADS)
            if session.run(tool, program)["good"]:
                right.add(tool.name)
        return right
    finally:
        session.close()


def scratch(parent):
    """A new directory below `parent`."""
    return pathlib.Path(tempfile.mkdtemp(prefix="sluice-against-", dir=parent))
