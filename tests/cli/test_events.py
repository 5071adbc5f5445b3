"""--json: every line of every verb is an event of docs/events.md, with its fields and no others."""

import json
import pathlib
import re
import signal

from command import DIALECTS, Case, Server, json_lines, pattern

MIB = 1 << 20
PAGE = pathlib.Path(__file__).parents[2] / "docs/events.md"
SLOW = b'{"seed":1,"rules":[{"operation":"put_part","action":"delay","ms":200}]}'


def is_number(value):
    return isinstance(value, int) and not isinstance(value, bool)


TYPES = {
    "any": lambda value: True,
    "text": lambda value: isinstance(value, str),
    "number": is_number,
    "decimal": lambda value: value is None or is_number(value) or isinstance(value, float),
    "truth": lambda value: isinstance(value, bool),
    "object": lambda value: isinstance(value, dict),
    "object or null": lambda value: value is None or isinstance(value, dict),
    "number or null": lambda value: value is None or is_number(value),
    "list of numbers": lambda value: isinstance(value, list) and all(map(is_number, value)),
    "list of texts": lambda value: isinstance(value, list) and all(isinstance(one, str) for one in value),
    "list of objects": lambda value: isinstance(value, list) and all(isinstance(one, dict) for one in value),
}


def read_page(text):
    """{event: {field: (type, optional)}}; "every event" holds what all have."""
    events, fields = {}, None
    for line in text.splitlines():
        if title := re.fullmatch(r"### (?:`(\w+)`|(every event))", line):
            fields = events.setdefault(title[1] or title[2], {})
        elif row := re.fullmatch(r"\| `([^`?]+)(\??)` \| ([\w ]+) \| .*\|", line):
            fields[row[1]] = (row[3], bool(row[2]))
    common = events.pop("every event")
    return {event: {**common, **own} for event, own in events.items()}


def flat(value, path=""):
    for name, one in value.items():
        yield path + name, one
        if isinstance(one, dict):
            yield from flat(one, path + name + ".")
        elif isinstance(one, list) and one and isinstance(one[0], dict):
            for item in one:
                yield from flat(item, path + name + "[].")


class Schema:
    def __init__(self):
        self.events = read_page(PAGE.read_text())
        self.seen = {}

    def wrong(self, line):
        """What the page does not allow, or None."""
        event = line.get("event")
        if event not in self.events:
            return f"unknown event {event!r}"
        fields = self.events[event]
        seen = self.seen.setdefault(event, set())
        for path, value in flat(line):
            if path not in fields:
                path = path.rpartition(".")[0] + ".*"
            if path not in fields:
                return f"{event}: unknown field of {line}"
            seen.add(path)
            if not TYPES[fields[path][0]](value):
                return f"{event}: {path} is no {fields[path][0]}: {value!r}"
        missing = [name for name, (_, optional) in fields.items()
                   if not optional and "." not in name and name not in line]
        return f"{event}: no {missing}" if missing else None


class Page(Case):
    def check(self, done):
        for text in [done.stdout, b"\n".join(line for line in done.stderr.splitlines() if line.startswith(b"{"))]:
            for line in json_lines(text):
                self.assertIsNone(self.schema.wrong(line), line)
        return json_lines(done.stdout)

    def run_json(self, *words, code=0, **options):
        done = self.run_(*words, "--json", **options)
        self.assertEqual(done.returncode, code, f"{words}: {done.stderr}")
        return self.check(done)

    def test_the_page_and_the_command_agree(self):
        self.schema = Schema()
        for scheme in DIALECTS:
            self.walk(scheme)
        self.run_all_lines()
        self.interrupt()
        self.jobs()
        self.run_json("version")
        self.run_json("config", "show")
        self.run_json("config", "path")
        self.run_json("doctor", self.bucket("s3"))
        self.file(".aws/credentials", b"[default]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = x\n").chmod(0o600)
        for words in (("--dry-run",), (), ()):
            self.run_json("config", "import", *words)
        self.run_json("config", "ls")
        self.run_json("bench", self.bucket("s3"), "--seconds", "0.05", "-c", "4", "--max-data", "64M")
        self.assertEqual(set(self.schema.seen), set(self.schema.events), "events of the page that nothing tells")
        unseen = {event: sorted(set(fields) - self.schema.seen[event] - {"line"})
                  for event, fields in self.schema.events.items()}
        # What the local store has no case of.
        for event, field in (("error", "trace_id"), ("bench", "limits[].latency_ms"), ("bench", "limit.*")):
            if field in unseen[event]:
                unseen[event].remove(field)
        self.assertEqual({event: names for event, names in unseen.items() if names}, {})

    def walk(self, scheme):
        bucket = f"{scheme}://events-{scheme}-1250000000/"
        self.run_json("mb", "--dry-run", bucket)
        self.run_json("mb", bucket)
        source = self.file("source", pattern(12 * MIB))
        for name in ("tree/a", "tree/b/c"):
            self.file(name, name.encode())
        self.run_json("cp", source, bucket + "big", "--part-size", "5M", "--threshold", "5M")
        self.run_json("cp", "-r", self.home / "tree", bucket + "tree")
        self.run_json("cp", "-r", "--dry-run", self.home / "tree", bucket + "tree")
        self.run_json("cp", bucket + "big", bucket + "copy")
        self.run_json("cp", bucket + "big", self.home / "back")
        self.run_json("pipe", bucket + "piped", stdin=b"piped")
        self.properties(scheme, bucket)
        self.run_json("ls", f"{scheme}://")
        self.run_json("ls", bucket)
        if scheme != "qs":
            self.run_json("ls", "--fetch-owner", bucket)
        self.run_json("find", bucket, "--larger", "1B")
        self.run_json("du", "--depth", "1", bucket)
        self.run_json("stat", bucket)
        self.run_json("stat", bucket + "big")
        self.run_json("hash", bucket + "piped", source)
        self.run_json("presign", bucket + "big")
        self.run_json("uploads", "ls", bucket)
        self.run_json("uploads", "gc", bucket)
        self.run_json("check", self.home / "tree", bucket + "tree")
        self.file("tree/new", b"new")
        self.assertEqual([one["what"] for one in self.run_json("check", self.home / "tree", bucket + "tree", code=1)
                          if one["event"] == "difference"], ["missing"])
        (self.home / "tree/new").unlink()
        self.run_json("mv", bucket + "copy", bucket + "copy2")
        self.run_json("mv", "-r", bucket + "tree", bucket + "tree2")
        self.run_json("rm", bucket + "nothing", code=4)
        self.run_json("rm", "-r", "--dry-run", bucket)
        self.run_json("rm", "-r", bucket)
        self.run_json("rb", bucket)

    def properties(self, scheme, bucket):
        """What each store has, one object and all."""
        self.run_json("props", "set", "meta", bucket + "big", "one=1")
        self.run_json("props", "get", "meta", bucket + "big")
        self.run_json("props", "get", "class", bucket + "big")
        self.run_json("props", "get", "acl", bucket)
        self.run_json("props", "set", "class", "-r", bucket + "tree", {"oss": "IA", "tos": "IA"}.get(scheme, "STANDARD_IA"))
        self.run_json("props", "get", "class", bucket + "tree/a")
        self.run_json("props", "set", "acl", "--dry-run", bucket, "private")
        self.run_json("stat", "--all", bucket)
        if scheme != "qs":
            self.run_json("props", "set", "tags", bucket, "one=1")
            self.run_json("props", "get", "tags", bucket)
            self.run_json("props", "set", "class", bucket + "piped", {"oss": "Archive", "s3": "GLACIER"}.get(scheme, "ARCHIVE"))
            self.run_json("restore", bucket + "piped", "--tier", "Expedited")
        if scheme != "s3":
            self.run_json("append", self.home / "tree/a", bucket + "log")
        if scheme in ("oss", "cos", "tos"):
            self.run_json("symlink", "big", bucket + "link")
            self.run_json("readlink", bucket + "link")
            self.run_json("rm", bucket + "link")

    def run_all_lines(self):
        bucket = self.bucket("s3")
        self.file("list", f"cp source {bucket}k\nstat {bucket}nothing\n".encode())
        self.file("source", b"x")
        lines = self.run_json("run", "list", "--endpoint", self.server.url, "--region", "us-east-1", code=1)
        self.assertEqual({one.get("line") for one in lines if one["event"] in ("result", "error")}, {1, 2})

    def jobs(self):
        bucket = self.bucket("s3")
        for key in ("clash/x", "clash/x/y"):
            self.ok("cp", self.file("source", b"x"), bucket + key)
        self.run_json("sync", "--dry-run", bucket, self.home / "down")
        events = self.run_json("sync", bucket, self.home / "down", code=1)
        self.run_json("jobs", "ls")
        self.run_json("jobs", "show", events[-1]["id"])

    def interrupt(self):
        server = Server(self.home / "slow", "--faults", self.file("faults.json", SLOW))
        self.addCleanup(server.stop)
        for scheme, end in (("oss", "gc"), ("s3", "abort")):
            bucket = f"{scheme}://slow-1250000000/"
            self.ok("mb", bucket, url=server.url)
            source = self.file("source", pattern(80 * MIB))
            run = self.start("cp", source, bucket + "k", "--part-size", "5M", "-c", "1", "--json", url=server.url)
            for line in iter(run.stdout.readline, b""):
                one = json.loads(line)
                self.assertIsNone(self.schema.wrong(one), one)
                if one["event"] == "progress" and one["parts_done"] >= 1:
                    break
            run.send_signal(signal.SIGINT)
            out, _ = run.communicate(timeout=60)
            for one in json_lines(out):
                self.assertIsNone(self.schema.wrong(one), one)
            self.run_json("uploads", "ls", bucket, url=server.url)
            self.run_json("uploads", "parts", bucket + "k", url=server.url)
            self.run_json("uploads", "gc", "--dry-run", bucket, url=server.url)
            self.run_json("uploads", end, *(["-r"] if end == "abort" else []), bucket, url=server.url)

    def test_a_page_that_is_stale_is_found(self):
        schema = Schema()
        self.assertIsNone(schema.wrong({"event": "version", "version": "1"}))
        self.assertIn("unknown event", schema.wrong({"event": "gone"}))
        self.assertIn("unknown field", schema.wrong({"event": "version", "version": "1", "new": 1}))
        self.assertIn("no [", schema.wrong({"event": "version"}))
        self.assertIn("is no text", schema.wrong({"event": "version", "version": 1}))


if __name__ == "__main__":
    import unittest
    unittest.main()
