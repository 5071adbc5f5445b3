"""cp of a web server's URL into a store: whole or not at all, and no secret of the URL is said."""

import base64
import http.server
import threading

from command import DIALECTS, Case, json_lines, pattern

MIB = 1 << 20
LARGE = pattern(13 * MIB)
USER = "user:hush-password"


class Site(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path, _, query = self.path.partition("?")
        asked.append(self.path)
        if path == "/moved":
            self.answer(302, b"", Location=f"large.bin?{query}")
        elif path == "/guarded" and self.headers["Authorization"] != "Basic " + base64.b64encode(USER.encode()).decode():
            self.answer(401, b"")
        elif path.endswith("/large.bin"):
            self.answer(200, LARGE, **{"Content-Type": "text/x-large"})
        elif path == "/short":
            self.answer(200, LARGE[:1000], **{"Content-Length": "5000"})
            self.close_connection = True
        elif path in ("/404", "/403", "/500"):
            self.answer(int(path[1:]), b"words of the server")
        else:
            self.answer(200, b"a page")

    def answer(self, status, body, **headers):
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request, address):
        pass  # clients leave when they like


asked = []


class Web(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        web = Server(("127.0.0.1", 0), Site)
        thread = threading.Thread(target=web.serve_forever, daemon=True)
        thread.start()
        cls.addClassCleanup(web.server_close)
        cls.addClassCleanup(web.shutdown)
        cls.host = f"127.0.0.1:{web.server_port}"
        cls.site = f"http://{cls.host}/"

    def test_what_it_sends_is_stored_with_its_type_in_every_dialect(self):
        for scheme, dialect in DIALECTS.items():
            with self.subTest(scheme):
                bucket = self.bucket(scheme)
                self.ok("cp", self.site + "moved?a=b", bucket + "into/", "--part-size", f"{dialect.part}M")
                self.ok("cp", self.site + "dir/large.bin?x", bucket + "into/")
                self.assertEqual(self.ok("cat", bucket + "into/moved"), LARGE)
                self.assertEqual(self.ok("cat", bucket + "into/large.bin"), LARGE)
                self.assertEqual(json_lines(self.ok("stat", "--json", bucket + "into/moved"))[0]["content_type"], "text/x-large")
                self.ok("cp", self.site + "a%20page%2Bmore", bucket, "--content-type", "text/x-own", "--meta", "a=1")
                stat = json_lines(self.ok("stat", "--json", bucket + "a page+more"))[0]
                self.assertEqual((stat["content_type"], stat["metadata"], stat["size"]), ("text/x-own", {"a": "1"}, 6))

    def test_what_does_not_come_whole_is_no_object(self):
        bucket = self.bucket("s3")
        quick = ("--max-attempts", "2")
        for page, code, says in (("404", 4, "404 NotFound"), ("403", 7, "403"), ("500", 5, "500"),
                                 ("short", 5, "broke off after 1000 bytes")):
            with self.subTest(page):
                said = self.fails(code, "cp", self.site + page + "?token=hush", bucket + "k", *quick, says=says)
                self.assertIn(self.site + page, said)
                self.assertNotIn("hush", said)
                self.fails(4, "stat", bucket + "k")
        self.fails(5, "cp", "http://127.0.0.1:1/x", bucket + "k", *quick)

    def test_a_secret_of_the_url_is_used_and_not_said(self):
        bucket = self.bucket("oss")
        url = f"http://{USER}@{self.host}/guarded?token=hush"
        done = self.run_("cp", url, bucket + "k", "--json")
        self.assertEqual((done.returncode, self.ok("cat", bucket + "k")), (0, b"a page"))
        self.assertIn("/guarded?token=hush", asked)
        self.assertEqual(json_lines(done.stdout)[-1]["source"], self.site + "guarded")
        self.assertNotIn(b"hush", done.stdout + done.stderr)
        said = self.fails(7, "cp", f"http://user:hush-wrong@{self.host}/guarded", bucket + "other")
        self.assertNotIn("hush", said)

    def test_a_dry_run_asks_nobody_and_shows_what_does_it(self):
        bucket = self.bucket("tos")
        url = self.site + "dry/large.bin?x=1"
        shown = self.ok("cp", "--dry-run", url, bucket + "into/", "--cache-control", "no-cache")
        self.assertNotIn("/dry/large.bin?x=1", asked)

        self.ok("run", self.file("list", shown), "--endpoint", self.server.url, "--region", DIALECTS["tos"].region)

        self.assertEqual(self.ok("cat", bucket + "into/large.bin"), LARGE)

    def test_what_exists_is_left_alone(self):
        for scheme in DIALECTS:
            with self.subTest(scheme):
                bucket = self.bucket(scheme)
                self.ok("cp", self.file("mine", b"mine"), bucket + "large.bin")
                self.fails(1, "cp", self.site + "large.bin", bucket, "--no-clobber", says="exist")
                self.assertEqual(self.ok("cat", bucket + "large.bin"), b"mine")


if __name__ == "__main__":
    import unittest
    unittest.main()
