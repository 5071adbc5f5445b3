"""README's table "Coming from another tool": each cell of sluice, s5cmd, rclone and aws does the job that its row names.

The words in capitals are replaced by what lies in a world made for each cell: a file, a directory, and a bucket
with three objects below one/.
"""

import dataclasses
import hashlib
import pathlib
import re
import shlex
import typing
import urllib.request

import pytest

import sluice
from stores import S3Store
from test_peers import TOOLS, Tool, at_home
from words import crc64_ecma

README = pathlib.Path(__file__).parents[2] / "README.md"
DATA = bytes(range(256)) * 300
BELOW = {"one/a.txt": b"a" * 1003, "one/b.bin": b"b" * 20011, "one/deep/c.txt": DATA}
TREE = {"a.txt": BELOW["one/a.txt"], "b.bin": BELOW["one/b.bin"], "deep/c.txt": DATA}


@dataclasses.dataclass(frozen=True)
class Column:
    tool: Tool
    scheme: str
    options: tuple = ()
    before_the_command: frozenset = frozenset()  # options whose place that is


PEERS = {tool.name: tool for tool in TOOLS}
COLUMNS = {
    "sluice": Column(Tool("sluice", sluice.PROGRAM, {}), "s3://", ("--endpoint", "{ep}")),
    "s5cmd": Column(PEERS["s5cmd"], "s3://", ("--endpoint-url", "{ep}"), frozenset({"--numworkers", "--dry-run"})),
    "rclone": Column(PEERS["rclone"], "S:"),
    "aws s3": Column(PEERS["awscli"], "s3://", ("--endpoint-url", "{ep}")),
}


def table():
    """Of each row, by its name, the commands of each column."""
    text = README.read_text().split("### Coming from another tool")[1].split("\n### ")[0]
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    return {row[0]: {name: re.findall("`([^`]+)`", cell) for name, cell in zip(lines[0][1:], row[1:])} for row in lines[2:]}


TABLE = table()
CELLS = [(name, row) for row, cells in TABLE.items() for name in COLUMNS if cells[name] and row != "a bucket"]


class World:
    def __init__(self, name, server, directory):
        self.name, self.column, self.dir = name, COLUMNS[name], directory
        self.peer = at_home(self.column.tool, server, directory)
        self.store = S3Store(server, sluice.MAIN)
        self.bucket = self.peer.bucket
        self.store.make_bucket(self.bucket)
        for key, data in BELOW.items():
            self.store.put(self.bucket, key, data)
        (directory / "F").write_bytes(DATA)
        for path, data in TREE.items():
            (directory / "D" / path).parent.mkdir(parents=True, exist_ok=True)
            (directory / "D" / path).write_bytes(data)

    def keys(self):
        return set(self.store.list(self.bucket, "").keys)

    def has(self, key, data=DATA):
        return key in self.keys() and self.store.get(self.bucket, key) == data

    def words(self, command, job):
        url = f"{self.column.scheme}{self.bucket}"
        places = {"URL": url + job.url, "A": url + job.a if job.a.startswith("/") else job.a, "B": url + job.b, "G": "*.txt",
                  "N": "3", "BUCKET": self.bucket, "KEY": job.url[1:], "FILE": "list"}
        return [re.sub(r"\b[A-Z]+\b", lambda at: places.get(at[0], at[0]), word) for word in shlex.split(command)]

    def run(self, command, job, stdin=b""):
        words = self.words(command, job)
        if words[0].startswith("-"):  # an option of the command that copies a directory
            option, copy = words, self.words(TABLE["a directory"][self.name][0], JOBS["a directory"])
            words = option + copy if option[0] in self.column.before_the_command else [copy[0], *option, *copy[1:]]
        if self.name == "aws s3" and words[0] != "s3api":
            words = ["s3", *words]
        options = self.peer.words(self.column.options)
        return self.peer.run([*options, *words] if self.name == "s5cmd" else [*words, *options], stdin)


@dataclasses.dataclass(frozen=True)
class Job:
    done: typing.Callable  # (world, what the command said) -> whether that is what the row names
    url: str = ""
    a: str = ""
    b: str = ""
    stdin: bytes = b""


def tree_is_there(world, said):
    return all(world.has("made/" + path, data) for path, data in TREE.items())


def kept_what_was_there(world, said):
    return world.has("made/a.txt", b"kept") and world.has("made/deep/c.txt")


def listed(*names, without=()):
    return lambda world, said: all(name in said for name in names) and not any(name in said for name in without)


def opens(world, said):
    with urllib.request.urlopen(said.strip(), timeout=20) as answer:
        return answer.read() == DATA


def same_sum(world, said):
    return hashlib.md5(DATA).hexdigest() in said or str(crc64_ecma(DATA)) in said


JOBS = {
    "a file": Job(lambda world, said: world.has("made"), "/made"),
    "a directory": Job(tree_is_there, "/made"),
    "move": Job(lambda world, said: world.has("moved") and "one/deep/c.txt" not in world.keys(), a="/one/deep/c.txt", b="/moved"),
    "list": Job(listed("a.txt", "b.bin", "deep/", without=["c.txt"]), "/one"),
    "list what fits": Job(listed("a.txt", "c.txt", without=["b.bin"]), "/one"),
    "size of a prefix": Job(listed(str(sum(map(len, BELOW.values())))), "/one"),
    "about an object": Job(listed("20011"), "/one/b.bin"),
    "read": Job(lambda world, said: said == BELOW["one/a.txt"].decode(), "/one/a.txt"),
    "write a stream": Job(lambda world, said: world.has("made"), "/made", stdin=DATA),
    "delete a prefix": Job(lambda world, said: world.keys() == set(), "/one"),
    "a link that lapses": Job(opens, "/one/deep/c.txt"),
    "checksum": Job(same_sum, "/one/deep/c.txt"),
    "keep two trees the same": Job(tree_is_there, "/made"),
    "compare two trees": Job(lambda world, said: True, a="D", b="/one"),
    "many commands": Job(lambda world, said: world.has("made")),
    "a bucket": Job(lambda world, said: True, "-new"),
    "unfinished uploads": Job(listed("one/begun"), "/one"),
    "how fast is it": Job(listed("What limits"), "/bench"),
    "files at once": Job(tree_is_there),
    "parts at once": Job(tree_is_there),
    "not faster than": Job(tree_is_there),
    "not over what exists": Job(kept_what_was_there),
    "only show it": Job(lambda world, said: world.keys() == set(BELOW)),
}


@pytest.mark.parametrize("name, row", CELLS)
def test_a_cell_does_what_its_row_names(name, row, server, tmp_path):
    commands = TABLE[row][name]
    world, job = World(name, server, tmp_path), JOBS[row]
    if row == "unfinished uploads":
        world.store.client.create_multipart_upload(Bucket=world.bucket, Key="one/begun")
    if row == "not over what exists":
        world.store.put(world.bucket, "made/a.txt", b"kept")
    if row == "many commands":
        (tmp_path / "list").write_text(shlex.join(world.words(TABLE["a file"][name][0], JOBS["a file"])) + "\n")
    if row == "how fast is it":
        commands = [commands[0] + " --seconds 0.05 --max-data 16M --no-save"]

    said = [world.run(command, job, job.stdin) for command in commands]

    assert job.done(world, said[-1]), (commands, said)


@pytest.mark.parametrize("name", COLUMNS)
def test_a_bucket_is_made_and_removed_by_the_cells_two_commands(name, server, tmp_path):
    world, (make, remove) = World(name, server, tmp_path), TABLE["a bucket"][name]

    world.run(make, JOBS["a bucket"])
    assert world.bucket + "-new" in world.store.buckets()
    world.run(remove, JOBS["a bucket"])

    assert world.bucket + "-new" not in world.store.buckets()


def test_trees_that_differ_are_told_by_the_exit_code(server, tmp_path):
    for name in ("sluice", "rclone"):
        (tmp_path / name).mkdir()
        world = World(name, server, tmp_path / name)
        world.store.put(world.bucket, "one/a.txt", b"other")
        with pytest.raises(AssertionError):
            world.run(TABLE["compare two trees"][name][0], JOBS["compare two trees"])
