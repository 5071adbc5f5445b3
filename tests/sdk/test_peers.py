"""Everyday tools of others do their ordinary jobs against `sluice serve`; boto3 looks at what came of it.

`scripts/prepare rivals` installs them. A tool that is missing fails its tests, unless
SLUICE_PEERS_MAY_MISS names it ("all": any); s5cmd, which Debian has not, may be missing always. What is
missing is reported as skipped: it never counts as passed.
"""

import dataclasses
import os
import shutil
import subprocess
import urllib.error
import urllib.request

import pytest

import sluice
from stores import S3Store

# What a job needs: {ep} the endpoint, {hp} without scheme, {b} bucket, {k} key, {f} file, {d} directory.
TREE = {"a.txt": b"plain", "b c.txt": b"a blank", "sub/plus+and%25.bin": b"x" * 70_000, "sub/ü/目录.txt": b"names"}


@dataclasses.dataclass(frozen=True)
class Tool:
    name: str
    program: str
    jobs: dict
    environment: dict = dataclasses.field(default_factory=dict)
    optional: bool = False
    files: dict = dataclasses.field(default_factory=dict)  # of its configuration, below the home

    def __str__(self):
        return self.name


AWS = ["--endpoint-url", "{ep}", "s3"]
RCLONE = ["--s3-upload-cutoff", "5M", "--s3-chunk-size", "5M"]
S3CMD = ["--host", "{hp}", "--host-bucket", "{hp}", "--no-ssl", "--access_key", sluice.MAIN.access_key,
         "--secret_key", sluice.MAIN.secret_key, "--region", "us-east-1", "--multipart-chunk-size-mb", "5"]
S5CMD = ["--endpoint-url", "{ep}"]

TOOLS = [
    Tool("awscli", "aws", {
        "mb": [*AWS, "mb", "s3://{b}"],
        "buckets": [*AWS, "ls"],
        "put": [*AWS, "cp", "{f}", "s3://{b}/{k}"],
        "get": [*AWS, "cp", "s3://{b}/{k}", "{f}"],
        "ls": [*AWS, "ls", "--recursive", "s3://{b}/"],
        "copy": [*AWS, "cp", "s3://{b}/{k}", "s3://{b}/{k} copied"],
        "up": [*AWS, "sync", "--delete", "{d}", "s3://{b}/tree"],
        "down": [*AWS, "sync", "--delete", "s3://{b}/tree", "{d}"],
        "rm": [*AWS, "rm", "s3://{b}/{k}"],
        "rm_all": [*AWS, "rm", "--recursive", "s3://{b}/"],
        "presign": [*AWS, "presign", "s3://{b}/{k}"],
        "rb": [*AWS, "rb", "s3://{b}"],
    }, files={".aws/config": "[default]\ns3 =\n  signature_version = s3v4\n"}),  # it presigns by version 2 otherwise
    Tool("rclone", "rclone", {
        "mb": ["mkdir", "S:{b}"],
        "buckets": ["lsd", "S:"],
        "put": ["copyto", "{f}", "S:{b}/{k}", *RCLONE],
        "get": ["copyto", "S:{b}/{k}", "{f}"],
        "ls": ["lsf", "-R", "S:{b}/"],
        "copy": ["copyto", "S:{b}/{k}", "S:{b}/{k} copied"],
        "up": ["sync", "{d}", "S:{b}/tree", *RCLONE],
        "down": ["sync", "S:{b}/tree", "{d}"],
        "rm": ["deletefile", "S:{b}/{k}"],
        "rm_all": ["delete", "S:{b}"],
        "presign": ["link", "S:{b}/{k}", "--expire", "1h"],
        "rb": ["rmdir", "S:{b}"],
    }, {"RCLONE_CONFIG_S_TYPE": "s3", "RCLONE_CONFIG_S_PROVIDER": "Other", "RCLONE_CONFIG_S_ENDPOINT": "{ep}",
        "RCLONE_CONFIG_S_ENV_AUTH": "true", "RCLONE_CONFIG_S_REGION": "us-east-1"}),
    # Its signurl writes signatures of version 2, which no store of today takes: no presigning here.
    Tool("s3cmd", "s3cmd", {
        "mb": [*S3CMD, "mb", "s3://{b}"],
        "buckets": [*S3CMD, "ls"],
        "put": [*S3CMD, "put", "{f}", "s3://{b}/{k}"],
        "get": [*S3CMD, "get", "--force", "s3://{b}/{k}", "{f}"],
        "ls": [*S3CMD, "ls", "-r", "s3://{b}/"],
        "copy": [*S3CMD, "cp", "s3://{b}/{k}", "s3://{b}/{k} copied"],
        "up": [*S3CMD, "sync", "--delete-removed", "{d}/", "s3://{b}/tree/"],
        "down": [*S3CMD, "sync", "--delete-removed", "s3://{b}/tree/", "{d}/"],
        "rm": [*S3CMD, "del", "s3://{b}/{k}"],
        "rm_all": [*S3CMD, "del", "-r", "--force", "s3://{b}/"],
        "rb": [*S3CMD, "rb", "s3://{b}"],
    }),
    Tool("s5cmd", "s5cmd", {
        "mb": [*S5CMD, "mb", "s3://{b}"],
        "buckets": [*S5CMD, "ls"],
        "put": [*S5CMD, "cp", "--part-size", "5", "{f}", "s3://{b}/{k}"],
        "get": [*S5CMD, "cp", "s3://{b}/{k}", "{f}"],
        "ls": [*S5CMD, "ls", "s3://{b}/*"],
        "copy": [*S5CMD, "cp", "s3://{b}/{k}", "s3://{b}/{k} copied"],
        "up": [*S5CMD, "sync", "--delete", "{d}/", "s3://{b}/tree/"],
        "down": [*S5CMD, "sync", "--delete", "s3://{b}/tree/*", "{d}/"],
        "rm": [*S5CMD, "rm", "s3://{b}/{k}"],
        "rm_all": [*S5CMD, "rm", "s3://{b}/*"],
        "presign": [*S5CMD, "presign", "--expire", "1h", "s3://{b}/{k}"],
        "rb": [*S5CMD, "rb", "s3://{b}"],
    }, optional=True),
]


class Peer:
    def __init__(self, tool, store, directory):
        self.tool, self.store, self.dir = tool, store, directory
        self.bucket = f"peer-{tool.name}-{directory.name.replace('_', '-')[-30:].strip('-').lower()}"

    def words(self, texts, **more):
        ep = self.store.address.url
        return [text.format(ep=ep, hp=ep.removeprefix("http://"), b=self.bucket, **more) for text in texts]

    def __call__(self, job, **more):
        return self.run(self.words(self.tool.jobs[job], **more))

    def run(self, words, stdin=b""):
        values = dict(zip(self.tool.environment, self.words(self.tool.environment.values())))
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.dir), "LANG": "C.UTF-8", **values,
                       "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true",
                       **self.store.credentials_in_environment()}
        done = subprocess.run([self.tool.program, *words], env=environment, cwd=self.dir, input=stdin,
                              capture_output=True, timeout=110)
        assert done.returncode == 0, f"{done.args}: {done.stdout.decode()} {done.stderr.decode()}"
        return done.stdout.decode()


def installed(one):
    """`one`, or the end of the test that wants it."""
    if shutil.which(one.program):
        return one
    allowed = os.environ.get("SLUICE_PEERS_MAY_MISS", "").split()
    if one.optional or one.name in allowed or "all" in allowed:
        pytest.skip(f"NOT RUN: {one.name} is not installed")
    pytest.fail(f"{one.program} is missing: scripts/prepare rivals, or SLUICE_PEERS_MAY_MISS={one.name}")


def at_home(tool, server, directory):
    """A tool with its files and nothing else in a home of its own."""
    one = Peer(installed(tool), S3Store(server, sluice.MAIN), directory)
    for name, text in tool.files.items():
        (directory / name).parent.mkdir(parents=True)
        (directory / name).write_text(text)
    return one


@pytest.fixture(params=TOOLS, ids=str)
def peer(request, server, tmp_path):
    one = at_home(request.param, server, tmp_path)
    one("mb")
    return one


def plant(directory, tree):
    shutil.rmtree(directory, ignore_errors=True)
    for name, data in tree.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_bytes(data)
    return directory


def tree_of(directory):
    return {str(p.relative_to(directory)): p.read_bytes() for p in directory.rglob("*") if p.is_file()}


def stored(peer, prefix=""):
    return {key.removeprefix(prefix): peer.store.get(peer.bucket, key)
            for key in peer.store.list(peer.bucket, prefix).keys}


def test_a_bucket_is_made_listed_and_removed(peer):
    assert peer.bucket in peer("buckets")

    peer("rb")

    assert peer.bucket not in peer.store.buckets()


@pytest.mark.parametrize("size", [0, 1000, (11 << 20) + 7])
def test_a_file_goes_up_and_comes_back(peer, size, bytes_of):
    data = bytes_of(size)
    (peer.dir / "source").write_bytes(data)

    peer("put", f=peer.dir / "source", k="dir/a key+1")
    assert stored(peer) == {"dir/a key+1": data}
    peer("get", f=peer.dir / "target", k="dir/a key+1")

    assert (peer.dir / "target").read_bytes() == data


def test_objects_are_copied_listed_and_removed(peer):
    for key in ("one", "two", "deep/three"):
        peer.store.put(peer.bucket, key, b"x" + key.encode())

    peer("copy", k="one")
    listed = peer("ls")
    assert all(key in listed for key in ("one", "two", "deep/three", "one copied"))
    peer("rm", k="one")

    assert stored(peer) == {"two": b"xtwo", "deep/three": b"xdeep/three", "one copied": b"xone"}
    peer("rm_all")
    assert stored(peer) == {}


def test_a_tree_is_kept_in_step_both_ways(peer):
    here = plant(peer.dir / "here", TREE)
    peer("up", d=here)
    assert stored(peer, "tree/") == TREE

    changed = {**TREE, "a.txt": b"longer than before", "new/one": b"1"}
    del changed["b c.txt"]
    plant(here, changed)
    peer("up", d=here)
    assert stored(peer, "tree/") == changed

    there = plant(peer.dir / "there", {"stale": b"x"})
    peer("down", d=there)
    assert tree_of(there) == changed


def test_a_url_is_signed_for_others(peer):
    if "presign" not in peer.tool.jobs:
        pytest.skip(f"{peer.tool.name} signs URLs by version 2 alone")
    peer.store.put(peer.bucket, "dir/a key+1", b"by anyone")

    url = peer("presign", k="dir/a key+1").strip()

    with urllib.request.urlopen(url, timeout=20) as answer:
        assert answer.read() == b"by anyone"
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(url.replace("key%2B1", "key%2B2"), timeout=20)
    assert refused.value.code == 403
