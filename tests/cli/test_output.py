"""What goes where: data on stdout, words on stderr, progress as the place wants it."""

import os
import pty
import re
import select
import time

from command import Case, Server, json_lines, pattern

MIB = 1 << 20


class Outputs(Case):
    def test_stdout_carries_data_only(self):
        bucket = self.bucket("s3")
        source = self.file("source", pattern(3 * MIB))
        for words in (["cp", source, bucket + "k"], ["cp", bucket + "k", bucket + "k2"], ["cp", bucket + "k", "back"],
                      ["cp", "-r", bucket, "tree"], ["rm", bucket + "k2"], ["mb", "oss://plain-bucket"], ["rb", "oss://plain-bucket"]):
            done = self.run_(*words)
            self.assertEqual((done.returncode, done.stdout), (0, b""), done.stderr)
        self.assertEqual(self.ok("cat", bucket + "k"), pattern(3 * MIB))

    def test_json_is_one_object_a_line(self):
        bucket = self.bucket("tos")
        source = self.file("source", pattern(12 * MIB))
        events = json_lines(self.ok("cp", source, bucket + "k", "--part-size", "5M", "--threshold", "5M", "--json"))
        self.assertEqual(events[-1]["event"], "result")
        self.assertEqual((events[-1]["bytes"], events[-1]["parts"], events[-1]["target"]), (12 * MIB, 3, bucket + "k"))
        progress = [one for one in events if one["event"] == "progress"]
        self.assertTrue(progress[-1]["finished"])
        self.assertEqual(progress[-1]["bytes_done"], 12 * MIB)
        done = [one["bytes_done"] for one in progress]
        self.assertEqual(done, sorted(done))

        failed = self.run_("cp", bucket + "nothing", "back", "--json")
        self.assertEqual(failed.returncode, 4)
        last = json_lines(failed.stdout)[-1]
        self.assertEqual((last["event"], last["exit_code"]), ("error", 4))
        self.assertTrue(failed.stderr.startswith(b"sluice: "))

    def test_json_goes_to_stderr_while_an_object_goes_to_stdout(self):
        bucket = self.bucket("s3")
        self.ok("cp", self.file("source", b"data\n"), bucket + "k")
        done = self.run_("cp", bucket + "k", "-", "--json")
        self.assertEqual((done.returncode, done.stdout), (0, b"data\n"))
        self.assertEqual(json_lines(done.stderr)[-1]["event"], "result")

    def test_quiet_is_quiet(self):
        bucket = self.bucket("s3")
        done = self.run_("cp", self.file("source", b"x"), bucket + "k", "-q")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b"", b""))

    def test_a_reader_that_goes_away_ends_the_run_quietly(self):
        bucket = self.bucket("s3")
        for index in range(1100):
            self.file(f"many/{index:04}-{'x' * 80}", b"")
        self.ok("cp", "-r", self.home / "many", bucket)
        self.ok("cp", self.file("source", pattern(20 * MIB)), bucket + "big")
        for words in (["ls", bucket], ["cat", bucket + "big"], ["cp", bucket + "big", "-"]):
            with self.subTest(words=words):
                run = self.start(*words)
                run.stdout.read(10)
                run.stdout.close()
                self.assertEqual(run.wait(30), 141)
                self.assertEqual(run.stderr.read(), b"")
                run.stderr.close()

    def test_names_in_a_listing_cannot_play_with_a_terminal(self):
        bucket = self.bucket("s3")
        self.ok("cp", self.file("source", b"x"), bucket + "a\x1b[31mb")
        self.assertIn(b"a\x1b[31mb", self.ok("ls", bucket))
        ours, theirs = pty.openpty()
        try:
            self.assertEqual(self.run_("ls", bucket, stdout=theirs).returncode, 0)
            shown = os.read(ours, 4096)
        finally:
            os.close(ours)
            os.close(theirs)
        self.assertNotIn(b"\x1b", shown)
        self.assertIn(rb"a\x1b[31mb", shown)


class OnATerminal(Case):
    def test_the_progress_line_has_bytes_rate_time_left_and_parts(self):
        faults = self.file("faults.json", b'{"seed":1,"rules":[{"operation":"put_part","action":"delay","ms":250}]}')
        server = Server(self.home / "store", "--faults", faults)
        self.addCleanup(server.stop)
        self.ok("mb", "s3://bucket-x", url=server.url)
        source = self.file("source", pattern(60 * MIB))
        ours, theirs = pty.openpty()
        run = self.start("cp", source, "s3://bucket-x/k", "--part-size", "5M", "-c", "2", url=server.url, stderr=theirs)
        os.close(theirs)
        shown = b""
        end = time.monotonic() + 60
        while time.monotonic() < end and select.select([ours], [], [], 30)[0]:
            try:
                chunk = os.read(ours, 65536)
            except OSError:  # how a terminal says that its last user has gone
                break
            if not chunk:
                break
            shown += chunk
        os.close(ours)
        self.assertEqual(run.wait(30), 0, shown)
        self.assertEqual(run.stdout.read(), b"")
        run.stdout.close()
        self.assertRegex(shown, rb"\r\x1b\[K *\d+%  .*MiB of 60\.0 MiB  .*iB/s  ETA \d+:\d\d  parts \d+/12")
        last = shown.decode().replace("\r\n", "\n").rstrip("\n").split("\n")[-1]
        self.assertRegex(re.sub(r".*\x1b\[K", "", last), r"^sluice: uploaded 60\.0 MiB in .* 12 parts")


if __name__ == "__main__":
    import unittest
    unittest.main()
