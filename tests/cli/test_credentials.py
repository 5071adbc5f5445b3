"""Where keys come from: the vendors' own files, a process, a metadata service; and how they are imported."""

import http.server
import json
import stat
import subprocess
import threading

from command import ACCESS_KEY, DIALECTS, PROGRAM, SECRET_KEY, Case, Server, clean_environment, json_lines

TOKEN = "the-token-of-nobody-0123456789"


class Cloud:
    """A metadata service on this machine that gives `answers`, the last of them for ever."""

    def __init__(self, *answers):
        cloud = self
        cloud.answers, cloud.given = list(answers), 0

        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self, text):
                body = text.encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_PUT(self):
                self.answer("session")

            def do_GET(self):
                if "role-1" not in self.path:
                    return self.answer("role-1")
                keys = cloud.answers[min(cloud.given, len(cloud.answers) - 1)]
                cloud.given += 1
                return self.answer(json.dumps(keys))

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


class Credentials(Case):
    def bare(self, **more):
        return clean_environment(self.home, **more)

    def run_bare(self, code, *words, env=None, stdin=b""):
        done = subprocess.run([PROGRAM, *map(str, words)], env=env or self.bare(), cwd=self.home, capture_output=True,
                              input=stdin, timeout=60)
        self.assertEqual(done.returncode, code, done.stderr)
        for secret in (SECRET_KEY.encode(), TOKEN.encode()):
            self.assertNotIn(secret, done.stdout)
            self.assertNotIn(secret, done.stderr)
        return done

    def secret(self, name, text, mode=0o600):
        path = self.file(name, text.encode())
        path.chmod(mode)
        return path

    def vendor_files(self, url=None):
        url = url or self.server.url
        host, port = url.removeprefix("http://").split(":")
        self.secret(".ossutilconfig", f"[Credentials]\nlanguage=EN\nendpoint={url}\naccessKeyID={ACCESS_KEY}\n"
                                      f"accessKeySecret={SECRET_KEY}\n[profile second]\naccessKeyId=B\naccessKeySecret=S\n")
        self.secret(".cos.yaml", f"cos:\n  base:\n    secretid: {ACCESS_KEY}\n    secretkey: {SECRET_KEY}\n"
                                 "    sessiontoken: \"\"\n    disableencryption: \"true\"\n  buckets:\n"
                                 "  - name: first-1250000000\n    region: ap-guangzhou\n")
        self.secret(".tosutilconfig", f"endpoint={url}\nregion=cn-beijing\nak={ACCESS_KEY}\nsk={SECRET_KEY}\n")
        self.secret(".qingstor/config.yaml", f"access_key_id: '{ACCESS_KEY}'\nsecret_access_key: '{SECRET_KEY}'\n"
                                             f"host: '{host}'\nport: {port}\nprotocol: 'http'\nzone: 'pek3a'\n")
        self.secret(".aws/credentials", f"[default]\naws_access_key_id = {ACCESS_KEY}\naws_secret_access_key = {SECRET_KEY}\n")
        self.secret(".aws/config", f"[default]\nregion = us-east-1\nendpoint_url = {url}\n")

    def test_the_files_of_the_vendors_tools_are_all_that_a_store_needs(self):
        self.vendor_files()
        for scheme in DIALECTS:
            with self.subTest(scheme=scheme):
                # What their files cannot say of a store on this machine.
                more = {"cos": ["--endpoint", self.server.url],
                        "oss": ["--endpoint", self.server.url, "--region", "cn-hangzhou"]}.get(scheme, [])
                self.run_bare(0, "mb", f"{scheme}://files-{scheme}-1250000000", *more)
                self.run_bare(0, "cp", self.file("f", b"data"), f"{scheme}://files-{scheme}-1250000000/k", *more)
                self.assertEqual(self.run_bare(0, "cat", f"{scheme}://files-{scheme}-1250000000/k", *more).stdout, b"data")

    def test_the_appid_of_a_vendors_file_completes_short_names(self):
        self.vendor_files()
        self.run_bare(0, "mb", "cos://short-name", "--endpoint", self.server.url)
        self.assertIn(b"short-name-1250000000", self.run_bare(0, "ls", "cos://", "--endpoint", self.server.url).stdout)

    def test_a_vendors_file_that_others_can_read_is_warned_of_once(self):
        self.vendor_files()
        path = self.home / ".aws/credentials"
        path.chmod(0o644)
        self.run_bare(0, "mb", "s3://warned")
        done = self.run_bare(4, "cp", "s3://warned/none", "s3://warned/there")
        self.assertEqual(done.stderr.count(b"chmod 600"), 1, done.stderr)
        self.assertIn(str(path).encode(), done.stderr)

    def test_show_names_the_file_that_each_value_came_from(self):
        self.vendor_files()
        rows = {one["name"]: (one["value"], one["origin"]) for one in
                json_lines(self.run_bare(0, "config", "show", "tos://", "--json").stdout)}
        path = str(self.home / ".tosutilconfig")
        self.assertEqual(rows["tos.region"], ("cn-beijing", f"tosutil, {path}:2"))
        self.assertEqual(rows["tos.secret_key"], ("****" + SECRET_KEY[-4:], f"tosutil, {path}:4"))

    # -- keys that somebody is asked for ---------------------------------------------------------

    def temporary(self):
        """A store with two temporary keys, of which the first has ended."""
        users = [{"name": "me", "access_key": ACCESS_KEY, "secret_key": SECRET_KEY},
                 {"name": "me", "access_key": "STSOLD", "secret_key": SECRET_KEY, "token": TOKEN, "expires": "2020-01-01T00:00:00Z"},
                 {"name": "me", "access_key": "STSNEW", "secret_key": SECRET_KEY, "token": TOKEN, "expires": "2090-01-01T00:00:00Z"}]
        server = Server(self.home / "store", "--keys", self.secret("keys", json.dumps({"users": users})))
        self.addCleanup(server.stop)
        return server

    def keys(self, name="STSNEW", scheme="s3"):
        names = {"oss": ("AccessKeyId", "AccessKeySecret", "SecurityToken", "Expiration"),
                 "cos": ("TmpSecretId", "TmpSecretKey", "Token", "Expiration"),
                 "tos": ("AccessKeyId", "SecretAccessKey", "SessionToken", "ExpiredTime"),
                 "s3": ("AccessKeyId", "SecretAccessKey", "Token", "Expiration")}[scheme]
        return dict(zip(names, (name, SECRET_KEY, TOKEN, "2090-01-01T00:00:00Z")))

    def test_a_machines_role_is_all_that_a_store_needs(self):
        server = self.temporary()
        for scheme in ("oss", "cos", "tos", "s3"):
            with self.subTest(scheme=scheme):
                cloud = Cloud(self.keys("STSOLD", scheme), self.keys("STSNEW", scheme))
                self.addCleanup(cloud.stop)
                env = self.bare(SLUICE_METADATA="on", **{f"SLUICE_{scheme.upper()}_METADATA": cloud.url})
                more = ["--endpoint", server.url, "--region", "local-1"]
                done = self.run_bare(0, "mb", f"{scheme}://role-{scheme}-1250000000", *more, env=env)
                self.assertEqual(cloud.given, 2, "the first had ended, as the store said")
                self.run_bare(0, "cp", self.file("f", b"data"), f"{scheme}://role-{scheme}-1250000000/k", *more, env=env)
                self.assertEqual(done.stderr, b"")

    def test_a_machine_without_a_role_does_not_wait(self):
        env = self.bare(SLUICE_METADATA="on", SLUICE_S3_METADATA="http://127.0.0.1:9")
        done = self.run_bare(3, "ls", "s3://", "--endpoint", self.server.url, env=env)
        self.assertIn(b"AWS_ACCESS_KEY_ID", done.stderr)
        self.assertIn(b"http://127.0.0.1:9", done.stderr)

    def process(self, *more):
        path = self.file("keys.sh", "\n".join(("#!/bin/sh", *more)).encode())
        path.chmod(0o700)
        return path

    def profile_of_process(self, url, command):
        self.secret(".config/sluice/config.toml", f'[profiles.p]\nendpoint = "{url}"\nregion = "r-1"\n'
                                                  f'credential_process = "{command}"\n')

    def test_a_process_gives_keys_and_new_ones_when_they_end(self):
        server = self.temporary()
        old, new = (json.dumps({"Version": 1, "AccessKeyId": name, "SecretAccessKey": SECRET_KEY, "SessionToken": TOKEN})
                    for name in ("STSOLD", "STSNEW"))
        path = self.process(f"if [ -e '{self.home}/asked' ]; then echo '{new}'; else touch '{self.home}/asked'; echo '{old}'; fi")
        self.profile_of_process(server.url, path)
        self.run_bare(0, "mb", "s3://p@made-by-process")
        self.assertTrue((self.home / "asked").exists())
        self.run_bare(0, "cp", self.file("f", b"data"), "s3://p@made-by-process/k")
        shown = self.run_bare(0, "config", "show", "s3://p@made-by-process").stdout
        self.assertIn(b"asked for when needed", shown)

    def test_a_process_that_fails_is_told_by_its_errors_alone(self):
        self.profile_of_process(self.server.url, self.process(f"echo '{SECRET_KEY}'", "echo 'log in first' >&2", "exit 7"))
        done = self.run_bare(3, "ls", "s3://p@bucket")
        self.assertIn(b"log in first", done.stderr)
        self.assertEqual(len(done.stderr.splitlines()), 1)

    # -- doctor ----------------------------------------------------------------------------------

    def checks(self, code, *words, env=None):
        done = self.run_bare(code, "doctor", *words, "--json", env=env)
        return {row["name"]: row["result"] for row in json_lines(done.stdout)}, done.stdout.decode()

    def test_doctor_says_where_the_keys_come_from_and_whether_the_store_takes_them(self):
        self.vendor_files()
        self.run_bare(0, "mb", "s3://examined")
        found, text = self.checks(0, "s3://examined")
        self.assertEqual([found[name] for name in ("configuration", "credentials", "store")], ["ok", "ok", "ok"])
        self.assertIn(str(self.home / ".aws/credentials"), text)
        found, _ = self.checks(0, "s3")
        self.assertEqual(found["store"], "ok")

    def test_doctor_ends_with_the_code_of_the_first_check_that_fails(self):
        found, text = self.checks(3, "s3://examined", "--endpoint", self.server.url)
        self.assertEqual(found["credentials"], "failed")
        self.assertNotIn("store", found, "which needs keys")
        self.assertIn("AWS_ACCESS_KEY_ID", text)
        wrong = self.bare(AWS_ACCESS_KEY_ID="AKNOBODY", AWS_SECRET_ACCESS_KEY="wrongwrongwrong")
        found, _ = self.checks(7, "s3://", "--endpoint", self.server.url, "--region", "us-east-1", env=wrong)
        self.assertEqual((found["credentials"], found["store"]), ("ok", "failed"))
        self.secret(".config/sluice/config.toml", "broken")
        found, _ = self.checks(3, "s3://")
        self.assertEqual(found["configuration"], "failed")
        self.assertNotIn("credentials", found)

    def test_doctor_warns_of_secrets_that_others_can_read(self):
        self.vendor_files()
        (self.home / ".aws/credentials").chmod(0o640)
        done = self.run_bare(0, "doctor", "s3://")
        self.assertIn(b"warning  credentials", done.stdout)
        self.assertIn(b"chmod 600", done.stdout)

    # -- profiles --------------------------------------------------------------------------------

    def test_import_copies_accounts_into_profiles(self):
        self.vendor_files()
        path = self.home / ".config/sluice/config.toml"
        dry = self.run_bare(0, "config", "import", "--dry-run").stdout.decode()
        self.assertFalse(path.exists())
        for name in ("oss ", "oss-second", "cos ", "tos ", "qs ", "s3 "):
            self.assertIn(name, dry)
        rows = json_lines(self.run_bare(0, "config", "import", "--json").stdout)
        self.assertEqual({row["name"]: row["event"] for row in rows},
                         dict.fromkeys(("oss", "oss-second", "cos", "tos", "qs", "s3"), "profile_imported"))
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
        for name in (".ossutilconfig", ".cos.yaml", ".tosutilconfig", ".qingstor/config.yaml", ".aws/credentials", ".aws/config"):
            (self.home / name).unlink()
        self.run_bare(0, "mb", "tos://imported")
        self.run_bare(0, "mb", "s3://s3@imported")
        listed = {row["name"]: row for row in json_lines(self.run_bare(0, "config", "ls", "--json").stdout)}
        self.assertEqual(listed["s3"]["region"], "us-east-1")
        self.assertEqual(listed["oss-second"]["keys"], "keys")

    def test_import_leaves_profiles_alone_unless_forced(self):
        self.vendor_files()
        path = self.secret(".config/sluice/config.toml", "# mine\n[profiles.s3]\nregion = \"r-9\"\n")
        rows = {row["name"]: row["event"] for row in json_lines(self.run_bare(0, "config", "import", "--json").stdout)}
        self.assertEqual((rows["s3"], rows["oss"]), ("profile_kept", "profile_imported"))
        self.assertIn('# mine\n[profiles.s3]\nregion = "r-9"\n', path.read_text())
        self.run_bare(0, "config", "import", "--force")
        self.assertNotIn("r-9", path.read_text())
        self.assertTrue(path.read_text().startswith("# mine\n"))

    def test_import_finds_nothing_in_an_empty_home(self):
        done = self.run_bare(0, "config", "import")
        self.assertIn(b"no accounts", done.stderr)
        self.assertFalse((self.home / ".config").exists())

    def test_set_writes_one_setting_and_takes_secrets_from_stdin_alone(self):
        path = self.home / ".config/sluice/config.toml"
        self.assertEqual(self.run_bare(0, "config", "path").stdout.decode().strip(), str(path))
        self.run_bare(0, "config", "set", "mine", "scheme", "s3")
        self.run_bare(0, "config", "set", "mine", "endpoint", self.server.url)
        self.run_bare(0, "config", "set", "mine", "region", "r-1")
        self.run_bare(0, "config", "set", "mine", "access_key", ACCESS_KEY)
        self.run_bare(0, "config", "set", "mine", "secret_key", stdin=SECRET_KEY.encode() + b"\n")
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
        self.run_bare(0, "mb", "s3://mine@set-up")
        self.run_bare(2, "config", "set", "mine", "secret_key", "visible")
        self.run_bare(2, "config", "set", "mi ne", "region", "r")
        self.run_bare(2, "config", "set", "mine", "part_size", "huge")
        self.run_bare(2, "config", "set", "mine", "no_such_key", "x")

    def test_two_sides_have_profiles_of_their_own(self):
        text = "".join(f'[profiles.{name}]\nscheme = "{scheme}"\nendpoint = "{self.server.url}"\nregion = "{DIALECTS[scheme].region}"\n'
                       f'access_key = "{ACCESS_KEY}"\nsecret_key = "{SECRET_KEY}"\n' for name, scheme in (("from", "oss"), ("to", "s3")))
        self.secret(".config/sluice/config.toml", text)
        self.run_bare(0, "mb", "oss://from@bucket-from")
        self.run_bare(0, "mb", "s3://to@bucket-to")
        self.run_bare(0, "cp", self.file("f", b"across"), "oss://from@bucket-from/k")
        self.run_bare(0, "cp", "oss://from@bucket-from/k", "s3://to@bucket-to/k")
        self.run_bare(0, "cp", "oss://bucket-from/k", "s3://bucket-to/l", "--src-profile", "from", "--dst-profile", "to")
        self.assertEqual(self.run_bare(0, "cat", "s3://to@bucket-to/k", "s3://to@bucket-to/l").stdout, b"acrossacross")


if __name__ == "__main__":
    import unittest
    unittest.main()
