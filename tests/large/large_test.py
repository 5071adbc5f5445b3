"""Large objects in little memory, and many small ones.

    SLUICE_BIN=.../sluice python3 large_test.py [--object GiB] [--stream GiB] [--files N] [--limit MiB]

The highest RssAnon of /proc/PID/status, sampled every 20 ms, stays under the limit in the command and in the
local store, for an object up, down and across, and for a stream from a pipe with --memory 64M. A tree of small
files goes up and down and comes back the same.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import threading

AK, SK = "AKLARGE0000000000001", "largesecretlargesecretlargesecre"
ENVIRONMENT = {"OSS_ACCESS_KEY_ID": AK, "OSS_ACCESS_KEY_SECRET": SK, "AWS_ACCESS_KEY_ID": AK,
               "AWS_SECRET_ACCESS_KEY": SK}


class Sampler(threading.Thread):
    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.peak, self.done = pid, 0, threading.Event()
        self.start()

    def run(self):
        while not self.done.is_set():
            try:
                with open(f"/proc/{self.pid}/status") as status:
                    for line in status:
                        if line.startswith("RssAnon:"):
                            self.peak = max(self.peak, int(line.split()[1]) >> 10)
            except (FileNotFoundError, ProcessLookupError):
                pass
            self.done.wait(0.02)

    def stop(self):
        self.done.set()
        self.join()
        return self.peak


class Large:
    def __init__(self, program, directory, limit):
        self.program, self.directory, self.limit, self.failed = program, directory, limit, False
        self.environment = dict(os.environ, **ENVIRONMENT, XDG_STATE_HOME=directory + "/state",
                                XDG_CONFIG_HOME=directory + "/config")
        self.store = subprocess.Popen(
            [program, "serve", "--root", directory + "/store", "--port", "0"], stdout=subprocess.PIPE, text=True,
            env=dict(os.environ, SLUICE_SERVE_ACCESS_KEY=AK, SLUICE_SERVE_SECRET_KEY=SK))
        self.endpoint = next(w for w in self.store.stdout.readline().split() if w.startswith("http://"))

    def check(self, good, *words):
        print("ok  " if good else "FAIL", *words, flush=True)
        self.failed |= not good

    def run(self, name, *words, stdin=subprocess.DEVNULL):
        store = Sampler(self.store.pid)
        child = subprocess.Popen([self.program, *words, "--endpoint", self.endpoint, "--region", "local-1"],
                                 env=self.environment, stdin=stdin, stdout=subprocess.DEVNULL)
        command = Sampler(child.pid)
        code = child.wait()
        mine, theirs = command.stop(), store.stop()
        self.check(code == 0 and mine < self.limit and theirs < self.limit,
                   f"{name}: exit {code}, private memory {mine} MiB, the store's {theirs} MiB")

    def same(self, name, a, b):
        self.check(subprocess.run(["cmp", a, b]).returncode == 0, name, "is the same")

    def object(self, gib):
        source, back = self.directory + "/source", self.directory + "/back"
        write(source, gib << 30)
        self.run("up", "cp", source, "oss://large/object")
        self.run("across", "cp", "oss://large/object", "s3://large/object")
        self.run("down", "cp", "s3://large/object", back)
        self.same("the object", source, back)
        os.remove(source)
        os.remove(back)
        self.run("rm", "rm", "oss://large/object")
        self.run("rm", "rm", "s3://large/object")

    def stream(self, gib):
        source, back = self.directory + "/source", self.directory + "/back"
        write(source, gib << 30)
        pipe = subprocess.Popen(["cat", source], stdout=subprocess.PIPE)
        self.run("stream", "cp", "-", "s3://large/stream", "--memory", "64M", stdin=pipe.stdout)
        pipe.stdout.close()
        pipe.wait()
        self.run("stream down", "cp", "s3://large/stream", back)
        self.same("the stream", source, back)
        os.remove(source)
        os.remove(back)
        self.run("rm", "rm", "s3://large/stream")

    def tree(self, files):
        for number in range(files):
            folder = f"{self.directory}/tree/{number // 1000}"
            if number % 1000 == 0:
                os.makedirs(folder)
            with open(f"{folder}/{number}", "wb") as file:
                file.write(os.urandom(1024))
        self.run("tree up", "cp", "-r", self.directory + "/tree", "oss://large/tree/")
        self.run("tree down", "cp", "-r", "oss://large/tree/", self.directory + "/again")
        different = subprocess.run(["diff", "-r", self.directory + "/tree", self.directory + "/again"])
        self.check(different.returncode == 0, f"{files} files are the same")


def write(path, size):
    block = os.urandom(1 << 20)
    with open(path, "wb") as file:
        for number in range(size >> 20):
            file.write(number.to_bytes(8, "little") + block[8:])


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--object", type=int, default=10, help="GiB")
    arguments.add_argument("--stream", type=int, default=8, help="GiB")
    arguments.add_argument("--files", type=int, default=50_000)
    arguments.add_argument("--limit", type=int, default=200, help="MiB")
    options = arguments.parse_args()
    directory = tempfile.mkdtemp(prefix="sluice-large-", dir=os.environ.get("SLUICE_LARGE_DIR"))
    large = Large(os.environ["SLUICE_BIN"], directory, options.limit)
    try:
        for bucket in ("oss://large", "s3://large"):
            large.run("mb", "mb", bucket)
        large.object(options.object)
        large.stream(options.stream)
        large.tree(options.files)
    finally:
        large.store.terminate()
        large.store.wait()
        shutil.rmtree(directory, ignore_errors=True)
    return 1 if large.failed else 0


if __name__ == "__main__":
    sys.exit(main())
