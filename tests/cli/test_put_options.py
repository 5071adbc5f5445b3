"""What is stored with an object, and what is left alone: options of cp, mv and pipe, through all five dialects."""

from command import DIALECTS, Case, json_lines, pattern

MIB = 1 << 20
WORDS = ("--cache-control", "no-cache", "--content-type", "text/x-own", "--meta", "one=1", "--meta", "two=zwei ä")


class PutOptions(Case):
    def stat(self, url):
        return json_lines(self.ok("stat", "--json", url))[0]

    def expect_own(self, url):
        stat = self.stat(url)
        self.assertEqual((stat["content_type"], stat["metadata"]), ("text/x-own", {"one": "1", "two": "zwei ä"}), url)

    def test_cp_mv_and_pipe_store_what_they_are_given(self):
        for scheme, dialect in DIALECTS.items():
            with self.subTest(scheme):
                bucket = self.bucket(scheme)
                source = self.file("tree/source", pattern(2 * dialect.part * MIB + 1))
                self.file("tree/small", b"small")
                self.ok("cp", source, bucket + "one", "--part-size", f"{dialect.part}M", *WORDS)
                self.ok("cp", "-r", self.home / "tree", bucket + "tree/", *WORDS)
                self.ok("pipe", bucket + "piped", *WORDS, stdin=b"piped")
                self.ok("cp", "-", bucket + "stream", *WORDS, stdin=b"streamed")
                self.ok("cp", bucket + "stream", bucket + "copied", *WORDS, "--meta", "three=3")
                self.ok("cp", self.file("plain", b"x"), bucket + "plain")
                self.ok("mv", bucket + "plain", bucket + "moved", *WORDS)
                for key in ("one", "tree/source", "tree/small", "piped", "stream", "moved"):
                    self.expect_own(bucket + key)
                self.assertEqual(self.stat(bucket + "copied")["metadata"]["three"], "3")

    def test_a_class_an_acl_and_tags_are_for_the_store_to_judge(self):
        bucket = self.bucket("oss")
        source = self.file("source", b"x")
        self.ok("cp", source, bucket + "k", "--storage-class", "IA", "--acl", "public-read", "--tag", "a=1")
        self.assertEqual(self.stat(bucket + "k")["storage_class"], "IA")
        self.fails(1, "cp", source, bucket + "k", "--storage-class", "NONE", says="InvalidArgument")
        qingstor = self.bucket("qs")
        for words, says in ((("--acl", "private"), "QingStor has no ACL of objects"), (("--tag", "a=1"), "QingStor has no tags")):
            self.fails(2, "cp", source, qingstor + "k", *words, says=says)
            self.fails(2, "cp", "-r", self.home, qingstor, *words, says=says)
            self.fails(2, "cp", bucket + "k", qingstor + "k", *words, says=says)
            self.fails(2, "pipe", qingstor + "k", *words, says=says, stdin=b"x")

    def test_what_only_objects_have_is_not_asked_of_files(self):
        bucket = self.bucket("s3")
        self.ok("cp", self.file("source", b"x"), bucket + "k")
        for words in (["--acl", "private"], ["--tag", "a=b"], ["--meta", "a=b"], ["--expires-header", "2027-01-31T12:00:00Z"]):
            for target in ("back", "-"):
                self.fails(2, "cp", bucket + "k", target, *words, says=f"{words[0]} goes with an object")
            self.fails(2, "cp", "-r", bucket, "tree", *words, says=words[0])
        self.fails(2, "cp", bucket + "k", "-", "--no-clobber", says="--no-clobber")
        self.assertFalse((self.home / "back").exists())

    def test_one_thing_that_exists_is_refused_and_stays(self):
        for scheme, dialect in DIALECTS.items():
            with self.subTest(scheme):
                bucket = self.bucket(scheme)
                small, large = self.file("small", b"small"), self.file("large", pattern(17 * MIB))
                self.ok("cp", small, bucket + "k", "--no-clobber")
                self.ok("cp", large, bucket + "other", "--no-clobber")
                for words in (("cp", large, bucket + "k"), ("cp", bucket + "other", bucket + "k"), ("mv", large, bucket + "k")):
                    self.fails(1, *words, "--no-clobber", says="exist")
                self.fails(1, "pipe", bucket + "k", "--no-clobber", stdin=b"piped", says="exist")
                self.fails(1, "cp", bucket + "k", small, "--no-clobber", says="small: File exists")
                self.assertEqual(self.ok("cat", bucket + "k"), b"small")
                self.assertTrue(large.exists())

    def test_what_exists_of_a_tree_is_passed_over_and_counted(self):
        for scheme in DIALECTS:
            with self.subTest(scheme):
                bucket = self.bucket(scheme)
                for name in ("a", "b", "c/d"):
                    self.file("tree/" + name, b"new")
                for key in ("up/a", "moved/a", "there/c/d"):
                    self.ok("cp", self.file("old", b"old"), bucket + key)
                counted = []
                for words in (("cp", "-r", "tree", bucket + "up"), ("cp", "-r", bucket + "up", bucket + "there"),
                              ("mv", "-r", "tree", bucket + "moved")):
                    end = json_lines(self.ok(*words, "--no-clobber", "--json"))[-1]
                    counted.append((end["objects"], end["left_alone"], end["failed"]))
                self.assertEqual(counted, [(2, 1, 0)] * 3)
                mine = self.file(f"down-{scheme}/b", b"mine")
                done = self.run_("cp", "-r", bucket + "up", mine.parent, "--no-clobber")
                self.assertEqual((done.returncode, mine.read_bytes()), (0, b"mine"))
                self.assertIn(b"in 2 objects", done.stderr)
                self.assertIn(b"1 were there already", done.stderr)
                self.assertEqual([path.name for path in (self.home / "tree").rglob("*") if path.is_file()], ["a"])
                for key in ("up/a", "moved/a", "there/c/d"):
                    self.assertEqual(self.ok("cat", bucket + key), b"old")
                again = json_lines(self.ok("cp", "-r", bucket + "up", bucket + "there", "--no-clobber", "--json"))[-1]
                self.assertEqual((again["objects"], again["left_alone"]), (0, 3))

    def test_a_dry_run_shows_what_would_be_done_with_the_same_options(self):
        for scheme in ("oss", "s3"):
            with self.subTest(scheme):
                bucket = self.bucket(scheme)
                for name in ("a", "b c"):
                    self.file("tree/" + name, b"x")
                self.ok("cp", self.file("old", b"old"), bucket + "up/a")
                options = (*WORDS, "--storage-class", "STANDARD_IA" if scheme == "s3" else "IA", "--no-clobber")
                shown = self.ok("cp", "-r", "--dry-run", "tree", bucket + "up", *options)
                self.assertEqual(len(shown.splitlines()), 1, shown)
                self.fails(1, "cp", "--dry-run", "tree/a", bucket + "up/a", "--no-clobber", says="exists already")
                piped = self.ok("pipe", "--dry-run", bucket + "p", "--meta", "a=b c")
                self.assertEqual(piped.decode(), f"pipe '--meta=a=b c' {bucket}p\n")

                self.ok("run", self.file("list", shown), "--endpoint", self.server.url, "--region", DIALECTS[scheme].region)

                self.expect_own(bucket + "up/b c")
                self.assertIn("IA", self.stat(bucket + "up/b c")["storage_class"])
                self.assertEqual(self.ok("cat", bucket + "up/a"), b"old")

    def test_names_of_other_tools_are_taken(self):
        bucket = self.bucket("s3")
        self.ok("cp", self.file("source", b"x"), bucket + "k", "--metadata", "a=1", "--tagging", "b=2&c=3", "--expires",
                "2033-11-14T22:13:20Z", "--no-overwrite")
        self.assertEqual(self.stat(bucket + "k")["metadata"], {"a": "1"})
        self.fails(1, "cp", self.home / "source", bucket + "k", "--ignore-existing")


if __name__ == "__main__":
    import unittest
    unittest.main()
