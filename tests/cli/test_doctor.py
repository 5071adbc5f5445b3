"""doctor: each thing that may stand between this machine and a store, met on this machine alone."""

import datetime
import http.server
import resource
import socket
import subprocess
import threading

from command import DIALECTS, Case, Server, die_with_parent, json_lines

CHECKS = ["configuration", "credentials", "tuning", "processor", "files", "memory", "state", "dns", "endpoint", "clock",
          "store", "region"]


class WrongClock(http.server.BaseHTTPRequestHandler):
    """A store that lives 20 minutes later, and takes no request that was signed at another time."""

    AHEAD = datetime.timedelta(minutes=20)

    def now(self):
        return datetime.datetime.now(datetime.timezone.utc) + self.AHEAD

    def date_time_string(self, timestamp=None):
        return self.now().strftime("%a, %d %b %Y %H:%M:%S GMT")

    def do_HEAD(self):
        signed = self.headers.get("x-amz-date")
        at = datetime.datetime.strptime(signed + "+0000", "%Y%m%dT%H%M%SZ%z") if signed else None
        right = at and abs(self.now() - at) < datetime.timedelta(minutes=15)
        self.send_response(200 if right else 403)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_HEAD

    def log_message(self, *words):
        pass


class Doctor(Case):
    def checks(self, code, *words, **options):
        """{check: (result, message)}"""
        done = self.run_("doctor", *words, "--json", **options)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return {row["name"]: (row["result"], row["message"]) for row in json_lines(done.stdout)}

    def test_every_check_has_its_line_in_every_store(self):
        for scheme in DIALECTS:
            with self.subTest(scheme):
                bucket = self.bucket(scheme)
                found = self.checks(0, bucket)
                self.assertEqual(list(found), CHECKS)
                self.assertNotIn("failed", {result for result, _ in found.values()})
                for name in ("credentials", "tuning", "state", "dns", "endpoint", "clock", "store", "region"):
                    self.assertEqual(found[name][0], "ok", found[name])
                self.assertRegex(found["endpoint"][1], r"^127\.0\.0\.1: connected in [\d.]+ ms, answers in [\d.]+ ms$")
                self.assertEqual(list(self.checks(0, f"{scheme}://")), CHECKS)

    def test_a_clock_that_is_off_is_a_warning_that_says_by_how_much(self):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), WrongClock)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        self.addCleanup(lambda: (server.shutdown(), thread.join(), server.server_close()))
        found = self.checks(0, "s3://bucket", url=f"http://127.0.0.1:{server.server_port}")
        self.assertEqual(found["clock"][0], "warning")
        self.assertIn("20 min behind the store's: set it", found["clock"][1])
        self.assertEqual(found["store"][0], "ok", "requests are signed with the store's time")

    def test_where_nobody_listens_the_store_is_not_asked(self):
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            found = self.checks(5, "s3://bucket", url=f"http://127.0.0.1:{closed.getsockname()[1]}")
        self.assertEqual(list(found), CHECKS[:CHECKS.index("endpoint") + 1])
        self.assertEqual(found["endpoint"][0], "failed")
        self.assertIn("check the endpoint, the network", found["endpoint"][1])

    def test_a_certificate_that_nobody_vouches_for_and_one_that_is_known(self):
        certificate, key = self.dir / "cert.pem", self.dir / "key.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                        "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
                       check=True, capture_output=True)
        server = Server(self.dir / "tls", "--tls-cert", certificate, "--tls-key", key)
        self.addCleanup(server.stop)
        found = self.checks(3, "s3://", url=server.url)
        self.assertEqual(found["endpoint"][0], "failed")
        self.assertIn("--ca", found["endpoint"][1])
        found = self.checks(0, "s3://", "--ca", certificate, url=server.url)
        self.assertIn("TLS in", found["endpoint"][1])

    def test_a_wrong_region_is_named_with_the_right_one(self):
        bucket = self.bucket("s3")
        found = self.checks(0, bucket, "--region", "eu-west-1")
        self.assertEqual(found["region"][0], "warning")
        self.assertIn("in us-east-1, and not in eu-west-1: give --region us-east-1", found["region"][1])
        for scheme in ("oss", "tos"):
            with self.subTest(scheme):
                done = self.run_("doctor", self.bucket(scheme), "--region", "cn-elsewhere")
                self.assertNotEqual(done.returncode, 0)
                self.assertIn(DIALECTS[scheme].region, done.stdout.decode().splitlines()[-1])

    def test_limits_of_open_files_are_raised_as_far_as_they_go(self):
        bucket = self.bucket("s3")

        def limit(soft, hard):
            def before():
                die_with_parent()
                resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            return {"preexec_fn": before}
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        self.assertEqual(self.checks(0, bucket, **limit(100, most))["files"][0], "ok")
        result, message = self.checks(0, bucket, **limit(100, 200))["files"]
        self.assertEqual(result, "warning")
        self.assertRegex(message, r"^200 may be open, and a run may want \d+: raise the hard limit \(ulimit -Hn")
        self.assertEqual(self.checks(0, bucket, "-c", "16", "-j", "4", **limit(100, 200))["files"][0], "ok")

    def test_a_place_for_saved_state_that_is_none(self):
        place = self.file("file", b"") / "state"
        found = self.checks(3, self.bucket("s3"), "--state-dir", place)
        self.assertEqual(found["state"][0], "failed")
        self.assertIn("--state-dir", found["state"][1])
        self.assertEqual(found["store"][0], "ok", "what does not need it goes on")

    def test_a_bad_number_is_told_once(self):
        done = self.run_("doctor", self.bucket("s3"), "-c", "many")
        self.assertEqual(done.returncode, 2)
        self.assertEqual(done.stdout.count(b"no whole number"), 1)

    def test_each_check_is_one_line_of_text(self):
        lines = self.ok("doctor", self.bucket("s3")).decode().splitlines()
        self.assertEqual([line.split()[1] for line in lines], CHECKS)


if __name__ == "__main__":
    import unittest
    unittest.main()
