"""Filters of cp, mv, rm and check: what passes is worked on, and the rest is left alone."""

import os

from command import Case, DIALECTS, json_lines

TREE = {"a.txt": b"a", "b.tmp": b"bb", "sub/c.txt": b"ccc", "sub/deep/d.tmp": b"dddd", "skip/e.txt": b"eeeee"}
RULES = ("--exclude", "*.tmp", "--exclude", "/skip/")
KEPT = ["a.txt", "sub/c.txt"]
LEFT = sorted(set(TREE) - set(KEPT))


class Filters(Case):
    def keys(self, bucket):
        return sorted(line["key"] for line in json_lines(self.ok("ls", "-r", "--json", bucket)))

    def local(self, name="tree"):
        return sorted(str(path.relative_to(self.home / name)) for path in (self.home / name).rglob("*") if path.is_file())

    def make_tree(self, name="tree"):
        for path, content in TREE.items():
            self.file(f"{name}/{path}", content)
        return self.home / name

    def below(self, prefix, names):
        return [prefix + name for name in names]

    def test_copies_go_up_across_and_down(self):
        tree = self.make_tree()
        for scheme in DIALECTS:
            with self.subTest(scheme):
                bucket = self.bucket(scheme)
                self.ok("cp", "-r", *RULES, tree, bucket + "up")
                self.assertEqual(self.keys(bucket), self.below("up/", KEPT))
                self.ok("cp", "-r", tree, bucket + "all")
                self.ok("cp", "-r", *RULES, bucket + "all", bucket + "over")
                self.assertEqual(self.keys(bucket + "over/"), self.below("over/", KEPT))
                self.ok("cp", "-r", *RULES, bucket + "all", self.home / scheme)
                self.assertEqual(self.local(scheme), KEPT)

    def test_moves_delete_what_they_moved(self):
        for scheme in DIALECTS:
            with self.subTest(scheme):
                bucket = self.bucket(scheme)
                self.ok("mv", "-r", *RULES, self.make_tree(), bucket + "up")
                self.assertEqual((self.keys(bucket), self.local()), (self.below("up/", KEPT), LEFT))
                self.ok("cp", "-r", self.make_tree(), bucket + "all")
                self.ok("mv", "-r", *RULES, bucket + "all", bucket + "over")
                self.assertEqual(self.keys(bucket + "over/"), self.below("over/", KEPT))
                self.assertEqual(self.keys(bucket + "all/"), self.below("all/", LEFT))

    def test_a_removal_and_every_dry_run_mean_the_same(self):
        tree, bucket = self.make_tree(), self.bucket("s3")
        self.ok("cp", "-r", tree, bucket + "t")
        for words in (["rm", "-r", bucket + "t"], ["cp", "-r", bucket + "t", bucket + "u"], ["mv", "-r", tree, bucket + "u"]):
            with self.subTest(words[0]):
                shown = self.ok(*words, "--dry-run", *RULES).decode()
                self.assertEqual(len(shown.splitlines()), len(KEPT), shown)
                for name in KEPT:
                    self.assertIn(name, shown)
        self.ok("rm", "-r", *RULES, bucket + "t")
        self.assertEqual(self.keys(bucket), self.below("t/", LEFT))

    def test_sizes_and_times_choose_too(self):
        tree, bucket = self.make_tree(), self.bucket("oss")
        os.utime(tree / "a.txt", (1, 1))
        self.ok("cp", "-r", "--min-size", "2B", "--max-size", "4B", tree, bucket + "size")
        self.assertEqual(self.keys(bucket), self.below("size/", ["b.tmp", "sub/c.txt", "sub/deep/d.tmp"]))
        self.ok("cp", "-r", "--older-than", "1h", tree, bucket + "old")
        self.assertEqual(self.keys(bucket + "old/"), ["old/a.txt"])
        self.ok("rm", "-r", "--older-than", "1h", bucket + "size")
        self.assertEqual(len(self.keys(bucket + "size/")), 3, "what was written just now is not old")

    def test_a_check_compares_what_passes(self):
        for scheme in DIALECTS:
            with self.subTest(scheme):
                tree, bucket = self.make_tree(), self.bucket(scheme)
                self.ok("cp", "-r", *RULES, tree, bucket + "t")
                self.assertEqual(self.run_("check", tree, bucket + "t").returncode, 1)
                self.ok("check", *RULES, tree, bucket + "t")
                self.ok("check", *RULES, bucket + "t", tree)
                self.ok("cp", self.file("extra", b"x"), bucket + "t/skip/extra")
                self.ok("check", *RULES, tree, bucket + "t")
                self.ok("cp", self.file("extra", b"x"), bucket + "t/extra")
                done = self.run_("check", "--json", *RULES, tree, bucket + "t")
                self.assertEqual([line["name"] for line in json_lines(done.stdout) if line["event"] == "difference"], ["extra"])

    def test_directories_of_which_nothing_passes_are_not_read(self):
        tree, bucket = self.make_tree(), self.bucket("s3")
        closed = tree / "closed"
        closed.mkdir()
        closed.chmod(0)
        self.addCleanup(closed.chmod, 0o700)
        if os.access(closed, os.R_OK):  # the superuser reads everything: what is left out says nothing either
            (closed / "link").symlink_to("nowhere")
        noisy = self.run_("cp", "-r", tree, bucket + "t").stderr
        self.assertIn(b"closed", noisy)
        for words in (["cp", "-r", tree, bucket + "t"], ["mv", "-r", "--dry-run", tree, bucket + "t"], ["check", tree, bucket + "t"]):
            with self.subTest(words[0]):
                done = self.run_(*words, "--exclude", "closed/")
                self.assertEqual((done.returncode, b"closed" in done.stderr), (0, False), done.stderr)

    def test_nothing_that_passes_is_no_error(self):
        bucket = self.bucket("s3")
        self.ok("cp", "-r", self.make_tree(), bucket + "t")
        for words in (["rm", "-r", bucket + "t"], ["cp", "-r", bucket + "t", bucket + "u"], ["mv", "-r", bucket + "t", bucket + "u"]):
            self.ok(*words, "--include", "nothing")
            self.ok(*words, "--include", "nothing", "--dry-run")
        self.assertEqual(len(self.keys(bucket)), len(TREE))

    def test_filters_of_one_thing_and_wrong_ones_are_refused(self):
        bucket, one = self.bucket("s3"), self.file("one", b"1")
        self.ok("cp", one, bucket + "one")
        for words in (["cp", one, bucket], ["mv", one, bucket], ["rm", bucket + "one"], ["check", one, bucket + "one"]):
            self.fails(2, *words, "--exclude", "x", says="below a directory or a prefix")
        self.fails(2, "rm", "-r", bucket, "--exclude", "a[", says='--exclude: the pattern "a[": a [ has no ]')
        rules = self.file("rules", b"- a\n+ {b\n")
        self.fails(2, "rm", "-r", bucket, "--filter-from", rules, says="rules:2: the pattern \"{b\": a { has no }")
        self.fails(4, "rm", "-r", bucket, "--filter-from", self.home / "nothing", says="nothing")
        self.assertEqual(self.keys(bucket), ["one"])
