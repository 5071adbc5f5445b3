"""A secret key stays where it was given: not in what a run prints, keeps, sends, or shows to the machine's other users."""

import base64
import http.server
import pathlib
import signal
import threading
import urllib.parse

from command import ACCESS_KEY, DIALECTS, SECRET_KEY, Case, Server, clean_environment, json_lines, pattern

TOKEN = "cliToken/of+nobody0123456789abcdefghijk"
PARTS = ("--part-size", "5M", "--threshold", "5M")


def forms(secret):
    """As it is, and as it would stand in a URL, in a header, in a dump."""
    plain = secret.encode()
    return {plain, urllib.parse.quote(secret, safe="").encode(), base64.b64encode(plain), plain.hex().encode()}


class Recorder(http.server.BaseHTTPRequestHandler):
    """Refuses every request and keeps all that it said."""

    def refuse(self):
        self.server.heard.append(self.requestline.encode() + bytes(self.headers) + self.rfile.read(
            int(self.headers.get("Content-Length") or 0)))
        self.send_response(403)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = refuse

    def log_message(self, *words):
        pass


class Secrets(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        faults = cls.dir / "faults.json"
        faults.write_bytes(b'{"seed":1,"rules":[{"operation":"put_part","action":"delay","ms":200}]}')
        cls.slow = Server(cls.dir / "slow", "--faults", faults)
        cls.addClassCleanup(cls.slow.stop)

    def unsaid(self, data, where, secrets=(SECRET_KEY,)):
        for secret in secrets:
            for form in forms(secret):
                self.assertNotIn(form, data, where)

    def watched(self, *words, stdin=b"", secrets=(SECRET_KEY,), **options):
        """Runs to the end; answers the exit code. `ps` and both outputs must not know the secrets."""
        run = self.start(*words, stdin=-1, **options)
        self.unsaid(pathlib.Path(f"/proc/{run.pid}/cmdline").read_bytes(), words, secrets)
        out, err = run.communicate(stdin, timeout=60)
        self.unsaid(out + err, words, secrets)
        return run.returncode

    def unsaid_in_files(self, folder):
        seen = 0
        for path in folder.rglob("*"):
            if path.is_file():
                seen += 1
                self.unsaid(str(path).encode() + path.read_bytes(), path)
        self.assertGreater(seen, 0)

    def test_no_command_tells_the_secret_in_any_dialect(self):
        for scheme, dialect in DIALECTS.items():
            with self.subTest(scheme):
                bucket = self.bucket(scheme)
                source = self.file("source", pattern(11 << 20))
                self.file("list", f"stat {bucket}k\nfrob\nrm {bucket}nothing\n".encode())
                wrong = self.environment(**{dialect.access: "AKNOBODY"})
                for code, words, options in (
                        (0, ["cp", source, bucket + "k", *PARTS, "--json"], {}), (0, ["cp", bucket + "k", "back"], {}),
                        (0, ["cp", bucket + "k", bucket + "k2"], {}), (0, ["mv", bucket + "k2", bucket + "k3", "--dry-run"], {}),
                        (0, ["ls", bucket, "--json"], {}), (0, ["stat", bucket + "k"], {}), (0, ["presign", bucket + "k"], {}),
                        (0, ["pipe", bucket + "p"], {"stdin": b"x"}), (0, ["check", source, bucket + "k"], {}),
                        (0, ["uploads", "ls", bucket], {}), (0, ["config", "show", bucket], {}), (0, ["config", "show", "--json"], {}),
                        (0, ["doctor", bucket], {}), (1, ["run", "list", "--endpoint", self.server.url, "--region", "r"], {}),
                        (4, ["stat", bucket + "nothing"], {}), (4, ["ls", f"{scheme}://no-such-bucket-1250000000/"], {}),
                        (7, ["ls", bucket], {"env": wrong}), (7, ["cp", source, bucket + "k"], {"env": wrong}),
                        (2, ["ls", bucket, "--nope"], {}), (5, ["ls", bucket, "--max-attempts", "1"], {"url": "http://127.0.0.1:1"})):
                    self.assertEqual(self.watched(*words, **options), code, words)

    def test_what_a_killed_run_leaves_knows_no_secret_nor_does_the_local_store(self):
        for scheme in DIALECTS:
            with self.subTest(scheme):
                bucket = f"{scheme}://bucket-killed-{scheme}-1250000000/"
                self.ok("mb", bucket, url=self.slow.url)
                source = self.file("source", pattern(40 << 20))
                run = self.start("cp", source, bucket + "k", *PARTS, "-c", "1", "--json", url=self.slow.url)
                for line in run.stdout:
                    if json_lines(line)[0].get("parts_done", 0) >= 2:
                        break
                run.send_signal(signal.SIGKILL)
                run.communicate()
                self.assertEqual(run.returncode, -signal.SIGKILL)
                self.unsaid_in_files(self.home / ".local/state")
        self.unsaid_in_files(self.slow.root)
        self.unsaid(pathlib.Path(f"/proc/{self.slow.process.pid}/cmdline").read_bytes(), "sluice serve")

    def test_a_profiles_secret_stays_in_its_file(self):
        told = "".join(f'[profiles.{scheme}]\naccess_key = "{ACCESS_KEY}"\nsecret_key = "{SECRET_KEY}"\n' for scheme in DIALECTS)
        self.file(".config/sluice/config.toml", told.encode()).chmod(0o600)
        bare = clean_environment(self.home)
        for scheme in DIALECTS:
            with self.subTest(scheme):
                bucket = f"{scheme}://bucket-profile-{scheme}-1250000000/"
                for code, words in ((0, ["mb", bucket]), (0, ["config", "show", bucket]), (0, ["config", "ls"]), (0, ["doctor", bucket]),
                                    (0, ["config", "import", "--dry-run"]), (4, ["stat", bucket + "nothing"])):
                    self.assertEqual(self.watched(*words, env=bare), code, words)
        self.file(".config/sluice/config.toml", told.encode() + b"secret_key = unquoted\n")
        self.assertEqual(self.watched("ls", "s3://bucket", env=bare), 3)

    def test_the_secret_is_not_sent_nor_is_a_token_told(self):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        self.addCleanup(lambda: (server.shutdown(), thread.join(), server.server_close()))
        url = f"http://127.0.0.1:{server.server_address[1]}"
        tokens = {"oss": "OSS_SESSION_TOKEN", "cos": "COS_SESSION_TOKEN", "tos": "TOS_SECURITY_TOKEN", "s3": "AWS_SESSION_TOKEN"}
        source = self.file("source", b"x")
        for scheme in DIALECTS:
            with self.subTest(scheme):
                server.heard = []
                env = self.environment(**{tokens[scheme]: TOKEN} if scheme in tokens else {})
                bucket = f"{scheme}://bucket-1250000000/"
                for words in (["ls", bucket], ["cp", source, bucket + "k"], ["cat", bucket + "k"], ["rm", bucket + "k"], ["mb", bucket]):
                    self.assertEqual(self.watched(*words, url=url, env=env, secrets=(SECRET_KEY, TOKEN)), 7, words)
                self.assertGreaterEqual(len(server.heard), 5)
                for one in server.heard:
                    self.unsaid(one, "a request")


if __name__ == "__main__":
    import unittest
    unittest.main()
