"""Lists of commands: many in one process."""

import re
import signal

from command import Case, Server, json_lines, pattern

MIB = 1 << 20


class Lists(Case):
    def run_list(self, text, *words, code=0, **options):
        more = ("--endpoint", self.server.url, "--region", "us-east-1")
        done = self.run_("run", self.file("list", text.encode()), *words, *more, **options)
        self.assertEqual(done.returncode, code, done.stderr.decode())
        return done

    def test_every_line_runs_and_comments_and_quotes_are_read(self):
        bucket = self.bucket("s3")
        for name in ("plain", "with space", "it's"):
            self.file(name, name.encode())
        done = self.run_list(f"""
# the first
cp plain {bucket}1
  cp 'with space' "{bucket}2 \\"quoted\\""
\tcp it\\'s {bucket}3#not-a-comment
""", "--numworkers", "2")
        self.assertIn(b"ran 3 commands", done.stderr)
        listed = [one["key"] for one in json_lines(self.ok("ls", "--json", bucket))]
        self.assertEqual(listed, ["1", '2 "quoted"', "3#not-a-comment"])

    def test_many_lines_from_standard_input_share_their_connections(self):
        bucket = self.bucket("s3")
        self.file("source", b"x")
        count = 300
        text = "".join(f"cp source {bucket}{number:03}\n" for number in range(count)).rstrip("\n")
        before = self.server.counters()
        done = self.run_("run", "-", "-j", "8", "-q", "--endpoint", self.server.url, "--region", "us-east-1", stdin=text.encode())
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b"", b""))
        self.assertEqual(self.ok("ls", bucket).count(b"\n"), count)
        if "connections" in before:
            self.assertLess(self.server.counters()["connections"] - before["connections"], count // 2)

    def test_each_failure_is_named_with_its_line_and_the_others_run(self):
        bucket = self.bucket("s3")
        self.file("source", b"x")
        done = self.run_list(f"cp source {bucket}a\ncp nothing {bucket}b\n\nfrob {bucket}\ncp 'open {bucket}c\n"
                             f"cat {bucket}a\ncp - {bucket}d\nrun list\nstat {bucket}nothing\ncp source {bucket}e\nls --help\n", code=1)
        said = done.stderr.decode()
        failed = sorted(int(number) for number in re.findall(r"^sluice: line (\d+): ", said, re.M) if int(number) not in (1, 10))
        self.assertEqual(failed, [2, 4, 5, 6, 7, 8, 9, 11], said)
        self.assertIn("ran 10 commands, 8 FAILED", said)
        self.assertEqual([one["key"] for one in json_lines(self.ok("ls", "--json", bucket))], ["a", "e"])

    def test_a_line_without_end_is_not_kept_in_memory(self):
        self.fails(8, "run", self.file("list", b"x" * (2 * MIB)), says="File too large")

    def test_a_line_may_say_otherwise_than_the_run(self):
        other = Server(self.home / "other")
        self.addCleanup(other.stop)
        bucket = self.bucket("s3")
        done = self.run_list(f"mb s3://elsewhere-1250000000 --endpoint {other.url}\nls {bucket}\n", "--json")
        self.assertEqual(other.counters()["requests"], 1)
        self.assertEqual(json_lines(done.stdout)[-1]["failed"], 0)

    def test_a_dry_run_of_a_list(self):
        bucket = self.bucket("s3")
        self.file("source", b"x")
        done = self.run_list(f"cp source {bucket}a\nrm -r {bucket}\n", "--dry-run", "-j", "1")
        self.assertEqual(done.stdout.decode(), f"cp source {bucket}a\n")
        self.assertEqual(self.ok("ls", bucket), b"")

    def test_a_list_that_is_interrupted_saves_its_transfers(self):
        # One part of each never ends before the interruption; afterwards the rule is used up.
        faults = self.file("faults.json", b'{"seed":1,"rules":[{"operation":"put_part","part":3,"count":2,"action":"stall"}]}')
        server = Server(self.home / "slow", "--faults", faults)
        self.addCleanup(server.stop)
        self.ok("mb", "s3://slow-1250000000", url=server.url)
        self.file("source", pattern(80 * MIB))
        self.file("list", "".join(f"cp source s3://slow-1250000000/{number} --part-size 5M\n" for number in range(2)).encode())
        words = ("run", "list", "--json", "-c", "4", "--endpoint", server.url, "--region", "us-east-1")
        run = self.start(*words)
        done = {}
        for line in iter(run.stdout.readline, b""):
            event = json_lines(line)[0]
            done[event["line"]] = event.get("parts_done", 0)
            if len(done) == 2 and min(done.values()) >= 1:
                break
        run.send_signal(signal.SIGINT)
        out, err = run.communicate(timeout=60)
        self.assertEqual(run.returncode, 130, err)
        self.assertEqual([one["event"] for one in json_lines(out)].count("interrupted"), 3)
        results = [one for one in json_lines(self.ok(*words)) if one["event"] == "result"]
        self.assertEqual(len(results), 2)
        for one in results:
            self.assertGreaterEqual(one["parts_resumed"], 1)

    def test_a_list_that_cannot_be_read(self):
        self.fails(4, "run", self.home / "nothing", says="nothing")
        self.fails(2, "run", "-", "-j", "0", stdin=b"")
        self.assertEqual(self.ok("run", "-", stdin=b""), b"")


if __name__ == "__main__":
    import unittest
    unittest.main()
