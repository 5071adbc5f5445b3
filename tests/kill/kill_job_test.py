"""A job over many files of mixed sizes, killed with SIGKILL at seeded instants and resumed each time.

    SLUICE_BIN=.../sluice python3 kill_job_test.py [--objects 3000] [--mib 200] [--kills 8] [--seed 1] [--dialect oss]

At the end `check` finds everything equal; by the store's own counters no more was sent than the data and what was in flight at
each kill, and requests stay near the least that the job takes. The full form is 100,000 objects of 0 B to 256 MiB, 8 GiB in
all, and 50 kills: there less than 1.1 times the data and 1.2 times the requests.
"""

import argparse
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

from kill_test import AK, BUCKETS, ENVIRONMENT, SK, Failure, check

MIB = 1 << 20
PART, AT_ONCE = MIB, 16
# Of the data: one in so many of the files is so large.
SHAPE = ((1 / 32, 1), (1 / 12, 8), (1 / 10, 60), (1 / 4, 600))


def sizes_of(objects, data, chance):
    """Sizes of all files: a few large ones hold half of the data, the others the rest."""
    sizes = []
    for share, count in SHAPE:
        sizes += [int(data * share / count)] * count
    small = objects - len(sizes)
    mean = max(data - sum(sizes), small) / small
    sizes += [0 if chance.random() < 0.02 else int(mean * 2 * chance.random()) for _ in range(small)]
    chance.shuffle(sizes)
    return sizes


def make_files(directory, sizes):
    """Files without blocks on disk but their first, which tells them apart; an hour old."""
    then = time.time() - 3600
    for number, size in enumerate(sizes):
        path = directory / f"{number % 37:02}" / f"file {number:06}"
        path.parent.mkdir(exist_ok=True)
        with open(path, "wb") as file:
            file.write(number.to_bytes(8, "little")[:size])
            file.truncate(size)
        os.utime(path, (then, then))


# Each upload waits, so that the job takes longer than all the kills, however quick the machine is.
DELAY_MS = 20
FAULTS = {"seed": 1, "rules": [{"operation": operation, "action": "delay", "ms": DELAY_MS}
                               for operation in ("put_object", "put_part")]}


class Store:
    def __init__(self, program, directory):
        faults = directory.parent / "faults.json"
        faults.write_text(json.dumps(FAULTS))
        self.process = subprocess.Popen(
            [program, "serve", "--root", directory, "--port", "0", "--admin-port", "0", "--faults", faults], stdout=subprocess.PIPE, text=True,
            env=dict(os.environ, SLUICE_SERVE_ACCESS_KEY=AK, SLUICE_SERVE_SECRET_KEY=SK))
        words = self.process.stdout.readline().replace("(", " ").replace(")", " ").split()
        self.endpoint, self.admin = [word for word in words if word.startswith("http://")][:2]

    def counters(self, dialect):
        with urllib.request.urlopen(self.admin + "/counters") as answer:
            return json.load(answer)["dialects"].get(dialect, {})

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Job:
    def __init__(self, options, directory):
        self.program, self.options = os.environ["SLUICE_BIN"], options
        self.directory = directory
        self.store = Store(self.program, directory / "store")
        self.source = directory / "source"
        self.source.mkdir()
        self.bucket = f"{options.dialect}://{BUCKETS[options.dialect]}/"

    def start(self, *words, **more):
        environment = dict(os.environ, **ENVIRONMENT, XDG_STATE_HOME=str(self.directory / "state"),
                           XDG_CONFIG_HOME=str(self.directory / "config"))
        return subprocess.Popen([self.program, *map(str, words), "--endpoint", self.store.endpoint, "--region", "local-1"],
                                env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)

    def must_run(self, *words):
        run = self.start(*words)
        out, err = run.communicate()
        check(run.returncode == 0, "exit", run.returncode, words, err)
        return out

    def run(self):
        options, chance = self.options, random.Random(self.options.seed)
        sizes = sizes_of(options.objects, options.mib * MIB, chance)
        make_files(self.source, sizes)
        self.must_run("mb", self.bucket)
        words = ["sync", self.source, self.bucket, "-c", AT_ONCE, "--part-size", "1M", "--threshold", "1M", "-q"]
        for kill in range(options.kills):
            run = self.start(*words)
            time.sleep(chance.uniform(0.05, options.between))
            check(run.poll() is None, "the job ended before kill", kill, ": a shorter --between is needed")
            run.send_signal(signal.SIGKILL)
            run.communicate()
        self.must_run(*words)
        self.judge(sizes, options.kills)

    def judge(self, sizes, kills):
        jobs = [json.loads(line) for line in self.must_run("jobs", "ls", "--json").splitlines()]
        check([job["state"] for job in jobs] == ["done"], jobs)
        counters = self.store.counters(self.options.dialect)
        data = sum(sizes)
        sent = sum(counters.get(name, {}).get("bytes_in", 0) for name in ("put_object", "put_part"))
        requests = sum(one["requests"] for name, one in counters.items())
        parts = [-(-size // PART) for size in sizes]
        least = sum(1 if count <= 1 else count + 2 for count in parts) + len(sizes) // 1000 + 1
        print(f"{len(sizes)} objects, {data / MIB:.0f} MiB, {kills} kills: {sent / data:.3f} times the data was sent, "
              f"{requests / least:.3f} times the least requests")
        check(sent <= data + kills * AT_ONCE * PART, "sent", sent, "of", data)
        if self.options.strict:
            check(sent < 1.1 * data and requests < 1.2 * least, "too much was sent again")
        self.must_run("check", self.source, self.bucket)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--objects", type=int, default=3000)
    parser.add_argument("--mib", type=int, default=200)
    parser.add_argument("--kills", type=int, default=8)
    parser.add_argument("--between", type=float, default=0.4, help="seconds; the longest that a run lives")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--dialect", default="oss")
    parser.add_argument("--strict", action="store_true", help="1.1 times the data, 1.2 times the requests at most")
    options = parser.parse_args()
    directory = pathlib.Path(tempfile.mkdtemp(prefix="sluice-kill-job-"))
    job = Job(options, directory)
    try:
        job.run()
    except Failure as failure:
        sys.exit(f"FAILED: {failure}")
    finally:
        job.store.stop()
        shutil.rmtree(directory)


if __name__ == "__main__":
    main()
