"""Ctrl-C and SIGTERM: state is saved, the next run goes on, nothing half-done has a final name."""

import signal
import subprocess
import time

from command import DIALECTS, Case, Server, json_lines, pattern

MIB = 1 << 20
SLOW = b'''{"seed":1,"rules":[
  {"operation":"put_part","action":"delay","ms":200},
  {"operation":"copy_part","action":"delay","ms":200},
  {"operation":"get_object","action":"slow","bytes":20000000}]}'''


class Interrupted(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        faults = cls.dir / "faults.json"
        faults.write_bytes(SLOW)
        cls.slow = Server(cls.dir / "slow", "--faults", faults)
        cls.addClassCleanup(cls.slow.stop)

    def interrupt(self, number, *words):
        """Runs until some parts are done, then signals; answers status, stdout and stderr."""
        run = self.start(*words, "--json", "-c", "2", url=self.slow.url)
        for line in iter(run.stdout.readline, b""):
            event = json_lines(line)[0]
            if event["event"] == "progress" and event["parts_done"] >= 2:
                break
        run.send_signal(number)
        out, err = run.communicate(timeout=60)
        return run.returncode, out, err.decode()

    def slow_bucket(self, scheme):
        bucket = f"{scheme}://bucket-{scheme}-{time.monotonic_ns()}-1250000000/"
        self.ok("mb", bucket, url=self.slow.url)
        return bucket

    def test_an_upload_goes_on(self):
        content = pattern(80 * MIB)
        source = self.file("source", content)
        for scheme in DIALECTS:
            for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
                if number == signal.SIGTERM and scheme != "s3":
                    continue
                with self.subTest(scheme=scheme, signal=number):
                    bucket = self.slow_bucket(scheme)
                    words = ("cp", source, bucket + "k", "--part-size", "5M")
                    status, out, err = self.interrupt(number, *words)
                    self.assertEqual(status, code, err)
                    self.assertIn("same command again", err)
                    self.assertEqual(err.count("\n"), 1, err)
                    self.assertEqual(json_lines(out)[-1]["event"], "interrupted")
                    self.fails(4, "stat", bucket + "k", url=self.slow.url)

                    again = json_lines(self.ok(*words, "--json", url=self.slow.url))[-1]
                    self.assertGreaterEqual(again["parts_resumed"], 2)
                    self.assertEqual(again["parts_resumed"] + again["parts"], 16)
                    self.assertEqual(self.ok("cat", bucket + "k", url=self.slow.url), content)
                    parts = [one for one in self.slow.counters()["parts"] if one["bucket"] == bucket.split("/")[2]]
                    self.assertEqual(sum(one["after_acknowledged"] for one in parts), 0)
                    self.assertEqual(self.ok("uploads", "ls", bucket, url=self.slow.url), b"")

    def test_a_download_goes_on(self):
        content = pattern(80 * MIB)
        source = self.file("source", content)
        for scheme in DIALECTS:
            with self.subTest(scheme):
                bucket = self.slow_bucket(scheme)
                self.ok("cp", source, bucket + "k", url=self.slow.url)
                target = self.home / scheme
                words = ("cp", bucket + "k", target, "--part-size", "5M")
                status, out, err = self.interrupt(signal.SIGINT, *words)
                self.assertEqual(status, 130, err)
                self.assertFalse(target.exists())
                again = json_lines(self.ok(*words, "--json", url=self.slow.url))[-1]
                self.assertGreaterEqual(again["parts_resumed"], 1)
                self.assertEqual(target.read_bytes(), content)
                self.assertEqual([p.name for p in self.home.iterdir() if p.name.startswith(scheme)], [scheme])

    def test_no_resume_starts_afresh(self):
        source = self.file("source", pattern(60 * MIB))
        bucket = self.slow_bucket("s3")
        words = ("cp", source, bucket + "k", "--part-size", "5M")
        self.interrupt(signal.SIGINT, *words)
        again = json_lines(self.ok(*words, "--no-resume", "--json", url=self.slow.url))[-1]
        self.assertEqual((again["parts_resumed"], again["parts"]), (0, 12))

    def test_a_stream_says_that_it_cannot_be_resumed(self):
        bucket = self.slow_bucket("s3")
        run = self.start("cp", "-", bucket + "k", url=self.slow.url, stdin=subprocess.PIPE)
        run.stdin.write(pattern(20 * MIB))
        run.stdin.flush()
        time.sleep(0.5)  # the pipe stays open: the run waits for more, whatever it has done by now
        run.send_signal(signal.SIGINT)
        status = run.wait(30)
        err = run.stderr.read()
        for pipe in (run.stdin, run.stdout, run.stderr):
            pipe.close()
        self.assertEqual(status, 130, err)
        self.assertIn(b"cannot be resumed", err)
        self.fails(4, "stat", bucket + "k", url=self.slow.url)

    def test_a_second_signal_ends_it_at_once(self):
        faults = self.file("faults.json", b'{"seed":1,"rules":[{"operation":"put_object","action":"stall","of":"request","bytes":0}]}')
        server = Server(self.home / "stalled", "--faults", faults)
        self.addCleanup(server.stop)
        self.ok("mb", "s3://bucket-x", url=server.url)
        run = self.start("cp", self.file("source", b"x" * 1000), "s3://bucket-x/k", url=server.url)
        time.sleep(0.5)
        run.send_signal(signal.SIGINT)
        time.sleep(0.1)
        if run.poll() is None:
            run.send_signal(signal.SIGINT)
        self.assertEqual(run.wait(5), 130)
        run.stdout.close()
        run.stderr.close()

    def test_a_transfer_that_another_process_works_on_is_left_to_it(self):
        source = self.file("source", pattern(80 * MIB))
        bucket = self.slow_bucket("oss")
        words = ("cp", source, bucket + "k", "--part-size", "5M")
        first = self.start(*words, "--json", "-c", "1", url=self.slow.url)
        for line in iter(first.stdout.readline, b""):
            if json_lines(line)[0].get("parts_done", 0) >= 1:
                break
        said = self.fails(3, *words, url=self.slow.url)
        self.assertIn(str(first.pid), said)
        first.communicate(timeout=60)
        self.assertEqual(first.returncode, 0)


if __name__ == "__main__":
    import unittest
    unittest.main()
