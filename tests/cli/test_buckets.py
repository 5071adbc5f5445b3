"""mb with properties, and what ls may be told: buckets by name and tag, keys behind another, owners."""

from command import DIALECTS, Case, json_lines

# What a store can be told of a new bucket: a word that it takes, by store.
PROPERTIES = {
    "--acl": dict.fromkeys(("oss", "cos", "tos", "s3"), "private"),
    "--storage-class": {"oss": "IA", "cos": "STANDARD_IA", "tos": "IA"},
    "--redundancy": {"oss": "ZRS", "cos": "MAZ", "tos": "multi-az"},
    "--type": {"cos": "OFS", "tos": "fns"},
}


class Buckets(Case):
    def names(self, *words):
        return [line["bucket"] for line in json_lines(self.ok("ls", *words, "--json"))]

    def test_a_new_bucket_is_told_what_the_store_can_be_told_and_the_rest_is_refused(self):
        for scheme in DIALECTS:
            for flag, words in PROPERTIES.items():
                with self.subTest(scheme=scheme, flag=flag):
                    name = f"new{flag}-{scheme}-1250000000"
                    before = self.server.counters()["requests"]
                    if scheme in words:
                        self.ok("mb", f"{scheme}://{name}", flag, words[scheme])
                        self.assertIn(name, self.names(f"{scheme}://"))
                    else:
                        self.fails(2, "mb", f"{scheme}://{name}", flag, "word", says=" has no ")
                        self.assertEqual(self.server.counters()["requests"], before)

    def test_all_of_them_at_once_and_as_a_dry_run_shows_them(self):
        words = ["--acl", "private", "--storage-class", "IA", "--redundancy", "multi-az", "--type", "fns"]
        plan = self.ok("mb", "tos://all-at-once", *words, "--dry-run")
        self.assertEqual(plan.decode(), f"mb tos://all-at-once/ {' '.join(words)}\n")
        self.assertEqual(json_lines(self.ok("mb", "tos://all-at-once", *words, "--dry-run", "--json"))[0]["command"],
                         ["mb", "tos://all-at-once/", *words])
        self.assertNotIn("all-at-once", self.names("tos://"))
        self.ok("run", "-", "--endpoint", self.server.url, "--region", "cn-beijing", stdin=plan)
        self.assertIn("all-at-once", self.names("tos://"))

    def test_buckets_are_listed_by_name_behind_a_name_and_by_tag(self):
        for scheme in DIALECTS:
            with self.subTest(scheme):
                for name in ("red-1", "red-2", "red-3", "tan-1"):
                    self.ok("mb", f"{scheme}://{name}-1250000000")
                store = f"{scheme}://"
                red = [f"red-{number}-1250000000" for number in (1, 2, 3)]
                self.assertEqual(self.names(store, "--prefix", "red-"), red)
                self.assertEqual(self.names(store, "--prefix", "red-", "--start-after", red[0]), red[1:])
                self.assertEqual(self.ok("ls", store, "--prefix", "blue-"), b"")
                if scheme in ("oss", "cos"):
                    self.assertEqual(self.names(store, "--tag", "team=search"), [])
                    if scheme == "cos":
                        self.fails(2, "ls", store, "--tag", "team", says="by a tag's key and value")
                    else:
                        self.assertEqual(self.names(store, "--tag", "team"), [])
                else:
                    self.fails(2, "ls", store, "--tag", "team=search", says="has no list of buckets by tag")


class Keys(Case):
    def keys(self, *words):
        return [line.get("key", line.get("prefix")) for line in json_lines(self.ok("ls", *words, "--json"))]

    def test_what_is_behind_a_key_is_listed(self):
        for scheme in DIALECTS:
            with self.subTest(scheme):
                bucket = self.bucket(scheme)
                for name in ("a/1", "a/2", "b", "c/1", "d"):
                    self.ok("cp", self.file("source", b"x"), bucket + name)
                self.assertEqual(self.keys(bucket, "--start-after", "b"), ["c/", "d"])
                self.assertEqual(self.keys("-r", bucket, "--start-after", "a/1"), ["a/2", "b", "c/1", "d"])
                self.assertEqual(self.keys("-r", bucket, "--start-after", "bb"), ["c/1", "d"])
                self.assertEqual(self.keys("-r", bucket + "a/", "--start-after", "a/1"), ["a/2"])
                self.assertEqual(self.ok("ls", bucket + "a/", "--start-after", "a/2"), b"")

    def test_owners_are_told_when_asked_for(self):
        for scheme in DIALECTS:
            with self.subTest(scheme):
                bucket = self.bucket(scheme)
                self.ok("cp", self.file("source", b"x"), bucket + "k")
                self.ok("cp", self.file("source", b"x"), bucket + "p/k")
                told, _ = json_lines(self.ok("ls", bucket, "--fetch-owner", "--json"))
                self.assertEqual((told["key"], told["owner_name"]), ("k", "sluice"))
                key, folder = self.ok("ls", bucket, "--fetch-owner").decode().splitlines()
                self.assertEqual(key.split()[1:], ["1", told["owner"], "k"])
                self.assertEqual(folder.split(), ["DIR", "p/"])
                self.assertNotIn("owner", json_lines(self.ok("ls", bucket, "--json"))[0])


if __name__ == "__main__":
    import unittest
    unittest.main()
