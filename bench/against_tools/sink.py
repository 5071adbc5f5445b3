"""The server of a workload, and what it can tell of the content."""

import ctypes
import json
import re
import signal
import ssl
import subprocess
import urllib.request


def die_with_parent():
    ctypes.CDLL("libc.so.6").prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


class Sink:
    def __init__(self, program, *words, ca=None):
        tls = ["--tls", "--cert-out", ca] if ca else []
        self.process = subprocess.Popen([program, "-p", "0", *tls, *words], stdout=subprocess.PIPE, text=True,
                                        preexec_fn=die_with_parent)
        self.url = self.process.stdout.readline().split()[-1]
        context = ssl.create_default_context(cafile=ca) if ca else None
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}),
                                                  urllib.request.HTTPSHandler(context=context))

    def get(self, path):
        with self.opener.open(f"{self.url}/{path}", timeout=60) as answer:
            return answer.read().decode()

    def ask(self, what):
        return json.loads(self.get(f"_sink/{what}"))

    def stored(self, bucket):
        """How many objects were uploaded to a bucket, and how many bytes they have."""
        count, total, more = 0, 0, ""
        while True:
            page = self.get(f"{bucket}?list-type=2{more}")
            sizes = [int(size) for size in re.findall("<Size>(\\d+)</Size>", page)]
            count, total = count + len(sizes), total + sum(sizes)
            token = re.search("<NextContinuationToken>(.*?)<", page)
            if not token:
                return count, total
            more = f"&continuation-token={token.group(1)}"

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()


def same_content(program, bucket, path):
    return subprocess.run([program, "--check", bucket, path], stdout=subprocess.DEVNULL).returncode == 0
