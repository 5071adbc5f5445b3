"""sluice bench: measures a store, leaves it as it was, and later runs use what it found."""

import json
import signal
import tempfile
import time

from command import DIALECTS, Case, Server, json_lines, pattern

TINY = ("--seconds", "0.05", "-c", "4", "--part-size", "256K")
def faults(*rules):
    return json.dumps({"seed": 1, "rules": [dict(operation=operation, **what) for operation, what in rules]}).encode()


DENIED = {"action": "error", "status": 403, "code": "AccessDenied"}
FORBIDDEN = b'{"seed":1,"rules":[{"operation":"get_object","action":"error","status":403,"code":"AccessDenied"}]}'


class Bench(Case):
    def bench(self, url, *words, **options):
        return json.loads(self.ok("bench", url, *TINY, "--json", *words, **options))

    def keys(self, bucket, **options):
        return [one["key"] for one in json_lines(self.ok("ls", "-r", bucket, "--json", **options))]

    def puts(self, scheme):
        return self.server.counters()["dialects"].get(scheme, {}).get("put_object", {}).get("requests", 0)

    def setting(self, name, url, *words):
        rows = {one["name"]: one for one in json_lines(self.ok("config", "show", url, "--json", *words))}
        return rows[name]["value"], rows[name]["origin"]

    def test_every_dialect_is_measured_and_left_as_it_was(self):
        mine = self.file("mine", b"x" * 1000)
        for scheme in DIALECTS:
            with self.subTest(scheme):
                bucket = self.bucket(scheme)
                self.ok("cp", mine, bucket + "dir/mine")
                report = self.bench(bucket + "dir")
                for direction in ("upload", "download"):
                    own = [one for one in report["steps"] if one["direction"] == direction]
                    # On a busy machine 256 KiB may be more than one connection moves in a step.
                    small, part = sorted({one["bytes"] for one in own})
                    self.assertEqual(small, 4096)
                    self.assertLessEqual(part, 256 << 10)
                    for size in (small, part):
                        steps = [one for one in own if one["bytes"] == size]
                        self.assertEqual([one["connections"] for one in steps], [1, 4])
                        for one in steps:
                            self.assertGreater(one["requests"], 0)
                            self.assertGreater(one["bytes_per_second"], 0)
                            self.assertLessEqual(one["request_ms"]["p50"], one["request_ms"]["p99"])
                            self.assertEqual(one["first_byte_ms"] is None, direction == "upload")
                self.assertEqual(report["limit"]["bytes"], part)
                self.assertEqual(self.keys(bucket), ["dir/mine"])
                self.assertEqual(self.ok("uploads", "ls", bucket), b"")

    def test_later_runs_find_what_was_saved(self):
        bucket = self.bucket("s3")
        report = self.bench(bucket)
        file = str(self.home / ".config/sluice/config.measured.toml")
        self.assertEqual(report["saved"], file)
        self.assertRegex(report["profile"]["part_size"], r"^~\d+K$")
        for name in ("concurrency", "jobs", "part_size"):
            value, origin = self.setting(name, bucket)
            self.assertEqual(value, str(report["profile"][name]))
            self.assertRegex(origin, rf"^measured 20\S+Z, {file}:\d+$")
        self.assertEqual(self.setting("concurrency", bucket, "-c", "9"), ("9", "--concurrency"))
        self.assertEqual(self.setting("concurrency", bucket, "-c", "auto"), ("auto", "--concurrency"))
        self.assertEqual(self.setting("jobs", bucket, "-c", "auto"), ("as concurrency, or 64", "default"))
        self.assertEqual(self.setting("concurrency", "oss://bucket")[1], "default")
        # The wish of 256 KiB gives way to what S3 takes, which an order would not.
        source = self.file("source", pattern(20 << 20))
        self.assertEqual(json_lines(self.ok("cp", source, bucket + "k", "--json"))[-1]["parts"], 4)
        self.fails(2, "cp", source, bucket + "k2", "--part-size", "256K")

    def test_what_people_wrote_stays_byte_by_byte_and_comes_first(self):
        written = b"# mine\n[defaults]\nconcurrency=3   # few\n\n[profiles.s3]\njobs = 5\n"
        config = self.file(".config/sluice/config.toml", written)
        config.chmod(0o600)
        bucket = self.bucket("s3")
        report = self.bench(bucket)
        self.assertEqual(config.read_bytes(), written)
        self.assertEqual(self.setting("jobs", bucket), ("5", f"profile s3, {config}:6"))
        self.assertEqual(self.setting("concurrency", bucket), ("3", f"[defaults], {config}:3"))
        self.assertEqual(self.setting("part_size", bucket)[0], report["profile"]["part_size"])

    def test_no_save_changes_nothing(self):
        report = self.bench(self.bucket("s3"), "--no-save")
        self.assertNotIn("saved", report)
        self.assertFalse((self.home / ".config").exists())

    def test_a_place_that_cannot_be_written_is_told_after_the_result(self):
        bucket = self.bucket("s3")
        self.file(".config/sluice/config.measured.toml", b"something = 'else'\n")
        done = self.run_("bench", bucket, *TINY, "--json")
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertNotIn("saved", json_lines(done.stdout)[0])
        self.assertEqual(self.keys(bucket), [])

    def test_a_bad_value_that_was_saved_stops_nothing(self):
        bucket = self.bucket("s3")
        self.file(".config/sluice/config.measured.toml",
                  f'[[store]]\nscheme = "s3"\nendpoint = "{self.server.url}"\nregion = "us-east-1"\nmeasured = "then"\n'
                  'concurrency = "0"\npart_size = "~8M"\n'.encode())
        done = self.run_("cp", self.file("source", b"x"), bucket + "k")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(b"config.measured.toml:6: concurrency is left out", done.stderr)
        self.assertEqual(self.setting("part_size", bucket)[0], "~8M")

    def test_the_text_names_steps_limits_and_knobs(self):
        said = self.ok("bench", self.bucket("s3"), *TINY).decode()
        self.assertRegex(said, r"(?m)^upload +\d+K +4 +\S+ [KMG]iB/s ")
        self.assertIn("What limits:\n  uploads of 4K: ", said)
        self.assertRegex(said, r'Measured best: concurrency = \d+, jobs = \d+, part_size = "~\d+K"\nSaved for s3:// at http')

    def test_download_only_writes_nothing(self):
        bucket = self.bucket("oss")
        self.ok("cp", self.file("a", pattern(300_000)), bucket + "dir/a")
        self.ok("cp", self.file("b", pattern(100_000)), bucket + "dir/b")
        before = self.puts("oss")
        for url in (bucket + "dir/a", bucket + "dir", bucket):
            steps = self.bench(url, "--download-only")["steps"]
            self.assertEqual({one["direction"] for one in steps}, {"download"})
            small, part = sorted({one["bytes"] for one in steps})
            self.assertEqual(small, 4096)
            self.assertLessEqual(part, 256 << 10)
        steps = self.bench(bucket + "dir/b", "--download-only")["steps"]
        self.assertEqual({one["bytes"] for one in steps}, {4096, 100_000})
        self.assertEqual(self.puts("oss"), before)
        self.assertEqual(self.keys(bucket), ["dir/a", "dir/b"])
        self.fails(4, "bench", bucket + "nothing", "--download-only")

    def test_refusals_have_their_exit_codes(self):
        bucket = self.bucket("s3")
        self.fails(4, "bench", "s3://bucket-of-nobody", *TINY)
        self.fails(7, "bench", bucket, *TINY, env=self.environment(AWS_SECRET_ACCESS_KEY="wrongwrongwrong"))
        self.fails(2, "bench", "s3://", *TINY)
        self.fails(2, "bench", "file", *TINY)
        for words in (("--seconds", "0"), ("--seconds", "x"), ("--max-data", "1"), ("-c", "0"), ("--part-size", "1G")):
            self.fails(2, "bench", bucket, *words)
        self.fails(5, "bench", bucket, *TINY, url="http://127.0.0.1:9")
        self.assertEqual(self.keys(bucket), [])

    def test_an_error_leaves_nothing_behind(self):
        faults = self.file("faults.json", FORBIDDEN)
        server = Server(self.home / "forbidding", "--faults", faults)
        self.addCleanup(server.stop)
        for scheme in DIALECTS:
            with self.subTest(scheme):
                bucket = f"{scheme}://bucket-{scheme}-1250000000/"
                self.ok("mb", bucket, url=server.url)
                self.fails(7, "bench", bucket, *TINY, url=server.url)
                self.assertEqual(self.keys(bucket, url=server.url), [])
        self.assertFalse((self.home / ".config").exists())

    def serve(self, *rules):
        """A server of its own, and an empty bucket there."""
        server = Server(tempfile.mkdtemp(dir=self.home), "--faults", self.file("faults.json", faults(*rules)))
        self.addCleanup(server.stop)
        self.ok("mb", "s3://bucket", url=server.url)
        return server

    def test_what_could_not_be_removed_is_named_and_no_success(self):
        for name, rule in (("delete", ("delete_object", DENIED)), ("list", ("list_objects_v2", DENIED))):
            with self.subTest(name):
                url = self.serve(rule).url
                done = self.run_("bench", "s3://bucket/dir", *TINY, "--json", url=url)
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertRegex(done.stderr, rb"warning: .*sluice rm -r s3://bucket/dir/\.sluice-bench-\w{16}/")
                self.assertIn("saved", json_lines(done.stdout)[0])

    def test_what_a_failed_run_could_not_remove_is_named(self):
        url = self.serve(("put_object", {"action": "error"}), ("delete_object", DENIED)).url
        done = self.run_("bench", "s3://bucket/dir", *TINY, url=url)
        self.assertEqual(done.returncode, 5, done.stderr)
        self.assertRegex(done.stderr, rb"warning: .*sluice rm -r s3://bucket/dir/\.sluice-bench-\w{16}/")

    def test_no_bucket_holds_nothing_to_remove(self):
        self.assertNotIn("warning", self.fails(4, "bench", "s3://bucket-of-nobody", *TINY))

    def test_no_more_is_moved_than_allowed(self):
        server = self.serve()
        self.ok("bench", "s3://bucket", "--max-data", "16M", "--seconds", "0.3", "-c", "64", url=server.url)
        counted = server.counters()["dialects"]["s3"]
        moved = counted["put_object"]["bytes_in"] + counted["get_object"]["bytes_out"]
        self.assertGreater(moved, 4 << 20)
        self.assertLessEqual(moved, 16 << 20)

    def test_an_interrupted_download_speaks_of_no_removal(self):
        bucket = self.bucket("oss")
        self.ok("cp", self.file("a", pattern(100_000)), bucket + "a")
        gets = lambda: self.server.counters()["dialects"]["oss"].get("get_object", {}).get("requests", 0)
        before = gets()
        run = self.start("bench", bucket, "--download-only", "--seconds", "100", "-c", "1")
        while gets() < before + 5:
            self.assertIsNone(run.poll())
            time.sleep(0.01)
        run.send_signal(signal.SIGINT)
        _, err = run.communicate(timeout=60)
        self.assertEqual(run.returncode, 130, err)
        self.assertNotIn(b"removed", err)
        self.assertEqual(self.keys(bucket), ["a"])

    def test_a_signal_leaves_nothing_behind(self):
        for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            bucket = self.bucket("tos")
            before = self.puts("tos")
            run = self.start("bench", bucket, "--seconds", "100", "--json", "-c", "4")
            while self.puts("tos") < before + 5:
                self.assertIsNone(run.poll())
                time.sleep(0.01)
            run.send_signal(number)
            out, err = run.communicate(timeout=60)
            self.assertEqual(run.returncode, code, err)
            self.assertEqual(json_lines(out)[-1]["event"], "interrupted")
            self.assertIn(b"removed", err)
            self.assertEqual(self.keys(bucket), [])


if __name__ == "__main__":
    import unittest
    unittest.main()
