"""Ceph radosgw as a second judge of S3: one monitor, one OSD in memory, one gateway, on loopback.

It checks signatures and payload hashes for real, and shares no line of code with this project.
Debian packages: radosgw ceph-mon ceph-mgr ceph-osd ceph-common ceph-base. No manager runs: it would
only balance placement groups.
"""

import http.client
import os
import pathlib
import subprocess
import time
import uuid

import processes
from stores import Account, Address

ACCOUNT = Account("SLUICETESTACCESSKEY0", "sluice/test+secret/of/nobody0123456789ab")

CONFIG = """
[global]
fsid = {fsid}
mon host = [v2:127.0.0.1:{mon_port}/0]
mon initial members = one
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind msgr1 = false
ms bind ipv6 = false
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
keyring = {dir}/keyring
run dir = {dir}/run
admin socket = {dir}/run/$name.asok
pid file =
log file = {dir}/log/$name.log
mon cluster log file = {dir}/log/cluster.log
mon data = {dir}/mon
osd data = {dir}/osd
osd objectstore = memstore
memstore device bytes = 2147483648
osd crush chooseleaf type = 0
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
osd pool default pg autoscale mode = off
mon allow pool size one = true
mon max pg per osd = 1000

[client.gateway]
rgw frontends = beast endpoint=127.0.0.1:{port}
rgw dns name = s3.us-east-1.amazonaws.com
rgw data = {dir}/run
rgw thread pool size = 16
"""


class RadosGw:
    def __init__(self, directory):
        self.dir = pathlib.Path(directory)
        self.conf = self.dir / "ceph.conf"
        self.daemons = []

    def start(self):
        for name in ("mon", "osd", "run", "log"):
            (self.dir / name).mkdir(parents=True)
        fsid, mon_port, port = str(uuid.uuid4()), processes.free_port(), processes.free_port()
        self.conf.write_text(CONFIG.format(dir=self.dir, fsid=fsid, mon_port=mon_port, port=port))
        self._keyring()

        monmap = self.dir / "monmap"
        self._run("monmaptool", "--create", "--fsid", fsid, "--addv", "one", f"[v2:127.0.0.1:{mon_port}/0]",
                  monmap)
        self._ceph_tool("ceph-mon", "--mkfs", "-i", "one", "--monmap", monmap, "--keyring",
                        self.dir / "keyring")
        self._daemon("ceph-mon", "-f", "-i", "one")
        self._until("the monitor answers", lambda: self._succeeds("ceph", "--connect-timeout", "2", "-s"))

        osd = str(uuid.uuid4())
        self._ceph_tool("ceph", "osd", "new", osd)
        self._ceph_tool("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", osd)
        self._daemon("ceph-osd", "-f", "-i", "0")
        self._until("the OSD is up", lambda: b"1 up" in self._ceph_tool("ceph", "osd", "stat"))

        self._daemon("radosgw", "-f", "-n", "client.gateway")
        address = Address("127.0.0.1", port)
        self._until("the gateway answers", lambda: answers(address))
        self._ceph_tool("radosgw-admin", "-n", "client.gateway", "user", "create", "--uid", "tests",
                        "--display-name", "tests", "--access-key", ACCOUNT.access_key,
                        "--secret-key", ACCOUNT.secret_key)
        return address

    def stop(self):
        for daemon in reversed(self.daemons):
            processes.stop(daemon)

    def _keyring(self):
        keyring = self.dir / "keyring"
        rights = {
            "mon.": {"mon": "allow *"},
            "client.admin": {"mon": "allow *", "osd": "allow *", "mgr": "allow *"},
            "osd.0": {"mon": "allow profile osd", "osd": "allow *", "mgr": "allow profile osd"},
            "client.gateway": {"mon": "allow rwx", "osd": "allow rwx", "mgr": "allow rw"},
        }
        self._run("ceph-authtool", "--create-keyring", keyring)
        for name, caps in rights.items():
            words = [word for cap, right in caps.items() for word in ("--cap", cap, right)]
            self._run("ceph-authtool", keyring, "--gen-key", "-n", name, *words)

    def _run(self, *command):
        done = subprocess.run([str(word) for word in command], capture_output=True)
        if done.returncode:
            raise RuntimeError(f"{command[0]} failed: {done.stderr.decode(errors='replace')}")
        return done.stdout

    def _ceph_tool(self, program, *words):
        return self._run(program, "-c", self.conf, *words)

    def _succeeds(self, program, *words):
        return not subprocess.run([program, "-c", str(self.conf), *words], capture_output=True).returncode

    def _daemon(self, program, *words):
        out = open(self.dir / "log" / f"{program}.out", "wb")
        self.daemons.append(processes.start([program, "-c", self.conf, *words], stdout=out, stderr=out,
                                            cwd=self.dir, env={**os.environ, "CEPH_CONF": str(self.conf)}))

    def _until(self, what, happens, seconds=60):
        end = time.monotonic() + seconds
        while not happens():
            for daemon in self.daemons:
                if daemon.poll() is not None:
                    raise RuntimeError(f"{daemon.args[0]} ended with {daemon.returncode}: {self._last_words()}")
            if time.monotonic() > end:
                raise RuntimeError(f"waited {seconds} s until {what}: {self._last_words()}")
            time.sleep(0.1)

    def _last_words(self):
        return " | ".join(f"{log.name}: {log.read_text(errors='replace')[-300:]}"
                          for log in sorted((self.dir / "log").iterdir()))


def answers(address):
    try:
        connection = http.client.HTTPConnection(address.host, address.port, timeout=2)
        connection.request("GET", "/")
        return connection.getresponse().status < 500
    except OSError:
        return False
