"""uploads parts and abort: what has arrived of unfinished uploads, and how they end."""

import json

from command import DIALECTS, Case, Server, json_lines, pattern

MIB = 1 << 20
SLOW = {"seed": 1, "rules": [{"operation": "put_part", "action": "delay", "ms": 200}]}


class Uploads(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        faults = cls.dir / "faults.json"
        faults.write_text(json.dumps(SLOW))
        cls.slow = Server(cls.dir / "slow", "--faults", faults)
        cls.addClassCleanup(cls.slow.stop)

    def slowly(self, *words, **options):
        return self.ok(*words, url=self.slow.url, **options)

    def refused(self, code, *words, **options):
        return self.fails(code, *words, url=self.slow.url, **options)

    def unfinished(self, scheme, *keys):
        """A bucket in which these have lost their writer after a part or more."""
        Case.made = getattr(Case, "made", 0) + 1
        bucket = f"{scheme}://unfinished-{Case.made}-1250000000/"
        self.slowly("mb", bucket)
        source = self.file("source", pattern(64 * MIB))
        for key in keys:
            run = self.start("cp", source, bucket + key, "--part-size", "5M", "-c", "1", "--json", url=self.slow.url)
            for line in run.stdout:
                event = json.loads(line)
                if event["event"] == "progress" and event["parts_done"] >= 1:
                    break
            run.kill()
            run.communicate()
        return bucket

    def uploads(self, bucket):
        return {one["key"]: one["upload_id"] for one in json_lines(self.slowly("uploads", "ls", "--json", bucket))}

    def test_parts_that_have_arrived_are_shown(self):
        for scheme in DIALECTS:
            with self.subTest(scheme):
                bucket = self.unfinished(scheme, "a", "ab")
                ids = self.uploads(bucket)
                parts = json_lines(self.slowly("uploads", "parts", "--json", bucket + "a"))
                self.assertEqual({(one["key"], one["upload_id"], one["size"]) for one in parts}, {("a", ids["a"], 5 * MIB)})
                self.assertEqual([one["number"] for one in parts], list(range(1, len(parts) + 1)))
                rows = self.slowly("uploads", "parts", bucket + "ab", "--upload-id", ids["ab"]).decode().splitlines()
                self.assertEqual(rows[0].split()[:2] + rows[0].split()[3:], ["1", str(5 * MIB), ids["ab"]])
                self.refused(4, "uploads", "parts", bucket + "b", says="uploads ls shows")
                self.refused(4, "uploads", "parts", bucket + "a", "--upload-id", ids["ab"])

    def test_one_key_is_aborted_and_its_neighbours_stay(self):
        for scheme in DIALECTS:
            with self.subTest(scheme):
                bucket = self.unfinished(scheme, "a", "ab")
                ids = self.uploads(bucket)
                stranger = {"env": self.environment(XDG_STATE_HOME=str(self.home / "another"))}
                plan = self.slowly("uploads", "abort", bucket + "a", "--dry-run", **stranger)
                self.assertEqual(plan.decode(), f"uploads abort {bucket}a --upload-id={ids['a']}\n")
                self.assertEqual(self.uploads(bucket), ids)
                self.ok("run", "-", "--endpoint", self.slow.url, "--region", DIALECTS[scheme].region, stdin=plan, **stranger)
                self.assertEqual(list(self.uploads(bucket)), ["ab"])
                gone = json_lines(self.slowly("uploads", "abort", "--json", bucket + "ab"))
                self.assertEqual([(one["event"], one["key"], one["ours"]) for one in gone], [("upload_aborted", "ab", True)])
                self.assertEqual(self.uploads(bucket), {})
                self.refused(4, "uploads", "abort", bucket + "ab", says="nothing there")

    def test_all_below_a_prefix_are_aborted_when_they_are_old_enough(self):
        bucket = self.unfinished("oss", "p/1", "p/2", "p2")
        self.slowly("uploads", "abort", "-r", bucket + "p", "--older-than", "1h")
        self.assertEqual(list(self.uploads(bucket)), ["p/1", "p/2", "p2"])
        plan = self.slowly("uploads", "abort", "-r", bucket + "p", "--older", "0s", "--dry-run").decode()
        self.assertEqual([line.split()[2] for line in plan.splitlines()], [bucket + "p/1", bucket + "p/2"])
        rows = self.slowly("uploads", "abort", "-r", bucket + "p").decode().splitlines()
        self.assertEqual({row.split()[-1] for row in rows}, {"p/1", "p/2"})
        self.assertEqual(list(self.uploads(bucket)), ["p2"])
        self.slowly("uploads", "abort", "-r", bucket)
        self.assertEqual(self.uploads(bucket), {})
        self.assertEqual(self.slowly("uploads", "abort", "-r", bucket), b"")


if __name__ == "__main__":
    import unittest
    unittest.main()
