"""Profiles, environment and what `config show` says of them."""

import json

from command import ACCESS_KEY, SECRET_KEY, Case, Server, clean_environment, json_lines


class Configuration(Case):
    def config(self, text, mode=0o600):
        path = self.file(".config/sluice/config.toml", text.encode())
        path.chmod(mode)
        return path

    def bare(self, **more):
        return clean_environment(self.home, **more)

    def profile(self, name, scheme="s3", url=None, access=ACCESS_KEY, secret=SECRET_KEY):
        return (f'[profiles.{name}]\nscheme = "{scheme}"\nendpoint = "{url or self.server.url}"\nregion = "r-1"\n'
                f'access_key = "{access}"\nsecret_key = "{secret}"\n')

    def run_bare(self, code, *words, env=None):
        """No option of ours is added."""
        import subprocess
        from command import PROGRAM
        done = subprocess.run([PROGRAM, *map(str, words)], env=env or self.bare(), cwd=self.home, capture_output=True,
                              stdin=subprocess.DEVNULL, timeout=60)
        self.assertEqual(done.returncode, code, done.stderr)
        return done

    def test_a_profile_is_all_that_a_store_needs(self):
        self.config(self.profile("work"))
        self.run_bare(0, "mb", "s3://work@bucket-p")
        self.run_bare(0, "cp", self.file("f", b"data"), "s3://work@bucket-p/k")
        self.assertEqual(self.run_bare(0, "cat", "s3://bucket-p/k", "--profile", "work").stdout, b"data")
        self.assertEqual(self.run_bare(0, "cat", "s3://bucket-p/k", env=self.bare(SLUICE_PROFILE="work")).stdout, b"data")
        self.run_bare(3, "cat", "s3://bucket-p/k")
        self.run_bare(3, "cat", "oss://work@bucket-p/k")
        self.run_bare(3, "cat", "s3://other@bucket-p/k")

    def test_the_profile_called_like_the_scheme_needs_no_naming(self):
        self.config(self.profile("qingstor", scheme="qs"))
        self.run_bare(0, "mb", "qs://bucket-implied")
        self.run_bare(0, "stat", "qingstor://bucket-implied")

    def test_two_accounts_of_one_scheme(self):
        keys = self.file("keys", json.dumps({"users": [
            {"name": "b", "access_key": "AKOTHER", "secret_key": "otherSecret0123456789"}]}).encode())
        keys.chmod(0o600)
        other = Server(self.home / "other", "--keys", keys)
        self.addCleanup(other.stop)
        self.config(self.profile("one") + self.profile("two", url=other.url, access="AKOTHER", secret="otherSecret0123456789"))
        self.run_bare(0, "mb", "s3://one@bucket-one")
        self.run_bare(0, "mb", "s3://two@bucket-two")
        self.run_bare(0, "cp", self.file("f", b"across"), "s3://one@bucket-one/k")
        self.run_bare(0, "cp", "s3://one@bucket-one/k", "s3://two@bucket-two/k")
        self.run_bare(0, "cp", "s3://bucket-one/k", "s3://bucket-two/k2", "--src-profile", "one", "--dst-profile", "two")
        self.assertEqual(self.run_bare(0, "cat", "s3://two@bucket-two/k", "s3://two@bucket-two/k2").stdout, b"acrossacross")

    def test_mistakes_name_file_and_line(self):
        for text, said in (("[defaults]\nworkerz = 2\n", b"config.toml:2"), ("[defaults]\n\nworkers = 99\n", b"config.toml:3"),
                           ("[profiles.s3]\nsecret_key = hush-hush\n", b"config.toml:2"), ("[what]\n", b"config.toml:1")):
            with self.subTest(text=text):
                self.config(text)
                done = self.run_bare(3, "ls", "s3://bucket", env=self.bare(AWS_ACCESS_KEY_ID="a", AWS_SECRET_ACCESS_KEY="b"))
                self.assertIn(said, done.stderr)
                self.assertNotIn(b"hush", done.stderr)

    def test_a_file_that_others_can_read_is_warned_of(self):
        path = self.config(self.profile("s3"), mode=0o644)
        self.assertIn(b"chmod 600", self.run_bare(0, "ls", "s3://").stderr)
        path.chmod(0o600)
        self.assertNotIn(b"chmod", self.run_bare(0, "ls", "s3://").stderr)

    def test_show_says_what_is_in_effect_and_where_it_came_from(self):
        self.config("[defaults]\nconcurrency = 7\n" + self.profile("s3"))
        env = self.bare(OSS_ACCESS_KEY_ID="ossAccessKeyId1234", OSS_ACCESS_KEY_SECRET="ossSecretValue9876", OSS_REGION="cn-x")
        done = self.run_bare(0, "config", "show", "--json", "--part-size", "32M", env=env)
        rows = {one["name"]: (one["value"], one["origin"]) for one in json_lines(done.stdout)}
        path = str(self.home / ".config/sluice/config.toml")
        self.assertEqual(rows["config"], (path, "read"))
        self.assertEqual(rows["part_size"], ("32M", "--part-size"))
        self.assertEqual(rows["concurrency"], ("7", f"[defaults], {path}:2"))
        self.assertEqual(rows["oss.region"], ("cn-x", "environment OSS_REGION"))
        self.assertEqual(rows["oss.secret_key"], ("****9876", "environment OSS_ACCESS_KEY_SECRET"))
        self.assertEqual(rows["s3.secret_key"], ("****" + SECRET_KEY[-4:], f"profile s3, {path}:8"))
        self.assertEqual(rows["tos.access_key"], ("(unset)", "default"))
        text = self.run_bare(0, "config", "show", env=env).stdout
        for secret in (b"ossSecretValue9876", SECRET_KEY.encode(), b"ossAccessKeyId1234"):
            self.assertNotIn(secret, done.stdout)
            self.assertNotIn(secret, text)


if __name__ == "__main__":
    import unittest
    unittest.main()
