"""One run of one program: CPU, wall, private memory, exit status."""

import dataclasses
import os
import signal
import subprocess
import threading
import time

SAMPLE_SECONDS = 0.02


@dataclasses.dataclass
class Usage:
    status: int
    user: float
    sys: float
    wall: float
    private: int     # bytes; the highest sum over the process and its children

    @property
    def cpu(self):
        return self.user + self.sys


def read(path):
    try:
        with open(path) as file:
            return file.read()
    except OSError:  # it has ended
        return ""


def private_bytes(pid):
    """RssAnon of a process and of those that it started."""
    total = 0
    for line in read(f"/proc/{pid}/status").splitlines():
        if line.startswith("RssAnon:"):
            total = int(line.split()[1]) * 1024
    return total + sum(private_bytes(int(child)) for child in read(f"/proc/{pid}/task/{pid}/children").split())


class Sampler(threading.Thread):
    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.peak, self.done = pid, 0, threading.Event()
        self.start()

    def run(self):
        while not self.done.is_set():
            self.peak = max(self.peak, private_bytes(self.pid))
            self.done.wait(SAMPLE_SECONDS)

    def stop(self):
        self.done.set()
        self.join()
        return self.peak


def run(words, environment, stdout, stderr, timeout):
    """CPU is what wait4 says of the finished process and of those that it waited for."""
    started = time.monotonic()
    child = subprocess.Popen(words, env=environment, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr,
                             start_new_session=True)
    sampler = Sampler(child.pid)
    late = threading.Timer(timeout, os.killpg, (child.pid, signal.SIGKILL))
    late.start()
    try:
        _, status, used = os.wait4(child.pid, 0)
        wall = time.monotonic() - started
        child.returncode = os.waitstatus_to_exitcode(status)
    finally:
        late.cancel()
        peak = sampler.stop()
        if child.returncode is None:
            os.killpg(child.pid, signal.SIGKILL)
    return Usage(child.returncode, used.ru_utime, used.ru_stime, wall, peak)
