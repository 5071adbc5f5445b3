"""sluice serve as a script meets it."""

import json
import os
import re
import signal
import stat
import subprocess

from command import PROGRAM, Case, Server, clean_environment, die_with_parent


class Serve(Case):
    def start_server(self, *words):
        run = subprocess.Popen([PROGRAM, "serve", *map(str, words)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, env=clean_environment(self.home), cwd=self.home, preexec_fn=die_with_parent)
        self.addCleanup(run.kill)
        return run, run.stdout.readline().decode()

    def end(self, run, number=signal.SIGTERM):
        run.send_signal(number)
        out, err = run.communicate(timeout=20)
        return run.returncode, out, err.decode()

    def test_it_prints_one_line_and_ends_cleanly(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            run, ready = self.start_server("--root", "store", "--port", "0", "--admin-port", "0")
            self.assertRegex(ready, r"^sluice serve: listening on http://127\.0\.0\.1:\d+ \(admin http://127\.0\.0\.1:\d+\)\n$")
            self.assertEqual(self.end(run, number)[:2], (0, b""))

    def test_it_makes_a_pair_of_keys_and_says_where(self):
        run, _ = self.start_server("--root", "store")
        status, _, err = self.end(run)
        keys = self.home / "store/keys"
        self.assertEqual(status, 0)
        self.assertIn("store/keys", err)
        self.assertEqual(stat.S_IMODE(keys.stat().st_mode), 0o600)
        pair = json.loads(keys.read_text())["users"][0]
        self.assertNotIn(pair["secret_key"], err)

        server, ready = self.start_server("--root", "store")
        url = re.search(r"http://\S+", ready).group()
        env = clean_environment(self.home, AWS_ACCESS_KEY_ID=pair["access_key"], AWS_SECRET_ACCESS_KEY=pair["secret_key"])
        self.assertEqual(self.run_("ls", "s3://", env=env, url=url).returncode, 0)
        self.end(server)

    def test_what_was_stored_is_there_after_a_restart(self):
        server = Server(self.home / "kept")
        self.ok("mb", "cos://bucket-1250000000", url=server.url)
        self.ok("cp", self.file("f", b"kept"), "cos://bucket-1250000000/k", url=server.url)
        self.assertEqual(server.stop(), 0)
        server = Server(self.home / "kept")
        self.addCleanup(server.stop)
        self.assertEqual(self.ok("cat", "cos://bucket-1250000000/k", url=server.url), b"kept")

    def test_a_port_of_one_dialect(self):
        run, ready = self.start_server("--root", "store", "--listen", "oss=0", "--access-key", "AK", "--secret-key", "SK-0123456789")
        found = re.search(r"oss (http://127\.0\.0\.1:\d+)", ready)
        self.assertTrue(found, ready)
        env = clean_environment(self.home, OSS_ACCESS_KEY_ID="AK", OSS_ACCESS_KEY_SECRET="SK-0123456789")
        self.assertEqual(self.run_("ls", "oss://", env=env, url=found.group(1)).returncode, 0)
        self.end(run)

    def test_mistakes(self):
        busy = re.search(r":(\d+)$", self.server.url).group(1)
        for code, words in ((2, []), (2, ["--root", "s", "--port", "70000"]), (2, ["--root", "s", "--listen", "gs=1"]),
                            (2, ["--root", "s", "--access-key", "AK"]), (2, ["--root", "s", "--dialect", "x"]),
                            (2, ["--root", "s", "--tls-cert", "c"]), (2, ["--root", "s", "--threads", "x"])):
            with self.subTest(words=words):
                self.fails(code, "serve", *words)
        for words in (["--root", "s", "--port", busy], ["--root", "/proc/nowhere"], ["--root", "s2", "--keys", "missing"],
                      ["--root", "s3", "--faults", "missing"]):
            with self.subTest(words=words):
                done = self.run_("serve", *words)
                self.assertNotIn(done.returncode, (0, 70), done.stderr)
                self.assertTrue(done.stderr.startswith(b"sluice: "), done.stderr)
                self.assertEqual(done.stdout, b"")


if __name__ == "__main__":
    import unittest
    unittest.main()
