"""props, append, symlink, readlink, restore and stat --all: one loop over the dialects, as far as each has it."""

import json
import os
import signal

from command import DIALECTS, Case, Server, json_lines, pattern

MIB = 1 << 20
PIECE = 8 * MIB  # append sends so much in a request
WITH_TAGS = ("oss", "cos", "tos", "s3")
WITH_LINKS = ("oss", "cos", "tos")
WITH_APPEND = ("oss", "cos", "tos", "qs")
WITH_ARCHIVE = {"oss": "Archive", "cos": "ARCHIVE", "tos": "ARCHIVE", "s3": "GLACIER"}
CLASS = {"oss": "IA", "tos": "IA"}  # elsewhere STANDARD_IA


class Props(Case):
    def told(self, kind, url):
        line = json_lines(self.ok("props", "get", kind, "--json", url))[0]
        self.assertEqual((line["event"], line["kind"], line["url"]), ("property", kind, url))
        return line

    def set_json(self, kind, url, *words):
        line = json_lines(self.ok("props", "set", kind, "--json", url, *words))[0]
        self.assertEqual((line["event"], line["kind"], line["url"]), ("property_set", kind, url))
        self.assertEqual(line["status"] // 100, 2)
        self.assertTrue(line["request_id"])

    def object(self, scheme):
        bucket = self.bucket(scheme)
        self.ok("cp", self.file("source", b"x"), bucket + "k")
        return bucket, bucket + "k"

    def test_acls_are_a_word_or_grants(self):
        for scheme in DIALECTS:
            with self.subTest(scheme):
                bucket, key = self.object(scheme)
                for url in (bucket, key):
                    if scheme == "qs" and url == key:
                        self.fails(2, "props", "get", "acl", key, says="its buckets have one")
                        self.fails(2, "props", "set", "acl", key, "private", says="its buckets have one")
                        continue
                    self.set_json("acl", url, "public-read")
                    self.assertEqual(self.told("acl", url)["acl"], "public-read")
                    self.assertIn(b"acl            public-read\n", self.ok("props", "get", "acl", url))
                    grants = ["--grant", "everyone:READ"]
                    if scheme == "oss":
                        self.fails(2, "props", "set", "acl", url, *grants, says="give one of its words")
                        continue
                    self.assertIn("everyone:READ", self.told("acl", url)["grants"])
                    self.set_json("acl", url, "private")
                    self.assertNotIn("everyone:READ", self.told("acl", url)["grants"])
                    self.set_json("acl", url, *grants)
                    self.assertEqual(self.told("acl", url)["acl"], "public-read")
                    for grant in self.told("acl", url)["grants"]:
                        self.assertIn(f"grant          {grant}\n".encode(), self.ok("props", "get", "acl", url))

    def test_tags_are_replaced_and_removed(self):
        for scheme in DIALECTS:
            bucket, key = self.object(scheme)
            for url in (bucket, key):
                with self.subTest(url):
                    if scheme not in WITH_TAGS:
                        self.fails(2, "props", "get", "tags", url)
                        self.fails(2, "props", "set", "tags", url, "a=1")
                        self.fails(2, "props", "set", "tags", url, "--none")
                        continue
                    self.assertEqual(self.told("tags", url)["tags"], {})
                    self.set_json("tags", url, "team=a b", "cost=1")
                    self.assertEqual(self.told("tags", url)["tags"], {"team": "a b", "cost": "1"})
                    self.set_json("tags", url, "cost=2")
                    self.assertEqual(self.ok("props", "get", "tags", url), b"cost=2\n")
                    self.fails(2, "props", "set", "tags", url, says="--none removes all")
                    self.assertEqual(self.ok("props", "get", "tags", url), b"cost=2\n")
                    self.set_json("tags", url, "--none")
                    self.assertEqual(self.ok("props", "get", "tags", url), b"")

    def test_metadata_is_replaced_and_the_rest_stays(self):
        for scheme in DIALECTS:
            with self.subTest(scheme):
                bucket, key = self.object(scheme)
                self.set_json("meta", key, "one=1", "two=zwei zwei")
                self.assertEqual(self.told("meta", key)["metadata"], {"one": "1", "two": "zwei zwei"})
                self.ok("set-meta", key, "three=3=3")
                self.assertEqual(self.ok("props", "get", "meta", key), b"three=3=3\n")
                self.assertEqual(self.ok("cat", key), b"x")
                self.ok("props", "set", "meta", key, "--none")
                self.assertEqual(self.told("meta", key)["metadata"], {})
                self.fails(2, "props", "get", "meta", bucket, says="names no key")
                self.fails(4, "props", "set", "meta", bucket + "nothing", "a=1")

    def test_the_storage_class_is_changed_of_one_or_of_all_below(self):
        for scheme in DIALECTS:
            with self.subTest(scheme):
                bucket, key = self.object(scheme)
                word = CLASS.get(scheme, "STANDARD_IA")
                self.set_json("class", key, word)
                self.assertEqual(self.told("class", key)["storage_class"], word)
                for name in ("below/a", "below/b", "below2"):
                    self.ok("cp", self.home / "source", bucket + name)
                before = self.ok("props", "get", "class", bucket + "below2")
                plan = self.ok("props", "set", "class", "-r", "--dry-run", bucket + "below", word)
                self.assertEqual(plan.decode(), "".join(f"props set class {bucket}below/{name} {word}\n" for name in "ab"))
                self.assertEqual(self.ok("props", "get", "class", bucket + "below/a"), before)
                lines = json_lines(self.ok("props", "set", "class", "-r", "--json", bucket + "below", word))
                self.assertEqual(lines[-1], {"event": "summary", "action": "changed", "objects": 2, "failed": 0})
                for name, wanted in (("below/a", word.encode() + b"\n"), ("below/b", word.encode() + b"\n"), ("below2", before)):
                    self.assertEqual(self.ok("props", "get", "class", bucket + name), wanted)
                self.fails(4, "props", "set", "class", "-r", bucket + "nothing", word)

    def test_a_dry_run_shows_the_command_that_does_it(self):
        bucket, key = self.object("tos")
        store = ("--endpoint", self.server.url, "--region", DIALECTS["tos"].region)
        for words in (["acl", bucket, "public-read"], ["acl", key, "--grant", "everyone:READ"], ["tags", key, "a=b c", "d="],
                      ["meta", key, "--none"], ["meta", key, "--", "-odd=1"]):
            with self.subTest(words=words):
                before = [self.told(kind, key) for kind in ("acl", "tags", "meta")]
                plan = self.ok("props", "set", words[0], "--dry-run", *store, *words[1:])
                after = [self.told(kind, key) for kind in ("acl", "tags", "meta")]
                own = {"request_id": "", "headers": {}}  # of each answer
                self.assertEqual([{**line, **own} for line in before], [{**line, **own} for line in after])
                self.ok("run", "-", *store, stdin=plan)
        self.assertEqual(self.told("acl", bucket)["acl"], "public-read")
        self.assertEqual(self.told("acl", key)["acl"], "public-read")
        self.assertEqual(self.told("tags", key)["tags"], {"a": "b c", "d": ""})
        self.assertEqual(self.told("meta", key)["metadata"], {"-odd": "1"})

    def test_all_of_a_bucket(self):
        for scheme in DIALECTS:
            with self.subTest(scheme):
                bucket, key = self.object(scheme)
                name = bucket.split("/")[2]
                line = json_lines(self.ok("stat", "--all", "--json", bucket))[0]
                self.assertEqual((line["event"], line["bucket"], line["status"]), ("stat_bucket", name, 200))
                self.assertTrue(line["request_id"])
                self.assertIn(f"bucket         {name}\n".encode(), self.ok("stat", "--all", bucket))
                self.fails(4, "stat", "--all", f"{scheme}://no-such-bucket-1250000000")
                self.fails(2, "stat", "--all", key, says="--all is of buckets")
        line = json_lines(self.ok("stat", "--all", "--json", self.bucket("oss")))[0]
        self.assertEqual((line["acl"], line["storage_class"], line["redundancy"]), ("private", "Standard", "LRS"))
        self.assertTrue(line["created"] and line["owner"] and line["endpoint"] and line["internal_endpoint"])


class Append(Case):
    def test_bytes_go_behind_those_that_are_there(self):
        for scheme in WITH_APPEND:
            with self.subTest(scheme):
                log = self.bucket(scheme) + "log"
                content = pattern(2 * PIECE + 5)
                source = self.file("source", content)
                self.assertEqual(self.ok("append", source, log), b"%d\n" % len(content))
                self.assertEqual(self.ok("append", "-", log, stdin=b"more"), b"%d\n" % (len(content) + 4))
                line = json_lines(self.ok("append", "--json", self.file("last", b"!"), log))[-1]
                self.assertEqual((line["event"], line["url"], line["bytes"], line["requests"]), ("appended", log, 1, 1))
                self.assertEqual((line["next_position"], line["status"]), (len(content) + 5, 200))
                self.assertTrue(line["request_id"])
                self.assertEqual(self.ok("cat", log), content + b"more!")
                if scheme != "qs":
                    whole = self.ok("hash", self.file("whole", content + b"more!")).split()[0].decode()
                    self.assertEqual(line["crc64"], whole)

    def test_the_position_may_be_known_and_a_wrong_one_is_refused(self):
        for scheme in WITH_APPEND:
            with self.subTest(scheme):
                log = self.bucket(scheme) + "log"
                source = self.file("source", b"hello ")
                self.assertEqual(self.ok("append", "--position", "0", source, log), b"6\n")
                self.fails(1, "append", "--position", "0", source, log)
                self.fails(1, "append", "--position", "7", source, log)
                self.assertEqual(self.ok("append", source, log, "--position", "6"), b"12\n")
                self.assertEqual(self.ok("cat", log), b"hello hello ")

    def test_nothing_makes_an_empty_object_and_leaves_one_as_it_is(self):
        for scheme in WITH_APPEND:
            with self.subTest(scheme):
                log = self.bucket(scheme) + "log"
                empty = self.file("empty", b"")
                self.assertEqual(self.ok("append", empty, log), b"0\n")
                self.assertEqual(self.ok("cat", log), b"")
                self.ok("append", self.file("source", b"x"), log)
                self.assertEqual(self.ok("append", empty, log), b"1\n")

    def test_what_cannot_be_appended(self):
        bucket = self.bucket("s3")
        source = self.file("source", b"x")
        self.fails(2, "append", source, bucket + "log", says="has no append")
        self.fails(2, "append", "-", bucket + "log", stdin=b"x", says="write the whole object again")
        for scheme in WITH_APPEND:
            with self.subTest(scheme):
                bucket = self.bucket(scheme)
                self.ok("cp", source, bucket + "whole")
                self.fails(1, "append", source, bucket + "whole")
                self.fails(4, "append", self.home / "nothing", bucket + "log", says="No such file")
                self.fails(1, "append", self.home, bucket + "log", says="directory")
                self.fails(4, "append", source, f"{scheme}://no-such-bucket-1250000000/log")
        log = self.bucket("oss") + "log"
        self.assertEqual(self.ok("append", "--dry-run", source, log).decode(), f"append {source} {log}\n")
        self.fails(4, "stat", log)

    def test_a_failure_midway_says_how_much_is_there(self):
        faults = self.file("faults.json", json.dumps({"seed": 1, "rules": [
            {"operation": "append_object", "action": "error", "status": 403, "skip": 1}]}).encode())
        server = Server(self.home / "faulty", "--faults", faults)
        self.addCleanup(server.stop)
        self.ok("mb", "oss://bucket", url=server.url)
        source = self.file("source", pattern(2 * PIECE))
        self.fails(7, "append", source, "oss://bucket/log", url=server.url,
                   says=f"the first {PIECE} bytes were appended, and the object ends at {PIECE}")

    def test_an_interrupt_ends_it_between_two_requests(self):
        log = self.bucket("tos") + "log"
        reader, writer = os.pipe()
        process = self.start("append", "-", log, stdin=reader)
        os.close(reader)
        os.write(writer, pattern(1000))
        with open(writer, "wb") as pipe:
            pipe.write(pattern(PIECE))
            pipe.flush()
            while b"log" not in self.run_("ls", log.rpartition("/")[0] + "/").stdout:
                self.assertIsNone(process.poll())
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130, said)
        self.assertIn(f"the object ends at {PIECE}".encode(), said)
        self.assertEqual(len(self.ok("cat", log)), PIECE)


class Links(Case):
    def test_a_link_leads_to_a_key_of_its_bucket(self):
        for scheme in WITH_LINKS:
            with self.subTest(scheme):
                bucket = self.bucket(scheme)
                self.ok("cp", self.file("source", b"hello"), bucket + "the target +")
                for target in ("the target +", bucket + "the target +"):
                    self.ok("symlink", target, bucket + "link")
                    self.assertEqual(self.ok("readlink", bucket + "link"), b"the target +\n")
                self.assertEqual(self.ok("cat", bucket + "link"), b"hello")
                line = json_lines(self.ok("symlink", "--json", "not there", bucket + "link"))[0]
                told = json_lines(self.ok("read-symlink", "--json", bucket + "link"))[0]
                for each in (line, told):
                    self.assertEqual((each["event"], each["url"], each["target"]), ("symlink", bucket + "link", "not there"))
                    self.assertTrue(each["status"] == 200 and each["request_id"])
                plan = self.ok("symlink", "--dry-run", bucket + "-other", bucket + "link")
                self.assertEqual(self.ok("readlink", bucket + "link"), b"not there\n")
                self.ok("run", "-", "--endpoint", self.server.url, "--region", DIALECTS[scheme].region, stdin=plan)
                self.assertEqual(self.ok("readlink", bucket + "link"), b"-other\n")
                self.fails(2, "symlink", self.bucket(scheme) + "k", bucket + "link", says="of its own bucket")
                self.fails(4, "readlink", bucket + "nothing")

    def test_stores_without_links_say_so(self):
        for scheme in set(DIALECTS) - set(WITH_LINKS):
            with self.subTest(scheme):
                link = self.bucket(scheme) + "link"
                self.fails(2, "symlink", "target", link)
                self.fails(2, "readlink", link)


class Restore(Case):
    def test_archived_objects_come_back(self):
        for scheme, word in WITH_ARCHIVE.items():
            with self.subTest(scheme):
                bucket = self.bucket(scheme)
                for name in ("one", "below/a", "below/b", "below/plain"):
                    self.ok("cp", self.file("source", b"x"), bucket + name)
                    if name != "below/plain":
                        self.ok("props", "set", "class", bucket + name, word)
                self.assertNotEqual(self.run_("cat", bucket + "one").returncode, 0)
                self.assertEqual(self.ok("restore", "--dry-run", "--days", "3", bucket + "one").decode(),
                                 f"restore --days 3 {bucket}one\n")
                line = json_lines(self.ok("restore", "--days", "3", "--tier", "Standard", "--json", bucket + "one"))[0]
                self.assertEqual((line["event"], line["url"], line["status"]), ("restored", bucket + "one", 202))
                self.assertTrue(line["request_id"])
                below = ("restore", "-r", "--class", word, bucket + "below")
                self.assertEqual(self.ok(*below, "--dry-run").count(b"\n"), 2)
                lines = json_lines(self.ok(*below, "--json"))
                self.assertEqual({one.get("url") for one in lines}, {bucket + "below/a", bucket + "below/b", None})
                self.assertEqual(lines[-1], {"event": "summary", "action": "restored", "objects": 2, "failed": 0})
                self.fails(4, "restore", bucket + "nothing")
                self.fails(4, "restore", "-r", bucket + "nothing")

    def test_a_store_without_it_says_so(self):
        bucket = self.bucket("qs")
        self.fails(2, "restore", bucket + "k")


if __name__ == "__main__":
    import unittest
    unittest.main()
