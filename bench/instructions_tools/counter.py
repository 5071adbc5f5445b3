"""Runs programs under callgrind against a sink of their own and reads what they cost."""

import pathlib
import re
import shlex
import shutil
import subprocess

from against_tools.sink import Sink

PART_MIB = 8
KEYS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE000000000",
        "AWS_SECRET_ACCESS_KEY": "secretsecretsecretsecretsecretsecret0000"}


def counted_with(programs):
    """What the numbers depend on besides the sources, in words."""
    comment = subprocess.run(["readelf", "-p", ".comment", programs / "sluice"], capture_output=True, text=True)
    compilers = re.findall(r"^ *\[ *\w+\] *(.*)$", comment.stdout, re.MULTILINE)
    valgrind = subprocess.run(["valgrind", "--version"], capture_output=True, text=True)
    return {"compiler": "; ".join(compilers), "valgrind": valgrind.stdout.strip()}


class Counter:
    """`place`: an empty directory to work in; `profiles`: one for callgrind's files, or None."""

    def __init__(self, programs, place, profiles):
        self.programs, self.place, self.profiles = programs, pathlib.Path(place), profiles
        self.sink = Sink(str(programs / "sink"))

    def close(self):
        self.sink.stop()

    def count(self, what):
        """Instructions for one of `what`."""
        few, many = self.run(what, what.few), self.run(what, what.many)
        return round((many - few) / (what.many - what.few))

    def run(self, what, n):
        """Instructions of one whole run, in a home and with a target of its own."""
        shutil.rmtree(self.place, ignore_errors=True)
        (self.place / "home").mkdir(parents=True)
        self.sink.ask("clear")
        bucket = what.bucket.format(n=n, mib=PART_MIB * n)
        if what.makes_files:
            subprocess.run([self.programs / "sink", "--make", bucket, self.place / "src"], check=True)
        words = [word.format(n=n, ep=self.sink.url, bucket=bucket, out=self.place / "out", src=self.place / "src")
                 for word in shlex.split(what.words)]
        profile = self.profiles / f"{what.name}.{n}.callgrind" if self.profiles else "/dev/null"
        log = self.place / "log"
        done = subprocess.run(
            ["valgrind", "--tool=callgrind", f"--callgrind-out-file={profile}", f"--log-file={log}",
             self.programs / what.program, *words],
            env={"HOME": str(self.place / "home"), **KEYS}, cwd=self.place, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        collected = re.search(r"Collected : (\d+)", log.read_text() if log.exists() else "")
        if done.returncode != 0 or not collected:
            raise SystemExit(f"{what.program} {shlex.join(words)}: exit {done.returncode}: {done.stderr[-2000:]}")
        return int(collected.group(1))
