"""The main job, shown: real bytes through all five dialects, killed and resumed, proven.

    scripts/main_job.py PROGRAM [--size MiB] [--dialects oss,cos,...]

Starts the local store, and for each dialect uploads a file, is killed with SIGKILL midway, resumes,
downloads it with another kill, and then copies it from store to store through all of them. Prints what
each kill cost in bytes sent again, by the store's own counters, and exits 1 when anything differs.
"""

import argparse
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

DIALECTS = {
    "oss": ("demo-bucket", {"OSS_ACCESS_KEY_ID": "AK", "OSS_ACCESS_KEY_SECRET": "SK"}),
    "cos": ("demo-bucket-1250000000", {"COS_SECRET_ID": "AK", "COS_SECRET_KEY": "SK"}),
    "tos": ("demo-bucket", {"TOS_ACCESS_KEY": "AK", "TOS_SECRET_KEY": "SK"}),
    "qs": ("demo-bucket", {"QINGSTOR_ACCESS_KEY_ID": "AK", "QINGSTOR_SECRET_ACCESS_KEY": "SK"}),
    "s3": ("demo-bucket", {"AWS_ACCESS_KEY_ID": "AK", "AWS_SECRET_ACCESS_KEY": "SK"}),
}
KEYS = {"AK": "AKDEMO00000000000001", "SK": "demosecretdemosecretdemosecret01"}


class Store:
    """`sluice serve` as a child process."""

    def __init__(self, program, root):
        environment = dict(os.environ, SLUICE_SERVE_ACCESS_KEY=KEYS["AK"], SLUICE_SERVE_SECRET_KEY=KEYS["SK"])
        self.process = subprocess.Popen(
            [program, "serve", "--root", root, "--port", "0", "--admin-port", "0"],
            stdout=subprocess.PIPE, text=True, env=environment)
        line = self.process.stdout.readline()
        if "listening on" not in line:
            raise SystemExit("the local store did not start")
        words = line.replace("(", " ").replace(")", " ").split()
        self.endpoint, self.admin = [w for w in words if w.startswith("http://")][:2]

    def counters(self):
        with urllib.request.urlopen(self.admin + "/counters") as answer:
            return json.load(answer)

    def reset(self):
        urllib.request.urlopen(self.admin + "/counters/reset").close()

    def stop(self):
        self.process.terminate()
        self.process.wait()


def parts_acknowledged(counters):
    return sum(1 for part in counters["parts"] if part["acknowledged"])


def sum_of(counters, dialect, field, operations):
    table = counters["dialects"].get(dialect, {})
    return sum(table[name][field] for name in operations if name in table)


def gets(counters, dialect):
    return sum_of(counters, dialect, "requests", ["get_object"])


class Job:
    def __init__(self, program, size, dialects):
        self.program = program
        self.size = size
        self.dialects = dialects
        self.dir = tempfile.mkdtemp(prefix="sluice-demo-", dir=os.environ.get("SLUICE_DEMO_DIR"))
        self.store = Store(program, os.path.join(self.dir, "store"))
        self.environment = dict(os.environ, XDG_STATE_HOME=os.path.join(self.dir, "state"),
                                XDG_CONFIG_HOME=os.path.join(self.dir, "config"))
        for _, words in DIALECTS.values():
            self.environment.update({name: KEYS[word] for name, word in words.items()})

    def close(self):
        self.store.stop()
        shutil.rmtree(self.dir, ignore_errors=True)

    def command(self, verb, *words):
        return [self.program, verb, *words, "--endpoint", self.store.endpoint, "--region", "local-1"]

    def run(self, verb, *words):
        done = subprocess.run(self.command(verb, *words), env=self.environment, capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"sluice {verb} {' '.join(words)} exited {done.returncode}: {done.stderr.strip()}")

    def run_and_kill(self, seen_enough, *words):
        """Starts a copy and kills it as soon as the store has seen enough. False: it ended before."""
        child = subprocess.Popen(self.command("cp", *words), env=self.environment,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while child.poll() is None:
            if seen_enough(self.store.counters()):
                child.send_signal(signal.SIGKILL)
                child.wait()
                return True
            time.sleep(0.005)
        return False

    def url(self, dialect, key):
        return f"{dialect}://{DIALECTS[dialect][0]}/{key}"


def digest(path):
    value = hashlib.blake2b()
    with open(path, "rb") as file:
        for piece in iter(lambda: file.read(1 << 20), b""):
            value.update(piece)
    return value.hexdigest()


def make_file(path, size):
    """Bytes that differ everywhere and cannot be compressed or deduplicated."""
    block = os.urandom(1 << 20)
    with open(path, "wb") as file:
        for number in range(size >> 20):
            file.write(number.to_bytes(8, "little"))
            file.write(block[8:])


def move_one(job, dialect, source, expected):
    url, back = job.url(dialect, "object"), os.path.join(job.dir, "back")
    job.run("mb", f"{dialect}://{DIALECTS[dialect][0]}")
    half = job.size // (16 << 20)  # of parts of 8 MiB

    started = time.monotonic()
    job.store.reset()
    killed_up = job.run_and_kill(lambda seen: parts_acknowledged(seen) >= half, source, url)
    job.run("cp", source, url)
    seconds_up = time.monotonic() - started
    counters = job.store.counters()
    again = sum(part["after_acknowledged"] for part in counters["parts"])
    sent = sum_of(counters, dialect, "bytes_in", ["put_part", "put_object"])

    started = time.monotonic()
    job.store.reset()
    killed_down = job.run_and_kill(lambda seen: gets(seen, dialect) >= half, url, back)
    job.run("cp", url, back)
    seconds_down = time.monotonic() - started
    received = sum_of(job.store.counters(), dialect, "bytes_out", ["get_object"])

    equal = digest(back) == expected
    os.remove(back)
    return {
        "dialect": dialect, "killed": killed_up and killed_down, "equal": equal, "again": again,
        "up": max(0, sent - job.size), "down": max(0, received - job.size),
        "seconds_up": seconds_up, "seconds_down": seconds_down,
    }


def copy_through_all(job, expected):
    """From store to store, a new key each time, and back to a file."""
    started = time.monotonic()
    stores = job.dialects + job.dialects[:1]
    for hop, (a, b) in enumerate(zip(stores, stores[1:])):
        key = "object" if hop == 0 else f"copy-{hop}"
        job.run("cp", job.url(a, key), job.url(b, f"copy-{hop + 1}"))
    back = os.path.join(job.dir, "back")
    job.run("cp", job.url(stores[-1], f"copy-{len(stores) - 1}"), back)
    equal = digest(back) == expected
    return equal, time.monotonic() - started


def mib(count):
    return f"{count / (1 << 20):.1f} MiB"


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("program")
    arguments.add_argument("--size", type=int, default=1024, help="MiB")
    arguments.add_argument("--dialects", default=",".join(DIALECTS))
    options = arguments.parse_args()
    size, dialects = options.size << 20, options.dialects.split(",")

    job = Job(os.path.abspath(options.program), size, dialects)
    fine = True
    try:
        source = os.path.join(job.dir, "source")
        make_file(source, size)
        expected = digest(source)
        print(f"{options.size} MiB through {len(dialects)} dialects, each upload and download killed midway\n")
        print(f"{'dialect':8} {'upload':>8} {'sent again':>12} {'download':>9} {'read again':>12}  content")
        for dialect in dialects:
            row = move_one(job, dialect, source, expected)
            good = row["equal"] and row["killed"] and row["again"] == 0
            fine = fine and good
            words = "equal" if row["equal"] else "DIFFERS"
            words += "" if row["killed"] else ", NOT KILLED"
            words += "" if row["again"] == 0 else f", {row['again']} PARTS SENT TWICE"
            print(f"{dialect:8} {row['seconds_up']:6.1f} s {mib(row['up']):>12} {row['seconds_down']:7.1f} s "
                  f"{mib(row['down']):>12}  {words}", flush=True)
        equal, seconds = copy_through_all(job, expected)
        fine = fine and equal
        print(f"\ncopied {' > '.join(dialects + dialects[:1])} and back to a file in {seconds:.1f} s: "
              f"{'equal' if equal else 'DIFFERS'}")
    finally:
        job.close()
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
