"""Bad input and refusals: the exit code says which kind, one line says what, nothing secret is said."""

import http.server
import json
import os
import pathlib
import resource
import shutil
import socket
import subprocess
import tempfile
import threading

from command import DIALECTS, PROGRAM, Case, Server, clean_environment, die_with_parent, json_lines, pattern


class Errors(Case):
    def test_missing_things_are_not_found(self):
        for scheme in DIALECTS:
            with self.subTest(scheme):
                bucket = self.bucket(scheme)
                missing = f"{scheme}://no-such-bucket-1250000000/"
                source = self.file("source", b"x")
                self.fails(4, "cat", bucket + "nothing")
                self.fails(4, "cp", bucket + "nothing", self.home / "back")
                self.assertFalse((self.home / "back").exists())
                self.assertFalse((self.home / "back.sluice-part").exists())
                self.fails(4, "cp", bucket + "nothing", "-")
                self.fails(4, "cp", "-r", bucket + "nothing", self.home / "tree")
                self.fails(4, "cp", bucket + "nothing", bucket + "copy")
                self.fails(4, "stat", bucket + "nothing")
                self.fails(4, "rm", bucket + "nothing")
                self.fails(4, "ls", bucket + "nothing")
                self.fails(4, "ls", missing)
                self.fails(4, "rb", missing)
                self.fails(4, "cp", source, missing + "k")
                self.fails(4, "rm", "-r", missing)
                self.fails(4, "cp", self.home / "nothing", bucket + "k", says="nothing")
                self.fails(4, "cp", "-r", self.home / "nothing", bucket + "k")

    def test_wrong_secrets_and_unknown_keys_are_refused(self):
        for scheme, dialect in DIALECTS.items():
            with self.subTest(scheme):
                bucket = self.bucket(scheme)
                wrong = self.environment(**dialect.keys(secret="wrongSecretOfSomebody000000000000000000"))
                said = self.fails(7, "ls", bucket, env=wrong)
                self.assertNotIn("wrongSecret", said)
                self.fails(7, "cp", self.file("source", b"x"), bucket + "k", env=wrong)
                self.fails(7, "ls", bucket, env=self.environment(**dialect.keys(access="AKNOBODY")))

    def test_missing_credentials_are_a_matter_of_configuration(self):
        for scheme, dialect in DIALECTS.items():
            with self.subTest(scheme):
                none = clean_environment(self.home)
                self.fails(3, "ls", f"{scheme}://bucket/", env=none, says=dialect.access)
                half = clean_environment(self.home, **{dialect.access: "AK"})
                self.fails(3, "ls", f"{scheme}://bucket/", env=half, says=dialect.secret)

    def test_usage(self):
        bucket = "s3://bucket/"
        for words in (["frob"], [], ["cp", "a"], ["cp", "a", "b"], ["cp", "a", bucket, "more"], ["ls", "gs://x"], ["ls", "path"],
                      ["cp", "-", "-"], ["cp", "-r", "-", bucket], ["ls", bucket, "--nope"], ["ls", bucket, "-c", "0"],
                      ["ls", bucket, "-c", "1025"], ["ls", bucket, "-j", "x"], ["ls", bucket, "--part-size", "1K"],
                      ["ls", bucket, "--part-size", "6G"], ["ls", bucket, "--memory", "1M"], ["ls", bucket, "--workers", "65"],
                      ["ls", bucket, "--max-attempts", "0"], ["ls", bucket, "--io", "magic"], ["ls", bucket, "--durability", "x"],
                      ["ls", bucket, "--addressing", "x"], ["mb", bucket + "key"], ["cat", bucket], ["presign", bucket + "k", "--expires", "8d"],
                      ["presign", bucket + "k", "--method", "PATCH"], ["cp", bucket, "file"], ["cp", ".", bucket], ["cp", "/dev/null", bucket]):
            with self.subTest(words=words):
                self.fails(2, *words)

    def test_each_kind_of_mistake_has_one_line_that_says_how_to_mend_it(self):
        bucket = self.bucket("s3")
        self.ok("cp", self.file("source", b"x"), bucket + "k")
        (self.home / "dir").mkdir()
        large, noise = self.file("large", b"# x\n" * (1 << 19)), self.file("noise", bytes(range(256)))
        def close_stdout():
            die_with_parent()
            os.close(1)
        closed = {"preexec_fn": close_stdout}
        for kind, words, code, says, options in (
                ("verb", ["frob"], 2, "sluice --help", {}),
                ("verb, nearly", ["persign", bucket + "k"], 2, "did you mean presign?", {}),
                ("verb of another tool", ["mkdir", bucket], 2, "mb", {}),
                ("no verb", [], 2, "sluice --help", {}),
                ("half a verb", ["uploads"], 2, "sluice uploads --help", {}),
                ("option", ["ls", bucket, "--nope"], 2, "--help lists them", {}),
                ("option, nearly", ["ls", bucket, "--jsno"], 2, "did you mean --json?", {}),
                ("option of another tool", ["cp", "-n", "source", bucket], 2, "--dry-run", {}),
                ("option without its value", ["ls", bucket, "--endpoint", self.server.url, "--region"], 2, "--region", {}),
                ("too few words", ["cp", "source"], 2, "DST is required; --help says more", {}),
                ("too many words", ["mb", bucket, bucket], 2, "--help", {}),
                ("scheme", ["ls", "gs://bucket"], 2, "known are oss, cos, tos, qs", {}),
                ("path for a URL", ["ls", "bucket"], 2, "scheme://bucket/key", {}),
                ("bucket name", ["ls", "s3://buc ket/"], 2, "lower-case letters", {}),
                ("no bucket", ["stat", "s3://"], 2, "names no bucket; write s3://bucket/key", {}),
                ("no key", ["cat", bucket], 2, f"names no key; write {bucket}key", {}),
                ("a key too many", ["mb", bucket + "k"], 2, "where a bucket is wanted; write s3://bucket", {}),
                ("no store", ["cp", "a", "b"], 2, "URLs begin with oss://", {}),
                ("directory", ["cp", "dir", bucket], 2, "-r takes what is below it", {}),
                ("profile", ["ls", "s3://nobody@bucket/"], 3, "[profiles.nobody]", {}),
                ("profile name", ["ls", bucket, "--profile", "a b"], 2, "\"a b\" is no profile name; they have letters", {}),
                ("setting", ["config", "set", "p", "frob", "x"], 2, "there is no setting \"frob\"; sluice config show lists them", {}),
                ("setting's value", ["config", "set", "p", "scheme", "gs"], 2, "scheme: \"gs\" is none of: oss", {}),
                ("configuration too large", ["ls", bucket], 3, "more than 1 MiB", {"env": self.environment(SLUICE_CONFIG=large)}),
                ("configuration not there", ["ls", bucket], 3, "SLUICE_CONFIG names it", {"env": self.environment(SLUICE_CONFIG="none")}),
                ("configuration a directory", ["ls", bucket], 3, "Is a directory", {"env": self.environment(SLUICE_CONFIG="dir")}),
                ("configuration no text", ["ls", bucket], 3, "no valid TOML", {"env": self.environment(SLUICE_CONFIG=noise)}),
                ("keys", ["ls", bucket], 3, "AWS_ACCESS_KEY_ID", {"env": clean_environment(self.home)}),
                ("wrong keys", ["ls", bucket], 7, "SignatureDoesNotMatch", {"env": self.environment(AWS_SECRET_ACCESS_KEY="x" * 40)}),
                ("count", ["ls", bucket, "-c", "many"], 2, "--concurrency: \"many\" is no whole number from 1 to 1024", {}),
                ("count", ["du", bucket, "--depth", "-1"], 2, "--depth: \"-1\" is no whole number from 0", {}),
                ("size", ["cp", "source", bucket, "--part-size", "5X"], 2, "a whole number with K, M, G or T", {}),
                ("size", ["find", bucket, "--larger", "big"], 2, "--larger", {}),
                ("size", ["bench", bucket, "--max-data", "1M"], 2, "--max-data: \"1M\" is outside the range from 16M", {}),
                ("size that overflows", ["cp", "source", bucket, "--memory", "17179869185G"], 2, "outside the range from 16M to 1T", {}),
                ("count that overflows", ["ls", bucket, "-j", "18446744073709551617"], 2, "no whole number from 1 to 1024", {}),
                ("date that is none", ["find", bucket, "--newer", "2026-02-30"], 2, "\"2026-02-30\" is no time", {}),
                ("time", ["find", bucket, "--newer", "yesterday"], 2, "--newer: \"yesterday\" is no time: an age (90s, 15m, 2h, 7d) or a date", {}),
                ("age", ["presign", bucket + "k", "--expires", "8d"], 2, "--expires: \"8d\" is no time from 1 to 604800 seconds", {}),
                ("choice", ["presign", bucket + "k", "--method", "PATCH"], 2, "--method: \"PATCH\" is none of: GET, PUT, HEAD, DELETE", {}),
                ("word", ["mb", "s3://new", "--acl", ""], 2, "--acl: an empty word", {}),
                ("word", ["mb", "s3://new", "--acl", "pri vate"], 2, "a character that no word has", {}),
                ("what a store lacks", ["mb", "s3://new", "--storage-class", "IA"], 2, "has no storage class of buckets", {}),
                ("what a store lacks", ["mb", "s3://new", "--redundancy", "ZRS"], 2, "has no redundancy of buckets", {}),
                ("what a store lacks", ["mb", "s3://new", "--type", "hns"], 2, "has no types of buckets", {}),
                ("tag", ["ls", "oss://", "--tag", "=v"], 2, "--tag: \"=v\" names no tag; write KEY=VALUE", {}),
                ("list", ["ls", bucket, "--tag", "k"], 2, "buckets alone are listed by tag", {}),
                ("list", ["ls", bucket, "--prefix", "k"], 2, "the URL says it", {}),
                ("list", ["ls", "s3://", "--fetch-owner"], 2, "owners are told with keys", {}),
                ("list", ["ls", bucket, "--endpoint", self.server.url, "--region", "us-east-1", "--start-after"], 2, "--start-after", {}),
                ("no key", ["uploads", "abort", bucket], 2, "-r aborts every upload below the URL", {}),
                ("no key", ["uploads", "parts", bucket], 2, "names no key", {}),
                ("one or all", ["uploads", "abort", "-r", bucket, "--upload-id", "x"], 2, "--upload-id names one upload", {}),
                ("time", ["uploads", "abort", "-r", bucket, "--older", "soon"], 2, "--older: \"soon\" is no time", {}),
                ("choice", ["hash", "source", "--type", "crc"], 2, "--type: \"crc\" is none of: crc64", {}),
                ("property", ["props", "get", "owner", bucket], 2, "\"owner\" is none of: acl, meta, tags, class", {}),
                ("property of a bucket", ["props", "set", "class", bucket, "IA"], 2, "class is of objects, and the URL names no key", {}),
                ("no tags", ["props", "set", "tags", bucket], 2, "write NAME=VALUE", {}),
                ("half a tag", ["props", "set", "tags", bucket, "a=1", "b"], 2, "tag \"b\": no '='", {}),
                ("tag given twice", ["props", "set", "tags", bucket, "a=1", "a=2"], 2, "tag \"a\" is given twice", {}),
                ("tags and none", ["props", "set", "tags", bucket, "a=1", "--none"], 2, "give one or the other", {}),
                ("metadata without a name", ["props", "set", "meta", bucket + "k", "=1"], 2, "metadata \"=1\": no name", {}),
                ("no ACL", ["props", "set", "acl", bucket], 2, "--grant TO:PERMISSION", {}),
                ("two ACLs", ["props", "set", "acl", bucket, "private", "--grant", "everyone:READ"], 2, "one word or some grants", {}),
                ("no ACL at all", ["props", "set", "acl", bucket, "--none"], 2, "--none is of meta and tags", {}),
                ("grant", ["props", "set", "acl", bucket, "--grant", "everyone"], 2, "--grant: \"everyone\" is no grant; write TO:PERMISSION", {}),
                ("grant of a class", ["props", "set", "class", bucket + "k", "IA", "--grant", "everyone:READ"], 2, "--grant is of acl", {}),
                ("two classes", ["props", "set", "class", bucket + "k", "IA", "Archive"], 2, "a storage class is one word", {}),
                ("command of other tools", ["create-symlink", bucket + "link", bucket + "k"], 2, "the target comes first", {}),
                ("half a verb", ["props"], 2, "sluice props --help", {}),
                ("object for a file", ["append", bucket + "k", bucket + "log"], 2, "sluice cat URL | sluice append - URL", {}),
                ("position", ["append", "source", bucket + "log", "--position", "end"], 2, "--position: \"end\" is no whole number from 0", {}),
                ("days", ["restore", bucket + "k", "--days", "0"], 2, "--days: \"0\" is no whole number from 1 to 36500", {}),
                ("class of one", ["restore", bucket + "k", "--class", "GLACIER"], 2, "-r takes all below a prefix", {}),
                ("target elsewhere", ["symlink", "s3://other/k", bucket + "link"], 2, "a link leads to a key of its own bucket", {}),
                ("link without a key", ["readlink", bucket], 2, "names no key", {}),
                ("--all of an object", ["stat", "--all", bucket + "k"], 2, "--all is of buckets", {}),
                ("endpoint", ["ls", bucket, "--endpoint", "http://"], 3, "give it as https://host[:port]", {}),
                ("pair", ["cp", "source", bucket, "--meta", "name"], 2, "--meta: metadata \"name\": no '='; write NAME=VALUE", {}),
                ("pair, twice", ["cp", "source", bucket, "--tag", "a=1", "--tag", "a=2"], 2, "tag \"a\" is given twice", {}),
                ("date", ["cp", "source", bucket, "--expires-header", "8d"], 2, "--expires-header: \"8d\" is no date", {}),
                ("no value", ["pipe", bucket + "k", "--acl", ""], 2, "--acl: an empty value; leave the option out", {}),
                ("option of objects", ["cp", bucket + "k", "back", "--acl", "private"], 2, "--acl goes with an object, and \"back\" is none", {}),
                ("object that exists", ["cp", "source", bucket + "k", "--no-clobber"], 1, "the object exists already, and is left alone", {}),
                ("file that exists", ["cp", bucket + "k", "source", "--no-clobber"], 1, "source: File exists", {}),
                ("web URL", ["cp", "http://u:p@h/a b", bucket], 2, "the source is no URL of a web server; write http://host[:port]/path", {}),
                ("web URL without a name", ["cp", "http://127.0.0.1/dir/", bucket], 2, "\"http://127.0.0.1/dir/\" has no last name", {}),
                ("web URL to a file", ["cp", "http://127.0.0.1/x", "back"], 2, "neither the source nor the target is in a store", {}),
                ("web URL to standard output", ["cp", "http://127.0.0.1/x", "-"], 2, "neither the source nor the target", {}),
                ("web URL as a target", ["cp", "source", "http://127.0.0.1/x"], 2, "the source of cp, and of nothing else", {}),
                ("web URL elsewhere", ["ls", "https://127.0.0.1/x"], 2, "the source of cp, and of nothing else", {}),
                ("web URL as a tree", ["cp", "-r", "http://127.0.0.1/x", bucket], 2, "-r and a web server's URL", {}),
                ("web URL moved", ["mv", "http://127.0.0.1/x", bucket], 2, "what a web server has cannot be moved; use cp", {}),
                ("file that is not there", ["cp", "nothing", bucket], 4, "nothing: No such file", {}),
                ("list that is not there", ["run", "nothing"], 4, "nothing", {}),
                ("bucket that is not there", ["uploads", "gc", "s3://no-such-bucket-1250000000/"], 4, "404", {}),
                ("bucket that is not there", ["ls", "s3://no-such-bucket-1250000000/"], 4, "NoSuchBucket", {}),
                ("object that is not there", ["stat", bucket + "nothing"], 4, bucket + "nothing", {}),
                ("closed stdout", ["ls", bucket], 1, "standard output: it is closed; give the command a place to write to", closed),
                ("closed stdout", ["--help"], 1, "standard output: it is closed", closed),
                ("closed stdout", ["cat", bucket + "k"], 1, "it is closed", closed)):
            with self.subTest(kind=kind, words=words):
                self.fails(code, *words, says=says, **options)

    def test_a_home_that_may_not_be_written(self):
        program, elsewhere, options = self.as_nobody()
        self.home = elsewhere
        bucket = self.bucket("s3")
        source = self.file("source", pattern(12 << 20))
        parts = ("--part-size", "5M", "--threshold", "5M")
        os.chmod(elsewhere, 0o555)
        self.addCleanup(os.chmod, elsewhere, 0o777)
        said = self.fails(3, "cp", source, bucket + "k", *parts, program=program, **options)
        self.assertIn("choose another state directory", said)
        state = tempfile.mkdtemp(prefix="sluice-cli-")
        self.addCleanup(shutil.rmtree, state)
        os.chmod(state, 0o777)
        done = self.run_("cp", source, bucket + "k", *parts, "--state-dir", state, program=program, **options)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_secrets_on_the_command_line_or_in_urls_are_refused_and_not_repeated(self):
        for words in (["ls", "s3://AK:hush-hush@bucket/"], ["ls", "s3//AK:hush-hush@bucket/"], ["ls", "s3://bucket/", "--secret-key", "hush-hush"],
                      ["ls", "s3://bucket/", "--access-key=hush-hush"], ["ls", "s3://bucket/", "--endpoint", "http://u:hush-hush@h"]):
            with self.subTest(words=words):
                said = self.fails(2, *words)
                self.assertNotIn("hush", said)

    def test_nobody_listens(self):
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{closed.getsockname()[1]}"
            for scheme in DIALECTS:
                with self.subTest(scheme):
                    self.fails(5, "ls", f"{scheme}://bucket/", "--max-attempts", "2", url=url)

    def test_a_bucket_that_is_there_or_not_empty(self):
        for scheme in DIALECTS:
            with self.subTest(scheme):
                bucket = self.bucket(scheme)
                self.ok("cp", self.file("source", b"x"), bucket + "k")
                self.fails(1, "rb", bucket)

    def test_a_full_disk(self):
        bucket = self.bucket("s3")
        self.ok("cp", self.file("source", pattern(100000)), bucket + "k")
        with open("/dev/full", "wb") as full:
            for words in (["cat", bucket + "k"], ["cp", bucket + "k", "-"], ["ls", bucket], ["--help"]):
                with self.subTest(words=words):
                    self.fails(8, *words, stdout=full)
            self.file("list", f"cp source {bucket}of-a-list\n".encode())
            for words in (["cp", "source", bucket + "k2"], ["cp", "-r", bucket, "tree"], ["mv", bucket + "k2", bucket + "k3"],
                          ["rm", bucket + "k3"], ["mb", "s3://bucket-of-a-full-disk"], ["check", "source", bucket + "k"],
                          ["run", "list", "--endpoint", self.server.url, "--region", "us-east-1"]):
                with self.subTest("its events are lost", words=words):
                    self.fails(8, *words, "--json", stdout=full, says="write to standard output")

    def test_one_bad_file_does_not_stop_the_others(self):
        bucket = self.bucket("s3")
        for name in "abc":
            self.file(f"tree/{name}", name.encode())
        os.symlink("nowhere", self.home / "tree/link")
        bad = "k" * 255
        directory = self.home / "tree"
        for _ in range(5):  # a key of more than 1024 bytes
            directory = directory / bad
            directory.mkdir()
        (directory / "file").write_bytes(b"x")
        done = self.run_("cp", "-r", self.home / "tree", bucket)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn(b"1024", done.stderr)
        self.assertEqual([one["key"] for one in json_lines(self.ok("ls", "--json", bucket)) if "key" in one], ["a", "b", "c"])

    def as_nobody(self):
        """A program, a folder for it, and options with which it runs as a user who may not read everything."""
        options = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
        elsewhere = pathlib.Path(tempfile.mkdtemp(prefix="sluice-cli-"))
        self.addCleanup(shutil.rmtree, elsewhere)
        os.chmod(elsewhere, 0o777)
        program = elsewhere / "sluice"  # the build may lie where another user cannot go
        shutil.copy(PROGRAM, program)
        return program, elsewhere, options

    def test_what_may_not_be_read_or_written(self):
        program, elsewhere, options = self.as_nobody()
        self.home = elsewhere
        secret = self.file("secret", b"x")
        secret.chmod(0)
        bucket = self.bucket("s3")
        self.ok("cp", self.file("source", b"x"), bucket + "k")
        (elsewhere / "closed").mkdir(0o500)

        for words in (["cp", secret, bucket + "new"], ["hash", secret]):
            self.fails(7, *words, says="this user may not", program=program, **options)
        self.fails(7, "run", secret, program=program, **options)
        for root in ("closed", "closed/new"):
            self.fails(7, "serve", "--root", elsewhere / root, says="give another --root", program=program, **options)
        self.fails(7, "cp", bucket + "k", elsewhere / "closed/file", program=program, **options)
        self.fails(7, "cp", bucket + "k", elsewhere / "closed/more/file", program=program, **options)

    def test_a_limit_of_file_sizes(self):
        bucket = self.bucket("s3")
        self.ok("cp", self.file("source", pattern(3 << 20)), bucket + "k")
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
        self.fails(8, "cp", bucket + "k", self.home / "back", preexec_fn=limit)
        self.assertFalse((self.home / "back").exists())

    def test_keys_that_lead_out_of_the_directory_are_refused(self):
        bucket = self.bucket("s3")
        source = self.file("source", b"x")
        for key in ("../evil", "a/../../evil", "good", "/absolute"):
            self.ok("cp", source, bucket + "t/" + key)
        done = self.run_("cp", "-r", bucket + "t/", self.home / "deep/tree")
        self.assertEqual(done.returncode, 1, done.stderr)
        files = sorted(str(path.relative_to(self.home)) for path in self.home.rglob("*") if path.is_file()
                       and ".local" not in path.parts)
        self.assertEqual(files, ["deep/tree/good", "source"])

    def test_a_certificate_that_nobody_vouches_for(self):
        certificate, key = self.dir / "cert.pem", self.dir / "key.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                        "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
                       check=True, capture_output=True)
        server = Server(self.dir / "tls", "--tls-cert", certificate, "--tls-key", key)
        self.addCleanup(server.stop)
        self.assertTrue(server.url.startswith("https://"))
        self.fails(3, "mb", "s3://bucket-tls", url=server.url)
        self.ok("mb", "s3://bucket-tls", "--ca", certificate, url=server.url)
        content = pattern(7 << 20)
        self.ok("cp", self.file("source", content), "s3://bucket-tls/k", "--ca", certificate, url=server.url)
        self.assertEqual(self.ok("cat", "s3://bucket-tls/k", "--ca", certificate, url=server.url), content)


class Faults(Case):
    """A store that misbehaves by rules."""

    def serve(self, *rules):
        faults = self.file("faults.json", json.dumps({"seed": 1, "rules": list(rules)}).encode())
        server = Server(tempfile.mkdtemp(dir=self.home), "--faults", faults)
        self.addCleanup(server.stop)
        return server.url

    def test_a_store_that_says_slow_down_for_ever(self):
        for scheme in DIALECTS:
            with self.subTest(scheme):
                url = self.serve({"action": "throttle"})
                self.fails(5, "mb", f"{scheme}://bucket-1250000000", "--max-attempts", "2", url=url)

    def test_a_store_that_recovers(self):
        url = self.serve({"action": "error", "status": 503, "count": 1}, {"action": "reset", "of": "answer", "count": 1})
        self.ok("mb", "tos://bucket-x", url=url)

    def test_wrong_bytes_are_found(self):
        for scheme in ("oss", "cos", "tos", "s3"):
            with self.subTest(scheme):
                url = self.serve({"operation": "get_object", "action": "corrupt", "bytes": 77777})
                bucket = f"{scheme}://bucket-1250000000/"
                self.ok("mb", bucket, url=url)
                self.ok("cp", self.file("source", pattern(300000)), bucket + "k", url=url)
                done = self.run_("cp", bucket + "k", self.home / "back", "--max-attempts", "2", url=url)
                self.assertEqual(done.returncode, 6, done.stderr)
                self.assertFalse((self.home / "back").exists())
                self.assertEqual(self.run_("cat", bucket + "k", "--max-attempts", "2", url=url).returncode, 6)


class Liar(http.server.BaseHTTPRequestHandler):
    """Lists one key, whatever prefix is asked for."""
    LISTS = {
        "qs": {"name": "b", "has_more": False, "keys": [{"key": "precious", "size": 1}]},
        "tos": {"Name": "b", "IsTruncated": False, "Contents": [{"Key": "precious", "Size": 1}]},
    }
    XML = ("<ListBucketResult><Name>b</Name><IsTruncated>false</IsTruncated>"
           "<Contents><Key>precious</Key><Size>1</Size></Contents></ListBucketResult>")

    def do_GET(self):
        scheme = self.path.split("/")[1].split("-")[0]
        self.answer(200, (json.dumps(self.LISTS[scheme]) if scheme in self.LISTS else self.XML).encode())

    def do_DELETE(self):
        self.server.deleted.append(self.path)
        self.answer(204, b"")

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


class Lies(Case):
    def test_nothing_is_deleted_that_was_not_asked_for(self):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Liar)
        server.deleted = []
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        self.addCleanup(lambda: (server.shutdown(), thread.join(), server.server_close()))
        url = f"http://127.0.0.1:{server.server_address[1]}"
        for scheme in DIALECTS:
            with self.subTest(scheme):
                self.fails(5, "rm", "-r", f"{scheme}://{scheme}-bucket-1250000000/logs", url=url, says="precious")
                self.assertEqual(server.deleted, [])


if __name__ == "__main__":
    import unittest
    unittest.main()
