"""The vendors' quick starts as rows: every block of code of each, in order, is one numbered row.

A row is what the block does, through the vendor's official SDK, and the same through the command. Both
answer a value that can be compared: what the reader of the quick start is told to see.
"""

import dataclasses
import json
import typing


@dataclasses.dataclass
class Row:
    quick_start: str
    number: int
    operation: str
    sdk: typing.Callable
    command: typing.Callable | None = None  # None: nothing to do (the block sets up the SDK)

    def __str__(self):
        return f"{self.quick_start} {self.number:02} {self.operation}"


class QuickStart:
    """One vendor's page. `row` numbers in the order of the file."""

    def __init__(self, name, store, blocks):
        self.name, self.store, self.blocks, self.rows = name, store, blocks, []

    def row(self, operation):
        def add(function):
            self.rows.append(Row(self.name, len(self.rows) + 1, operation, function))
            return function
        return add

    def command(self, function):
        """The counterpart of the row before."""
        self.rows[-1].command = function
        return function


class Place:
    """Where the rows of one page run: a store behind its SDK, a bucket, a folder, the command."""

    def __init__(self, store, sluice, directory, source_url):
        self.store, self.sluice, self.dir, self.source_url = store, sluice, directory, source_url
        self.bucket = f"quickstart-{store.scheme}-1250000000"
        self.kept = {}  # what a later row needs of an earlier one

    def url(self, key="", bucket=None):
        return f"{self.store.scheme}://{bucket or self.bucket}/{key}"

    def file(self, name, data=None):
        path = self.dir / name
        if data is not None:
            path.write_bytes(data)
        return path

    def told(self, *words):
        """What a command says with --json, in its last line."""
        return json.loads(self.sluice(*words, "--json").stdout.decode().splitlines()[-1])

    def listed(self, *words):
        """The lines of `sluice ls --json`."""
        lines = self.sluice("ls", *words, "--json").stdout.decode().splitlines()
        return [json.loads(line) for line in lines]

    def keys(self, *words):
        return [line["key"] for line in self.listed(*words) if "key" in line]

    def buckets(self):
        return sorted(line["bucket"] for line in self.listed(f"{self.store.scheme}://"))

    def cat(self, key):
        return self.sluice("cat", self.url(key)).stdout
