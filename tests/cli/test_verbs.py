"""mv, du, find, pipe, hash and check through all five dialects, and dry runs that change nothing."""

import hashlib

from command import DIALECTS, Case, json_lines, pattern

MIB = 1 << 20


class Verbs(Case):
    def keys(self, bucket):
        return [line["key"] for line in json_lines(self.ok("ls", "-r", "--json", bucket))]

    def tree(self, root):
        return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}

    def put(self, bucket, names):
        for number, name in enumerate(names):
            self.ok("cp", self.file("source", pattern(100 + number, number + 1)), bucket + name)

    def test_a_store_is_quoted_with_status_and_headers(self):
        for scheme in DIALECTS:
            with self.subTest(scheme):
                bucket = self.bucket(scheme)
                self.put(bucket, ["a"])
                told = json_lines(self.ok("stat", bucket + "a", "--json"))[0]
                self.assertEqual((told["status"], told["headers"]["content-length"]), (200, "100"))
                self.assertIn(told["request_id"], told["headers"].values())

    # -- mv ---------------------------------------------------------------------------------------

    def test_a_file_moves_up_across_and_down(self):
        for scheme in DIALECTS:
            with self.subTest(scheme):
                bucket = self.bucket(scheme)
                source = self.file("dir/name", pattern(6 * MIB))
                self.ok("mv", source, bucket)
                self.assertFalse(source.exists())
                self.ok("mv", bucket + "name", bucket + "other/name 2")
                self.assertEqual(self.keys(bucket), ["other/name 2"])
                self.ok("mv", bucket + "other/name 2", f"{self.home}/new/deep/")
                self.assertEqual((self.home / "new/deep/name 2").read_bytes(), pattern(6 * MIB))
                self.assertEqual(self.keys(bucket), [])
                self.fails(4, "mv", bucket + "nothing", self.home / "x")
                self.fails(4, "mv", "-r", bucket + "nothing", self.home / "x")

    def test_trees_move_both_ways_and_between_stores(self):
        tree = {"a": b"1", "sub/b c": pattern(3000), "sub/deep/ключ+%20": b"3", "empty": b""}
        for scheme, other in zip(DIALECTS, list(DIALECTS)[1:] + ["oss"]):
            with self.subTest(scheme):
                one, two = self.bucket(scheme), self.bucket(other)
                for name, content in tree.items():
                    self.file("tree/" + name, content)
                self.ok("mv", "-r", self.home / "tree", one + "t")
                self.assertEqual(self.tree(self.home / "tree"), {})
                self.ok("mv", "-r", one + "t", two + "u/v/")
                self.assertEqual(self.keys(one), [])
                self.assertEqual(self.keys(two), sorted("u/v/" + name for name in tree))
                self.ok("mv", "-r", two + "u", self.home / scheme)
                self.assertEqual(self.keys(two), [])
                self.assertEqual(self.tree(self.home / scheme / "v"), tree)

    def test_what_could_not_be_copied_is_not_deleted(self):
        bucket = self.bucket("s3")
        self.put(bucket, ["t/a", "t/a/b", "t/c"])  # a is a file and a directory
        (self.home / "down").mkdir()
        done = self.run_("mv", "-r", bucket + "t", self.home / "down")
        self.assertEqual(done.returncode, 1, done.stderr)
        left = self.keys(bucket)
        self.assertEqual(len(left), 1, done.stderr)
        self.assertEqual(sorted(self.tree(self.home / "down")), sorted({"a", "a/b", "c"} - {left[0][2:]}))

        self.fails(4, "mv", self.file("stays", b"x"), "s3://no-such-bucket-1250000000/k")
        self.assertTrue((self.home / "stays").exists())

    def test_nothing_is_moved_into_itself(self):
        bucket = self.bucket("s3")
        self.put(bucket, ["k", "a/x", "a/b/x", "a/b/b/x"])
        before = self.keys(bucket)
        for words in (["mv", bucket + "k", bucket + "k"], ["mv", "-r", bucket + "a/", bucket + "a/"],
                      ["mv", "-r", bucket + "a", bucket + "a/c"], ["mv", "-r", bucket, bucket + "x/"]):
            with self.subTest(words=words):
                self.fails(2, *words, says="itself")
        self.assertEqual(self.keys(bucket), before)
        # Up by one: what would land in the source, and be moved again, stays.
        done = self.run_("mv", "-r", bucket + "a/b", bucket + "a")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual(self.keys(bucket), ["a/b/b/x", "a/x", "k"])

    # -- du, find -----------------------------------------------------------------------------------

    def test_usage_adds_up(self):
        names = ["logs/2025/a", "logs/2025/b", "logs/2026/c", "logs/top", "logs2/no"]
        for scheme in DIALECTS:
            with self.subTest(scheme):
                bucket = self.bucket(scheme)
                self.put(bucket, names)
                usage = [(one["url"], one["bytes"], one["objects"])
                         for one in json_lines(self.ok("du", "--json", "--depth", "1", bucket + "logs"))]
                self.assertEqual(usage, [(bucket + "logs/2025/", 201, 2), (bucket + "logs/2026/", 102, 1),
                                         (bucket + "logs/", 406, 4)])
                self.assertEqual(self.ok("du", bucket).split(), [b"510", b"5", bucket.encode()])
                self.assertEqual(self.ok("size", bucket + "logs/top").split()[:2], [b"103", b"1"])
                self.assertIn(b"510 B", self.ok("du", "-H", bucket))
                self.fails(4, "du", bucket + "nothing")

    def test_usage_of_more_than_one_page_and_several_places(self):
        bucket = self.bucket("oss")
        for number in range(1205):
            self.file(f"many/d{number % 5}/{number:05}", b"xy")
        self.ok("cp", "-r", self.home / "many", bucket)
        lines = self.ok("du", bucket + "d1", bucket + "d2/", bucket).decode().splitlines()
        self.assertEqual([line.split()[:2] for line in lines], [["482", "241"], ["482", "241"], ["2410", "1205"]])

    def test_find_prints_what_fits(self):
        for scheme in DIALECTS:
            with self.subTest(scheme):
                bucket = self.bucket(scheme)
                self.put(bucket, ["t/a.gz", "t/b c.gz", "t/sub/c.gz", "t/sub/d.txt", "u/e.gz"])
                find = lambda *words: self.ok("find", bucket + "t", *words).decode().splitlines()
                everything = [bucket + key for key in ("t/a.gz", "t/b c.gz", "t/sub/c.gz", "t/sub/d.txt")]
                self.assertEqual(find(), everything)
                self.assertEqual(find("--name", "*.gz"), everything[:3])
                self.assertEqual(find("--name", "?.txt", "--name", "b*"), [everything[1], everything[3]])
                self.assertEqual(find("--max-depth", "1"), everything[:2])
                self.assertEqual(find("--max-depth", "2"), everything)
                self.assertEqual(find("--larger", "101B"), everything[2:])
                self.assertEqual(find("--smaller", "101B"), everything[:1])
                self.assertEqual(find("--newer", "1h"), everything)
                self.assertEqual(find("--older", "1h"), [])
                self.assertEqual(find("--older-than", "2999-01-01"), everything)
                self.assertEqual(find("--newer", "2999-01-01T00:00:00Z"), [])
                self.fails(4, "find", bucket + "nothing")

    def test_find_makes_a_list_of_commands_that_means_its_keys_alone(self):
        for scheme, dialect in DIALECTS.items():
            with self.subTest(scheme):
                bucket, region = self.bucket(scheme), ("--region", dialect.region)
                for name in (f'x/a" "{bucket}kept', f"x/b\nrm {bucket}kept\n", "x/c'", "kept"):
                    self.ok("cp", self.file("source", b"1234"), bucket + name, *region)
                plan = self.ok("find", bucket + "x", "--command", "rm")
                self.assertEqual(plan.count(b"\n"), 3)
                self.ok("run", "-", "--endpoint", self.server.url, *region, stdin=plan)
                self.assertEqual(self.keys(bucket), ["kept"])
                told = json_lines(self.ok("find", "--json", bucket, "--command", "stat --json"))
                self.assertEqual([(one["event"], one["command"], one["bytes"]) for one in told],
                                 [("planned", ["stat", "--json", bucket + "kept"], 4)])
        self.fails(2, "find", bucket, "--command", "rm 'a", says="--command")
        self.fails(2, "find", bucket, "--command", " ")

    # -- pipe, hash -----------------------------------------------------------------------------------

    def test_standard_input_becomes_an_object(self):
        for scheme, dialect in DIALECTS.items():
            for verb, size in (("pipe", 5), ("rcat", 0), ("tee", 2 * dialect.part * MIB + 7)):
                with self.subTest(scheme=scheme, size=size):
                    bucket = self.bucket(scheme)
                    self.assertEqual(self.ok(verb, bucket + "k/", "--part-size", dialect.part, stdin=pattern(size)), b"")
                    self.assertEqual(self.ok("cat", bucket + "k/"), pattern(size))

    def test_hashes_are_those_of_the_bytes(self):
        content = pattern(3 * MIB + 11)
        source = self.file("source", content)
        known = {"md5": hashlib.md5(content).hexdigest(), "sha256": hashlib.sha256(content).hexdigest()}
        for scheme in DIALECTS:
            bucket = self.bucket(scheme)
            self.ok("cp", source, bucket + "k")
            for kind in ("crc64", "crc32c", "md5", "sha256"):
                with self.subTest(scheme=scheme, kind=kind):
                    lines = self.ok("hash", "--type", kind, source, bucket + "k").decode().splitlines()
                    values = [line.split("  ")[0] for line in lines]
                    self.assertEqual(values[0], values[1])
                    self.assertEqual(values[0], known.get(kind, values[0]))
                    self.assertEqual(lines[1].split("  ")[1], bucket + "k")
            stat = json_lines(self.ok("stat", "--json", bucket + "k"))[0]
            if "crc64" in stat:
                self.assertEqual(self.ok("hash", source).split()[0].decode(), stat["crc64"])
        self.assertEqual(self.ok("hash", "--type", "md5", "-", stdin=content).split()[0].decode(), known["md5"])
        self.assertEqual(self.ok("hash", "--type", "crc32c", "-", stdin=b"123456789"), b"e3069283  -\n")
        self.assertEqual(self.ok("hashsum", "-", stdin=b"123456789"), b"11051210869376104954  -\n")
        done = self.run_("hash", source, self.home / "nothing", source)
        self.assertEqual((done.returncode, done.stdout.count(b"\n")), (1, 2))
        self.fails(4, "hash", self.home / "nothing")

    # -- check ------------------------------------------------------------------------------------------

    def differences(self, code, *words):
        done = self.run_("check", "--json", *words)
        self.assertEqual(done.returncode, code, done.stderr)
        lines = json_lines(done.stdout)
        return {(one["what"], one["name"]) for one in lines if one["event"] == "difference"}, lines[-1]

    def test_a_tree_and_its_copy_are_the_same_until_they_are_not(self):
        for scheme in DIALECTS:
            with self.subTest(scheme):
                bucket = self.bucket(scheme)
                for name in ("a", "b", "c", "sub/d", "sub.x", "sub0"):
                    self.file(f"{scheme}/{name}", name.encode())
                tree = self.home / scheme
                self.ok("cp", "-r", tree, bucket + "t")
                told, counts = self.differences(0, tree, bucket + "t")
                self.assertEqual((told, counts["same"] + counts["same_size"]), (set(), 6))
                self.assertEqual(counts["same_size"], 0, "a small object's checksum is known in every store")
                self.differences(0, bucket + "t", tree)

                self.file(f"{scheme}/a", b"A")            # as long
                self.file(f"{scheme}/b", b"longer")
                self.file(f"{scheme}/sub/new", b"new")
                (tree / "c").unlink()
                wanted = {("checksum", "a"), ("size", "b"), ("missing", "sub/new"), ("extra", "c")}
                told, counts = self.differences(1, tree, bucket + "t")
                self.assertEqual((told, counts["differ"], counts["missing"], counts["extra"]), (wanted, 2, 1, 1))
                told, _ = self.differences(1, bucket + "t", tree)
                self.assertEqual(told, {("checksum", "a"), ("size", "b"), ("extra", "sub/new"), ("missing", "c")})
                told, counts = self.differences(1, "--size-only", tree, bucket + "t")
                self.assertEqual((told, counts["same"]), (wanted - {("checksum", "a")}, 0))

    def test_prefixes_of_two_stores(self):
        one = self.bucket("oss")
        self.put(one, ["p/a", "p/b", "p/sub/c"])
        for scheme in DIALECTS:
            with self.subTest(scheme):
                two = self.bucket(scheme)
                self.ok("cp", "-r", one + "p", two + "q")
                told, counts = self.differences(0, one + "p", two + "q")
                self.assertEqual((told, counts["same"] + counts["same_size"]), (set(), 3))
                self.ok("cp", self.file("other", b"other"), two + "q/b")
                self.ok("rm", two + "q/sub/c")
                told, _ = self.differences(1, one + "p", two + "q")
                self.assertEqual(told, {("size", "b"), ("missing", "sub/c")})

    def test_single_things_and_pages(self):
        bucket = self.bucket("cos")
        source = self.file("name", pattern(1000))
        self.ok("cp", source, bucket + "dir/name")
        self.assertEqual(self.ok("check", source, bucket + "dir/name"), b"")
        self.assertEqual(self.ok("verify", source, bucket + "dir/"), b"")
        self.assertEqual(self.ok("diff", bucket + "dir/name", source), b"")
        done = self.run_("audit", source, bucket + "dir/other")
        self.assertEqual((done.returncode, done.stdout), (1, f"missing   {source}\n".encode()))
        self.fails(4, "check", self.home / "nothing", bucket)
        self.fails(4, "check", bucket + "nothing", self.home)
        for number in range(1203):
            self.file(f"many/{number:05}", b"x")
        self.ok("cp", "-r", self.home / "many", bucket + "many")
        _, counts = self.differences(0, self.home / "many", bucket + "many")
        self.assertEqual(counts["same"], 1203)

    def writes(self):
        return {(dialect, name): tally["requests"] for dialect, all in self.server.counters()["dialects"].items()
                for name, tally in all.items() if not name.startswith(("get_", "head_", "list_"))}

    # -- dry runs ---------------------------------------------------------------------------------------

    def test_a_dry_run_changes_nothing_and_its_lines_do_what_they_say(self):
        bucket = self.bucket("tos")
        for name in ("a", "b 'c'", "sub/d"):
            self.file(f"tree/{name}", name.encode())
        self.ok("cp", "-r", self.home / "tree", bucket + "t")
        keys, files = self.keys(bucket), self.tree(self.home / "tree")
        before = self.writes()
        for words in (["cp", "-r", self.home / "tree", bucket + "new"], ["cp", self.home / "tree/a", bucket], ["rm", bucket + "t/a"],
                      ["rm", "-r", bucket], ["mv", "-r", bucket + "t", self.home / "down"], ["mv", self.home / "tree/a", bucket],
                      ["cp", "-r", bucket + "t", bucket + "u"], ["mb", "tos://new-1250000000"], ["rb", bucket], ["pipe", bucket + "k"],
                      ["uploads", "gc", bucket], ["uploads", "abort", "-r", bucket], ["bench", bucket]):
            with self.subTest(words=words):
                for flag in ("--dry-run", "--dryrun"):
                    self.ok(*words, flag)
        self.assertEqual(self.writes(), before)
        self.assertEqual(self.keys(bucket), keys)
        self.assertEqual(self.tree(self.home / "tree"), files)
        self.assertFalse((self.home / "down").exists())

        plan = self.ok("cp", "-r", "--dry-run", bucket + "t", self.home / "down")
        self.assertEqual(plan.count(b"\n"), 3)
        self.assertFalse((self.home / "down").exists())
        self.ok("run", "-", "--endpoint", self.server.url, "--region", "cn-beijing", stdin=plan)
        self.assertEqual(self.tree(self.home / "down"), files)
        self.ok("cp", self.home / "tree/a", f"{bucket}u/x\nrm -r {bucket}t\ny", "--region", "cn-beijing")
        self.ok("run", "-", "--endpoint", self.server.url, "--region", "cn-beijing", stdin=self.ok("rm", "-r", "--dry-run", bucket + "u"))
        self.assertEqual(self.keys(bucket), keys, "no line of a key is a command")
        self.fails(4, "rm", "--dry-run", bucket + "nothing")
        self.fails(4, "cp", "-r", "--dry-run", bucket + "nothing", self.home / "x")


if __name__ == "__main__":
    import unittest
    unittest.main()
