"""The program under test: `sluice serve` as a server, `sluice` as a client."""

import glob
import json
import os
import pathlib
import re
import subprocess

import processes
from stores import Account, Address

PROGRAM = os.environ.get("SLUICE_BIN", str(pathlib.Path(__file__).parents[2] / "build/release/bin/sluice"))

MAIN = Account("AKSDKMAIN00000000000", "sdkSecret/of+nobody0123456789abcdefghijk")
TEMPORARY = Account("STSSDKTEMPORARY00000", "sdkTemporarySecret0123456789abcdefghijkl", "token/of+nobody==")
LAPSED = Account("STSSDKLAPSED00000000", "sdkLapsedSecret0123456789abcdefghijklmno", "token-of-yesterday")


class Server:
    """A `sluice serve` of its own. `ahead`: its clock runs so many seconds ahead of the clients'."""

    def __init__(self, directory, ahead=0):
        self.dir = pathlib.Path(directory)
        self.ahead = ahead

    def start(self):
        keys = self.dir / "accounts"
        keys.write_text(json.dumps({"users": [
            {"name": "main", "access_key": MAIN.access_key, "secret_key": MAIN.secret_key},
            self._temporary("temporary", TEMPORARY, "2099-01-01T00:00:00Z"),
            self._temporary("lapsed", LAPSED, "2020-01-01T00:00:00Z")]}))
        keys.chmod(0o600)
        self.log = open(self.dir / "serve.log", "wb")
        self.process = processes.start(
            [PROGRAM, "serve", "--root", self.dir / "store", "--port", "0", "--keys", keys],
            stdout=subprocess.PIPE, stderr=self.log, env={**os.environ, **self._clock()})
        return Address("127.0.0.1", self._port())

    def stop(self):
        processes.stop(self.process)
        self.process.stdout.close()
        self.log.close()

    def _temporary(self, name, account, expires):
        return {"name": name, "access_key": account.access_key, "secret_key": account.secret_key,
                "token": account.token, "expires": expires}

    def _clock(self):
        if not self.ahead:
            return {}
        found = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
        if not found:
            raise RuntimeError("libfaketime is missing (Debian package libfaketime)")
        return {"LD_PRELOAD": found[0], "FAKETIME": f"{self.ahead:+d}s", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"}

    def _port(self):
        """Reads what the server says until it names its port."""
        said = b""
        for line in self.process.stdout:
            said += line
            if port := re.search(rb"127\.0\.0\.1:(\d+)", line):
                return int(port.group(1))
        self.log.flush()
        raise RuntimeError(f"sluice serve ended with {self.process.wait()}: {said.decode()} "
                           f"{(self.dir / 'serve.log').read_text()[-500:]}")


class Client:
    """Runs sluice with one store's endpoint and credentials."""

    def __init__(self, store, directory):
        self.store = store
        self.dir = pathlib.Path(directory)

    def url(self, bucket, key=""):
        return f"{self.store.scheme}://{bucket}/{key}"

    def __call__(self, command, *words, check=True):
        # A home of its own: no configuration of the machine plays a part.
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.dir), "LANG": "C.UTF-8",
                       "XDG_STATE_HOME": str(self.dir / "state"), **self.store.credentials_in_environment()}
        done = subprocess.run(
            [PROGRAM, command, *map(str, words), "--endpoint", self.store.address.url,
             "--region", self.store.region], env=environment, cwd=self.dir, capture_output=True, timeout=100)
        if check and done.returncode:
            raise AssertionError(f"sluice {command} {words} exited {done.returncode}: {done.stderr.decode()}")
        return done
