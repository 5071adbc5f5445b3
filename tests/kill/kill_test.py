"""SIGKILL at seeded instants, over uploads, downloads and copies in all five dialects.

    SLUICE_BIN=.../sluice SLUICE_DIE_AT=.../libdie_at.so python3 kill_test.py [--kills 40] [--seed 1] [--window 0.5]

After each kill the same command runs again, for every other seed with another wish for the size of
parts. Never a wrong byte, never a final name with partial content; by the store's own counters, no part that it had acknowledged is sent again, a download reads again at
most what was in flight or finished in the last moments (250 ms; --window leaves a busy machine more), and at most one upload is left behind, which
`uploads gc` removes.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

AK, SK = "AKKILL00000000000001", "killsecretkillsecretkillsecret01"
PART = 5 << 20
BUCKETS = {"oss": "kill-bucket", "cos": "kill-bucket-1250000000", "tos": "kill-bucket", "qs": "kill-bucket",
           "s3": "kill-bucket"}
ENVIRONMENT = {
    "OSS_ACCESS_KEY_ID": AK, "OSS_ACCESS_KEY_SECRET": SK, "COS_SECRET_ID": AK, "COS_SECRET_KEY": SK,
    "TOS_ACCESS_KEY": AK, "TOS_SECRET_KEY": SK, "QINGSTOR_ACCESS_KEY_ID": AK,
    "QINGSTOR_SECRET_ACCESS_KEY": SK, "AWS_ACCESS_KEY_ID": AK, "AWS_SECRET_ACCESS_KEY": SK,
}
# Slow enough for a kill to land anywhere; Complete waits where the key asks for it.
FAULTS = {"seed": 1, "rules": [
    {"operation": "complete_upload", "key_prefix": "held/", "action": "stall", "of": "request", "bytes": 0, "ms": 700},
    {"operation": "complete_upload", "key_prefix": "late/", "action": "drop_answer", "count": 1000000, "probability": 0.5},
    {"operation": "put_part", "action": "delay", "ms": 25},
    {"operation": "copy_part", "action": "delay", "ms": 25},
    {"operation": "get_object", "key_prefix": "slow/", "action": "delay", "ms": 120},
    {"operation": "get_object", "action": "delay", "ms": 25},
]}


class Failure(Exception):
    pass


def part_sizes(seed, mib):
    """What the run that is killed and the one after it say of parts: an order, or wishes that differ."""
    if (seed + seed // 20) % 2 == 0:  # not the same for every 20th, which is the same dialect and kind
        return ["--part-size", str(mib)], ["--part-size", str(mib)]
    return ["--part-size", f"~{mib}M", "--threshold", "16M"], ["--part-size", f"~{mib + 3}M", "--threshold", "16M"]


def check(condition, *words):
    if not condition:
        raise Failure(" ".join(str(word) for word in words))


class Store:
    def __init__(self, program, directory):
        faults = os.path.join(directory, "faults.json")
        with open(faults, "w") as file:
            json.dump(FAULTS, file)
        self.process = subprocess.Popen(
            [program, "serve", "--root", os.path.join(directory, "store"), "--port", "0", "--admin-port", "0",
             "--faults", faults], stdout=subprocess.PIPE, text=True,
            env=dict(os.environ, SLUICE_SERVE_ACCESS_KEY=AK, SLUICE_SERVE_SECRET_KEY=SK))
        words = self.process.stdout.readline().replace("(", " ").replace(")", " ").split()
        self.endpoint, self.admin = [w for w in words if w.startswith("http://")][:2]

    def ask(self, path):
        with urllib.request.urlopen(self.admin + path) as answer:
            text = answer.read()
        return json.loads(text) if text.strip() else None

    def parts(self, dialect, key):
        return [p for p in self.ask("/counters")["parts"] if p["dialect"] == dialect and p["key"] == key]

    def gets(self, dialect):
        return self.ask("/counters")["dialects"].get(dialect, {}).get("get_object", {}).get("requests", 0)

    def settle(self, dialect):
        """Until the requests of a killed client have ended here as well: they are delayed, too."""
        count, since = self.gets(dialect), time.monotonic()
        while time.monotonic() < since + 0.3:
            now = self.gets(dialect)
            if now != count:
                count, since = now, time.monotonic()
            time.sleep(0.02)

    def pending(self, dialect, key):
        return [u for u in self.ask("/uploads")["uploads"] if u["dialect"] == dialect and u["key"] == key]

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Suite:
    def __init__(self, options, directory):
        self.program, self.die_at = os.environ["SLUICE_BIN"], os.environ["SLUICE_DIE_AT"]
        self.directory, self.window, self.only = directory, options.window, options.only
        self.store = Store(self.program, directory)
        self.source = os.path.join(directory, "source")
        block = os.urandom(1 << 20)
        with open(self.source, "wb") as file:
            for number in range(47):
                file.write(number.to_bytes(8, "little") + block[8:])
            file.write(b"the end")
        self.size = os.path.getsize(self.source)
        for dialect, bucket in BUCKETS.items():
            self.must_run("mb", f"{dialect}://{bucket}")
            for key in ("plain/source", "slow/source"):
                self.must_run("cp", self.source, f"{dialect}://{bucket}/{key}", "--part-size", str(PART >> 20))

    def command(self, *words):
        return [self.program, *words, "--endpoint", self.store.endpoint, "--region", "local-1"]

    def environment(self, state="state", **more):
        return dict(os.environ, **ENVIRONMENT, XDG_STATE_HOME=os.path.join(self.directory, state),
                    XDG_CONFIG_HOME=os.path.join(self.directory, "config"), **more)

    def run(self, *words, state="state"):
        return subprocess.run(self.command(*words), env=self.environment(state), capture_output=True, text=True)

    def must_run(self, *words, state="state"):
        done = self.run(*words, state=state)
        check(done.returncode == 0, "exit", done.returncode, words, done.stderr)
        return done

    def start(self, words, state, **more):
        return subprocess.Popen(self.command(*words), env=self.environment(state, **more),
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def same(self, path):
        return subprocess.run(["cmp", "-s", self.source, path]).returncode == 0

    def fetch(self, url):
        path = os.path.join(self.directory, "fetched")
        self.must_run("cp", url, path)
        same = self.same(path)
        os.remove(path)
        return same

    # One case: start, kill, look, run again, look.

    def case(self, seed):
        rng = random.Random(seed)
        dialect = list(BUCKETS)[seed % 5]
        kind = ["upload", "download", "server copy", "streamed copy"][seed // 5 % 4]
        points = {"upload": ["time", "time", "before complete", "before record", "lost answer"],
                  "download": ["time", "time", "before rename", "after rename", "settled"],
                  "server copy": ["time", "before complete", "before record"],
                  "streamed copy": ["time", "time", "before complete", "before record", "lost answer"]}[kind]
        point = points[rng.randrange(len(points))]
        if self.only not in (None, f"{kind}:{point}"):
            return 0
        state = f"state-{seed}"
        try:
            killed = (self.download if kind == "download" else self.to_store)(seed, rng, dialect, kind, point, state)
        except Failure as failure:
            raise Failure(f"seed {seed}, {dialect} {kind}, killed at {point}: {failure}") from None
        finally:
            shutil.rmtree(os.path.join(self.directory, state), ignore_errors=True)
        return killed

    def to_store(self, seed, rng, dialect, kind, point, state):
        prefix = {"before complete": "held", "lost answer": "late"}.get(point, "plain")
        key = f"{prefix}/{seed}"
        url = f"{dialect}://{BUCKETS[dialect]}/{key}"
        other = list(BUCKETS)[(list(BUCKETS).index(dialect) + 1 + rng.randrange(4)) % 5]
        source = {"upload": self.source, "server copy": f"{dialect}://{BUCKETS[dialect]}/plain/source",
                  "streamed copy": f"{other}://{BUCKETS[other]}/plain/source"}[kind]
        words = ["cp", source, url, "-c", "4"]
        first, then = part_sizes(seed, PART >> 20)
        parts = -(-self.size // PART)

        more = {}
        if point == "before record":
            more = {"LD_PRELOAD": self.die_at, "DIE_BEFORE": "unlink:.db"}
        child = self.start(words + first, state, **more)
        if point in ("time", "lost answer"):
            self.kill_after(child, rng.uniform(0.0, 0.45))
        elif point == "before complete":
            while child.poll() is None and sum(p["acknowledged"] > 0 for p in self.store.parts(dialect, key)) < parts:
                time.sleep(0.005)
            self.kill_after(child, rng.uniform(0.0, 0.2))
        else:
            child.wait(60)
        killed = child.returncode == -signal.SIGKILL

        stat = self.run("stat", url)
        check(stat.returncode in (0, 4), "stat exits", stat.returncode, stat.stderr)
        if stat.returncode == 0:
            check(self.fetch(url), "the final name holds something else")
        left = self.store.pending(dialect, key)
        check(len(left) <= 1, len(left), "uploads are left behind")

        if killed and kind != "server copy" and rng.random() < 0.2 and stat.returncode == 4:
            bucket = f"{dialect}://{BUCKETS[dialect]}/{key}"
            self.must_run("uploads", "gc", bucket, state=state)
            check(not self.store.pending(dialect, key), "uploads gc leaves an upload")
        self.must_run(*words, *then, state=state)
        check(self.fetch(url), "the object differs")
        again = sum(p["after_acknowledged"] for p in self.store.parts(dialect, key))
        check(again == 0, again, "acknowledged parts were sent again")
        check(not self.store.pending(dialect, key), "an upload is left behind")
        self.check_state_is_empty(state)
        return killed

    def download(self, seed, rng, dialect, kind, point, state):
        key = "slow/source" if point == "settled" else "plain/source"
        url = f"{dialect}://{BUCKETS[dialect]}/{key}"
        target = os.path.join(self.directory, f"target-{seed}")
        # Parts of 1 MiB, two at a time: long enough for a kill to have something behind it.
        words = ["cp", url, target, "-c", "2"]
        first, then = part_sizes(seed, 1)
        parts = -(-self.size // (1 << 20))
        self.store.ask("/counters/reset")
        more = {}
        if point == "before rename":
            more = {"LD_PRELOAD": self.die_at, "DIE_BEFORE": "rename:.sluice-part"}
        elif point == "after rename":
            more = {"LD_PRELOAD": self.die_at, "DIE_AFTER": "rename:.sluice-part"}
        child = self.start(words + first, state, **more)
        safe = 0
        if point == "time":
            self.kill_after(child, rng.uniform(0.0, 0.8))
        elif point == "settled":
            safe = self.kill_when_settled(child, dialect, rng.uniform(1.2, 2.0))
        else:
            child.wait(60)
            safe = parts
        killed = child.returncode == -signal.SIGKILL

        if os.path.exists(target):
            check(self.same(target), "the final name holds partial content")
        self.store.settle(dialect)
        self.store.ask("/counters/reset")
        self.must_run(*words, *then, state=state)
        check(self.same(target), "the file differs")
        if killed:
            read = self.store.gets(dialect)
            check(read <= parts - safe, "read", read, "of", parts, "parts again, when", safe, "were safe")
        check(not os.path.exists(target + ".sluice-part"), "the part file is left behind")
        os.remove(target)
        self.check_state_is_empty(state)
        return killed

    def kill_when_settled(self, child, dialect, seconds):
        """Kills after `seconds`; answers how many parts had ended a window before."""
        seen = []
        end = time.monotonic() + seconds
        while child.poll() is None and time.monotonic() < end:
            count = self.store.gets(dialect)
            seen.append((time.monotonic(), count))
            time.sleep(0.02)
        self.kill_after(child, 0)
        now = time.monotonic()
        settled = [count for when, count in seen if when < now - self.window]
        return max(settled, default=0)

    def kill_after(self, child, seconds):
        try:
            child.wait(seconds)
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGKILL)
            child.wait()

    def check_state_is_empty(self, state):
        folder = os.path.join(self.directory, state, "sluice", "transfers")
        left = os.listdir(folder) if os.path.isdir(folder) else []
        check(not [name for name in left if name.endswith(".db")], "saved state is left behind:", left)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--kills", type=int, default=int(os.environ.get("SLUICE_KILLS", "40")))
    arguments.add_argument("--seed", type=int, default=0)
    arguments.add_argument("--window", type=float, default=0.5, help="seconds")
    arguments.add_argument("--only", help="this case alone, as upload:time or download:settled")
    options = arguments.parse_args()
    directory = tempfile.mkdtemp(prefix="sluice-kill-")
    suite = None
    kills = seed = 0
    try:
        suite = Suite(options, directory)
        seed = options.seed
        while kills < options.kills:
            kills += suite.case(seed)
            seed += 1
        print(f"{kills} kills in {seed - options.seed} transfers: every byte right, nothing acknowledged sent twice")
    except Failure as failure:
        print(f"FAILED after {kills} kills: {failure}", file=sys.stderr)
        return 1
    finally:
        if suite:
            suite.store.stop()
        shutil.rmtree(directory, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
