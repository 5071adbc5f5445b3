"""props: one loop over the dialects, as far as each has it."""

from command import DIALECTS, Case, json_lines

WITH_TAGS = ("oss", "cos", "tos", "s3")
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
                self.assertEqual([{**line, "request_id": ""} for line in before], [{**line, "request_id": ""} for line in after])
                self.ok("run", "-", *store, stdin=plan)
        self.assertEqual(self.told("acl", bucket)["acl"], "public-read")
        self.assertEqual(self.told("acl", key)["acl"], "public-read")
        self.assertEqual(self.told("tags", key)["tags"], {"a": "b c", "d": ""})
        self.assertEqual(self.told("meta", key)["metadata"], {"-odd": "1"})


if __name__ == "__main__":
    import unittest
    unittest.main()
