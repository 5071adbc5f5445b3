"""sync, migrate and jobs: what is copied, what is left alone, what is never deleted, and how a job goes on."""

import json
import os
import signal
import time

from command import DIALECTS, Case, Server, json_lines, pattern

MIB = 1 << 20


class Base(Case):
    def tree(self, root):
        return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}

    def keys(self, url, server=None):
        return {line["key"] for line in json_lines(self.ok("ls", "-r", "--json", url, url=server))}

    def fill(self, directory, names):
        for name, content in names.items():
            # Older than whatever is copied from it.
            os.utime(self.file(f"{directory}/{name}", content), (1e9, 1e9))
        return self.home / directory

    def result(self, *words, code=0, **options):
        """The numbers of a job."""
        done = self.run_(*words, "--json", **options)
        self.assertEqual(done.returncode, code, f"{words}: {done.stderr.decode()}")
        last = json_lines(done.stdout)[-1]
        self.assertEqual(last["event"], "job_result")
        self.assertEqual(last["exit_code"], code)
        return last

    def numbers(self, result):
        return {name: result[name] for name in ("copied", "same", "left", "deleted", "failed") if result[name]}

    def jobs(self):
        return json_lines(self.ok("jobs", "ls", "--json"))


class Jobs(Base):
    # -- what is copied ---------------------------------------------------------------------------

    def test_a_directory_goes_up_across_and_down_and_a_second_run_copies_nothing(self):
        content = {"a": b"1", "sub/b c": pattern(3000), "sub/deep/ключ+%20": b"3", "empty": b"", "big": pattern(20 * MIB)}
        source = self.fill("source", content)
        for scheme, other in zip(DIALECTS, list(DIALECTS)[1:] + ["oss"]):
            with self.subTest(scheme):
                one, two, down = self.bucket(scheme), self.bucket(other), self.home / scheme
                for words in (("sync", source, one + "t"), ("sync", one + "t/", two), ("migrate", one + "t/", two + "m/"),
                              ("sync", two + "m", down)):
                    self.assertEqual(self.numbers(self.result(*words)), {"copied": len(content)})
                    again = self.result(*words)
                    # Between stores the target's objects are younger than their sources: so are files.
                    self.assertEqual(self.numbers(again), {"same": len(content)}, words)
                self.assertEqual(self.tree(down), content)
                self.assertEqual(self.keys(two), set(content) | {"m/" + name for name in content})

    def test_what_has_changed_goes_again(self):
        bucket = self.bucket("oss")
        source = self.fill("source", {"size": b"1", "time": b"2", "same": b"3"})
        self.result("sync", source, bucket)
        (source / "size").write_bytes(b"11")
        (source / "time").write_bytes(b"x")
        os.utime(source / "time", (time.time() + 100, time.time() + 100))
        planned = json_lines(self.ok("sync", source, bucket, "--dry-run", "--json"))
        self.assertEqual({(step["action"], step["why"], step["name"]) for step in planned},
                         {("copy", "size", "size"), ("copy", "newer", "time")})
        self.assertEqual(self.ok("cat", bucket + "size"), b"1")
        self.assertEqual(self.numbers(self.result("sync", source, bucket, "--size-only")), {"copied": 1, "same": 2})
        self.assertEqual(self.numbers(self.result("sync", source, bucket, "--no-clobber")), {"left": 3})
        self.assertEqual(self.numbers(self.result("sync", source, bucket)), {"copied": 1, "same": 2})
        self.assertEqual(self.ok("cat", bucket + "time"), b"x")

    def test_checksums_tell_what_times_do_not(self):
        for scheme, other in zip(DIALECTS, list(DIALECTS)[1:] + ["oss"]):
            with self.subTest(scheme):
                bucket, across = self.bucket(scheme), self.bucket(other)
                source = self.fill("source", {"a": b"1", "b": b"2", "empty": b""})
                self.result("sync", source, bucket)
                self.result("sync", bucket, across)
                self.fill("source", {"b": b"3"})  # as old and as long as before
                os.utime(source / "a")
                self.assertEqual(self.numbers(self.result("sync", "--checksum", source, bucket)), {"copied": 1, "same": 2})
                self.assertEqual(self.ok("cat", bucket + "b"), b"3")
                again = self.numbers(self.result("sync", "--checksum", bucket, across))
                self.assertEqual(again, {"copied": 1, "same": 2})
                self.assertEqual(self.numbers(self.result("sync", "--checksum", across, source)), {"same": 3})

    def test_update_leaves_alone_what_is_newer_at_the_target(self):
        bucket = self.bucket("cos")
        source = self.fill("source", {"a": b"old"})
        os.utime(source / "a", (1e9, 1e9))
        self.ok("cp", self.file("other", b"younger"), bucket + "a")
        self.assertEqual(self.numbers(self.result("sync", "-u", source, bucket)), {"left": 1})
        self.assertEqual(self.numbers(self.result("sync", source, bucket)), {"copied": 1})

    # -- what is deleted --------------------------------------------------------------------------

    def filled_target(self, scheme="s3", names=("keep", "extra", "dir/extra2", "keep2")):
        bucket = self.bucket(scheme)
        self.result("sync", self.fill("everything", {name: name.encode() for name in names}), bucket)
        return bucket

    def test_delete_takes_what_the_target_has_alone(self):
        for scheme in DIALECTS:
            with self.subTest(scheme):
                bucket = self.filled_target(scheme)
                source = self.fill("some", {"keep": b"keep", "keep2": b"keep2", "new": b"new"})
                self.assertEqual(self.numbers(self.result("sync", source, bucket)), {"copied": 1, "same": 2, "left": 2})
                self.assertEqual(self.numbers(self.result("sync", "--delete", source, bucket)), {"same": 3, "deleted": 2})
                self.assertEqual(self.keys(bucket), {"keep", "keep2", "new"})

    def test_delete_of_files_takes_their_empty_directories_along(self):
        bucket = self.filled_target()
        down = self.fill("down", {"dir/extra": b"", "dir/sub/extra": b"", "other/extra": b"", "keep": b"keep", "l": b""})
        self.assertEqual(self.result("sync", "--delete", "--max-delete", "4", bucket, down)["deleted"], 4)
        self.assertEqual(set(self.tree(down)), {"keep", "extra", "dir/extra2", "keep2"})
        self.assertEqual({path.name for path in down.iterdir()}, {"keep", "keep2", "extra", "dir"})

    def test_an_empty_or_missing_source_deletes_nothing(self):
        bucket = self.filled_target()
        before = self.keys(bucket)
        (self.home / "empty").mkdir()
        result = self.result("sync", "--delete", "--max-delete", "100%", self.home / "empty", bucket, code=8)
        self.assertIn("the source is empty", result["notes"][0])
        other = self.bucket("oss")
        result = self.result("sync", "--delete", "--max-delete", "1000", other + "nothing/", bucket, code=8)
        self.fails(4, "sync", "--delete", self.home / "missing", bucket)
        self.fails(4, "sync", "--delete", "s3://no-such-bucket-1250000000/", bucket)
        self.assertEqual(self.keys(bucket), before)

    def test_no_more_than_max_delete_goes_and_half_unless_given(self):
        bucket = self.filled_target()
        source = self.fill("one", {"keep": b"keep"})
        result = self.result("sync", "--delete", source, bucket, code=8)
        self.assertIn("3 of 4 would go, and the limit is 50% (--max-delete)", result["notes"][0])
        self.result("sync", "--delete", "--max-delete", "2", source, bucket, code=8)
        self.assertEqual(len(self.keys(bucket)), 4)
        self.assertEqual(self.result("sync", "--delete", "--max-delete", "3", source, bucket)["deleted"], 3)
        self.assertEqual(self.keys(bucket), {"keep"})
        self.fails(2, "sync", "--delete", "--max-delete", "many", source, bucket, says="--max-delete")

    def test_links_are_told_and_left_out(self):
        bucket = self.bucket("s3")
        source = self.fill("source", {"a": b"1"})
        os.symlink("/nowhere", source / "link")
        done = self.run_("sync", source, bucket)
        self.assertEqual(done.returncode, 0)
        self.assertIn("skipped link: symbolic link", done.stderr.decode())

    def test_what_a_filter_leaves_out_is_neither_copied_nor_deleted(self):
        bucket = self.filled_target(names=("keep", "a.log", "dir/b.log", "extra", "more"))
        source = self.fill("source", {"keep": b"keep", "c.log": b"", "more": b"more", "tmp/x": b"", "big": b"x" * 2000})
        result = self.result("sync", "--delete", "--exclude", "*.log", "--exclude", "/tmp/", "--max-size", "1K", source, bucket)
        self.assertEqual(self.numbers(result), {"same": 2, "deleted": 1})
        self.assertEqual(self.keys(bucket), {"keep", "a.log", "dir/b.log", "more"})
        only = self.result("sync", "--delete", "--include", "dir/**", "--max-delete", "100%", source, bucket)
        self.assertEqual(self.numbers(only), {"deleted": 1})
        self.assertEqual(self.keys(bucket), {"keep", "a.log", "more"})
        self.fails(2, "sync", "--exclude", "[", source, bucket, says="--exclude")

    # -- names and ends ---------------------------------------------------------------------------

    def test_what_cannot_be_is_refused_before_anything_moves(self):
        bucket = self.bucket("s3")
        source = self.fill("source", {"a": b"1"})
        for words, code in ((("sync", source, self.home / "b"), 2), (("sync", "-", bucket), 2),
                            (("sync", source / "a", bucket), 4), (("sync", bucket, self.home / "source" / "a"), 2),
                            (("sync", bucket, bucket), 2), (("sync", "--delete", bucket + "a/", bucket + "a/b/"), 2),
                            (("migrate", source, bucket), 2), (("sync", "--acl", "private", bucket, self.home / "x"), 2),
                            (("sync", source, "s3://"), 2)):
            self.fails(code, *words)
        self.assertEqual(self.jobs(), [])

    # -- which names -------------------------------------------------------------------------------

    def test_names_come_from_a_file(self):
        source = self.fill("source", {"a": b"1", "dir/b c": b"2", "new\nline": b"3", "d": b"4"})
        for scheme in ("oss", "qs"):
            with self.subTest(scheme):
                bucket = self.bucket(scheme)
                lines = self.file("lines", b"# no name\ndir/b c\n./a\n\na\n")
                self.assertEqual(self.numbers(self.result("sync", "--files-from", lines, source, bucket)), {"copied": 2})
                self.assertEqual(self.keys(bucket), {"a", "dir/b c"})
                nul = self.file("nul", b"new\nline\0a\0")
                self.assertEqual(self.numbers(self.result("sync", "--files-from", nul, "-0", source, bucket)),
                                 {"copied": 1, "same": 1})
                # A name that is not there is told, and what is there goes.
                gone = self.file("gone", b"nothing\nd\n")
                self.assertEqual(self.result("sync", "--files-from", gone, source, bucket, code=1)["unread"], 1)
                self.assertEqual(self.keys(bucket), {"a", "dir/b c", "new\nline", "d"})
                self.fails(2, "sync", "--delete", "--files-from", lines, source, bucket, says="--files-from")

    def test_a_kept_listing_takes_the_place_of_listing(self):
        for scheme in DIALECTS:
            with self.subTest(scheme):
                bucket, other = self.bucket(scheme), self.bucket("s3")
                self.result("sync", self.fill("source", {"p/a": b"1", "p/b": b"2", "q": b"3"}), bucket)
                self.ok("ls", "--save-listing", f"list-{scheme}", bucket + "p/")
                self.ok("cp", self.file("later", b"4"), bucket + "p/later")
                kept = self.result("sync", "--listing", f"list-{scheme}", bucket + "p/", other)
                self.assertEqual(self.numbers(kept), {"copied": 2})
                self.assertEqual(self.keys(other), {"a", "b"})
                self.fails(2, "sync", "--listing", f"list-{scheme}", bucket + "q/", other, says="not of")

    # -- plans --------------------------------------------------------------------------------------

    def test_a_plan_is_carried_out_and_nothing_else(self):
        for scheme in DIALECTS:
            with self.subTest(scheme):
                bucket = self.filled_target(scheme)
                source = self.fill("source-" + scheme, {"keep": b"keep", "keep2": b"22", "new": b"n", "later": b"l"})
                plan = self.home / "plan.ndjson"
                with open(plan, "wb") as out:
                    self.run_("plan", "--delete", source.name, bucket, stdout=out)
                lines = json_lines(plan.read_bytes())
                self.assertEqual({(line["action"], line["name"]) for line in lines[1:-1]},
                                 {("copy", "keep2"), ("copy", "new"), ("copy", "later"), ("delete", "extra"),
                                  ("delete", "dir/extra2")})
                self.assertEqual(lines[-1], {"end": True, "copies": 3, "deletes": 2, "bytes": 4, "source": 4, "target": 4})
                self.assertEqual(len(self.keys(bucket)), 4)
                # A line that was taken out is not done, and what has come since is not seen.
                plan.write_bytes(b"".join(line for line in plan.read_bytes().splitlines(True) if b"extra2" not in line))
                self.fill(source.name, {"since": b"x"})
                (self.home / "elsewhere").mkdir(exist_ok=True)
                result = self.result("apply", "../plan.ndjson", "--report", "r", cwd=self.home / "elsewhere")
                self.assertEqual(self.numbers(result), {"copied": 3, "deleted": 1})
                self.assertEqual(self.keys(bucket), {"keep", "keep2", "new", "later", "dir/extra2"})
                self.assertTrue((self.home / "elsewhere/r/summary.json").exists())

    def test_what_has_changed_since_the_plan_fails_and_is_named(self):
        bucket = self.bucket("s3")
        source = self.fill("source", {"a": b"1", "b": b"2"})
        plan = self.file("plan", self.ok("plan", source, bucket))
        (source / "a").write_bytes(b"x")
        self.assertEqual(self.numbers(self.result("apply", plan, code=1)), {"copied": 1, "failed": 1})
        self.assertEqual(self.keys(bucket), {"b"})
        down = self.file("plan2", self.ok("plan", bucket, self.home / "down"))
        self.ok("cp", self.file("other", b"3"), bucket + "b")
        self.assertEqual(self.numbers(self.result("apply", down, code=1)), {"failed": 1})

    def test_half_a_plan_is_no_plan(self):
        bucket = self.bucket("s3")
        whole = self.ok("plan", self.fill("source", {"a": b"1", "b": b"2"}), bucket).splitlines(True)
        for lines in (whole[:-1], whole[1:], [], [b"{}\n"], [whole[0], b"not json\n", *whole[1:]],
                      [whole[0], whole[2], whole[1], whole[3]], [*whole[:-1], whole[-1][:-2]]):
            self.fails(2, "apply", self.file("plan", b"".join(lines)))
        self.fails(4, "apply", self.home / "nothing")
        self.assertEqual(self.keys(bucket), set())

    # -- jobs -------------------------------------------------------------------------------------

    def test_a_report_tells_what_became_of_each_object(self):
        bucket = self.filled_target("tos")
        source = self.fill("mixed", {"keep": b"keep", "keep2": b"changed", "new": b"new"})
        result = self.result("sync", "--delete", source, bucket, "--report", self.home / "report")
        lines = json_lines((self.home / "report/report.ndjson").read_bytes())
        self.assertEqual({(line["result"], line["name"], line["why"]) for line in lines},
                         {("copied", "keep2", "size"), ("copied", "new", "missing"), ("deleted", "extra", "extra"),
                          ("deleted", "dir/extra2", "extra")})
        crc = {line["name"]: line.get("crc64") for line in lines}
        self.assertEqual(crc["new"], json_lines(self.ok("hash", self.home / "mixed/new", "--json"))[0]["value"])
        self.assertEqual(json.loads((self.home / "report/summary.json").read_text()), result)

    def test_jobs_are_shown_and_forgotten(self):
        bucket = self.bucket("s3")
        source = self.fill("source", {"a b": b"1"})
        done = self.result("sync", source, bucket)
        listed = self.jobs()
        self.assertEqual([(job["id"], job["state"], job["copied"]) for job in listed], [(done["id"], "done", 1)])
        text = self.ok("jobs", "show", done["id"][-4:]).decode()
        self.assertIn("state     done", text)
        self.assertIn(f"command   sluice sync {source} {bucket} --json", text)
        self.fails(2, "jobs", "resume", done["id"], says="has ended")
        self.fails(2, "jobs", "show", "zzzz", says="no job")
        self.ok("jobs", "gc")
        self.assertEqual(len(self.jobs()), 1)
        self.ok("jobs", "gc", "--older-than", "0s")
        self.assertEqual(self.jobs(), [])
        self.assertEqual(self.keys(bucket), {"a b"})


class Trouble(Base):
    """With a store that does wrong."""

    def faulty(self, *rules):
        faults = self.file("faults.json", json.dumps({"seed": 1, "rules": list(rules)}).encode())
        server = Server(self.home / f"store{time.monotonic_ns()}", "--faults", faults)
        self.addCleanup(server.stop)
        return server

    def test_what_fails_is_named_kept_and_tried_again(self):
        server = self.faulty({"operation": "put_object", "key_prefix": "bad", "count": 1, "action": "error",
                              "status": 403, "code": "AccessDenied"})
        bucket = "s3://bucket-1250000000/"
        self.ok("mb", bucket, url=server.url)
        source = self.fill("source", {"bad": b"1", "good": b"2"})
        failed = self.result("sync", "--delete", source, bucket, code=1, url=server.url)
        self.assertEqual(self.numbers(failed), {"copied": 1, "failed": 1})
        self.assertEqual([job["state"] for job in self.jobs()], ["partial"])
        shown = json_lines(self.ok("jobs", "show", failed["id"], "--json"))
        self.assertEqual([(line["class"], line["name"]) for line in shown[1:]], [("denied", "bad")])
        self.fails(2, "jobs", "retry", failed["id"], "--class", "unknown")
        none = self.result("jobs", "retry", failed["id"], "--class", "throttled", code=1)
        self.assertEqual(none["failed"], 1)
        self.assertEqual(self.numbers(self.result("jobs", "retry", failed["id"], "--class", "denied")), {"copied": 2})
        self.assertEqual([job["state"] for job in self.jobs()], ["done"])
        self.assertEqual(self.ok("cat", bucket + "bad", url=server.url), b"1")

    def test_a_failure_keeps_what_would_be_deleted(self):
        server = self.faulty({"operation": "put_object", "key_prefix": "bad", "action": "error", "status": 403,
                              "code": "AccessDenied"})
        bucket = "s3://bucket-1250000000/"
        self.ok("mb", bucket, url=server.url)
        self.result("sync", self.fill("all", {"a": b"1", "b": b"2", "c": b"3"}), bucket, url=server.url)
        result = self.result("sync", "--delete", self.fill("less", {"a": b"1", "b": b"2", "bad": b""}), bucket, code=1,
                             url=server.url)
        self.assertEqual(result["deleted"], 0)
        self.assertIn("1 objects failed", result["notes"][0])
        self.assertEqual(self.keys(bucket, server.url), {"a", "b", "c"})

    def test_a_source_that_vanishes_is_no_failure(self):
        server = self.faulty({"operation": "put_object", "action": "delay", "ms": 50})
        bucket = "s3://bucket-1250000000/"
        self.ok("mb", bucket, url=server.url)
        source = self.fill("source", {f"f{number:04}": b"x" for number in range(60)})
        run = self.start("sync", source, bucket, "-c", "1", "--workers", "1", "--json", url=server.url)
        self.wait_for_objects(run, 1)
        (source / "f0059").unlink()
        out, err = run.communicate(timeout=60)
        result = json_lines(out)[-1]
        self.assertEqual(run.returncode, 0, err)
        self.assertEqual((result["copied"], result["vanished"], result["failed"]), (59, 1, 0))

    def puts(self, server):
        return server.counters()["dialects"].get("s3", {}).get("put_object", {}).get("requests", 0)

    def wait_for_objects(self, run, objects):
        for line in iter(run.stdout.readline, b""):
            event = json.loads(line)
            if event["event"] == "progress" and event["objects_done"] >= objects:
                return
        self.fail(run.stderr.read())

    def killed(self, server, number, words, objects=2000):
        """Signals a job when a part of it is done."""
        run = self.start(*words, "--json", url=server.url)
        self.wait_for_objects(run, objects)
        run.send_signal(number)
        run.communicate(timeout=60)
        return run.returncode

    def test_a_job_that_is_killed_or_stopped_goes_on_and_sends_little_again(self):
        count = 12000
        server = self.faulty({"operation": "put_object", "action": "delay", "ms": 5})
        source = self.fill("source", {f"d{n % 10}/f{n:05}": b"x" * 100 for n in range(count)})
        for how, code in ((signal.SIGKILL, -9), (signal.SIGINT, 130), (signal.SIGTERM, 143)):
            with self.subTest(how):
                bucket = f"s3://bucket-{how}-1250000000/"
                self.ok("mb", bucket, url=server.url)
                before = self.puts(server)
                words = ("sync", source, bucket, "-c", "16")
                self.assertEqual(self.killed(server, how, words, 8000), code)
                stopped = [job for job in self.jobs() if job["state"] == "stopped"]
                self.assertEqual(len(stopped), 1)
                done = self.result(*words, url=server.url) if how == signal.SIGKILL else \
                    self.result("jobs", "resume", stopped[0]["id"])
                self.assertEqual(done["id"], stopped[0]["id"])
                self.assertEqual(done["failed"], 0)
                self.assertEqual(len(self.keys(bucket, server.url)), count)
                sent = self.puts(server) - before
                self.assertLessEqual(sent, count + 600)
                # The names before the position are not compared again: a few thousand are at most.
                self.assertLess(done["copied"] + done["same"], count + 4600)

    def test_two_processes_do_not_run_one_job(self):
        server = self.faulty({"operation": "put_object", "action": "delay", "ms": 1000})
        bucket = "s3://bucket-1250000000/"
        self.ok("mb", bucket, url=server.url)
        source = self.fill("source", {f"f{n}": b"x" for n in range(40)})
        run = self.start("sync", source, bucket, "-c", "1", "--json", url=server.url)
        job = json.loads(run.stdout.readline())
        self.fails(3, "sync", source, bucket, url=server.url, says=f"running in process {run.pid}")
        self.assertEqual(self.jobs()[0]["state"], "running")
        self.ok("jobs", "cancel", job["id"])
        run.communicate(timeout=60)
        self.assertEqual(run.returncode, 143)
        self.assertEqual(self.jobs()[0]["state"], "stopped")
        self.ok("jobs", "cancel", job["id"])
        self.assertEqual(self.jobs()[0]["state"], "cancelled")

    def test_a_damaged_database_is_named_and_costs_nothing_but_the_place(self):
        bucket = self.bucket("s3")
        source = self.fill("source", {"a": b"1"})
        done = self.result("sync", source, bucket)
        database = self.home / ".local/state/sluice/jobs" / (done["id"] + ".db")
        database.write_bytes(b"x" * 5000)
        self.assertEqual(self.numbers(self.result("sync", source, bucket)), {"same": 1})
