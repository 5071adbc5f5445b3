"""The guard of instruction counts fails on one that has grown or has no baseline, and says what to do."""

import json
import pathlib
import re
import subprocess
import tempfile
import unittest

from programs import PROGRAMS, ROOT, load

CHEAPEST = "sign_oss_v1"


class Instructions(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.baseline = pathlib.Path(place.name, "baseline.json")

    def run_(self, *words):
        """Its exit status and what it printed."""
        done = subprocess.run([ROOT / "bench/instructions", "--programs", pathlib.Path(PROGRAMS["sluice"]).parent,
                               "--baseline", self.baseline, *words], capture_output=True, text=True, timeout=120)
        return done.returncode, done.stdout + done.stderr

    def check(self, **instructions):
        self.baseline.write_text(json.dumps({"counted_with": {}, "instructions": instructions}))
        return self.run_("--check", "--only", CHEAPEST)

    def count(self):
        _, said = self.run_("--only", CHEAPEST)
        return int(re.search(rf"\| {CHEAPEST} \| ([\d,]+) \|", said).group(1).replace(",", ""))

    def test_a_count_that_has_grown_fails_with_its_numbers_and_the_way_to_accept_it(self):
        now = self.count()
        status, said = self.check(**{CHEAPEST: int(now / 1.2)})

        self.assertEqual(status, 1, said)
        self.assertIn(f"{CHEAPEST} has grown by 20.0%, from {int(now / 1.2):,} to ", said)
        self.assertIn("bench/instructions --update", said)

    def test_the_same_count_passes_and_a_cheaper_one_is_mentioned(self):
        now = self.count()

        self.assertEqual(self.check(**{CHEAPEST: now})[0], 0)
        status, said = self.check(**{CHEAPEST: now * 2})
        self.assertEqual(status, 0, said)
        self.assertIn(f"Cheaper by more than 10%: {CHEAPEST}", said)

    def test_a_count_without_a_baseline_fails(self):
        status, said = self.check(another=1)

        self.assertEqual(status, 1, said)
        self.assertIn(f"{CHEAPEST} is not in {self.baseline}", said)

    def test_every_count_has_a_baseline_and_every_baseline_a_count(self):
        names = {line.split()[0] for line in self.run_("--list")[1].splitlines()}

        self.assertEqual(set(load(ROOT / "bench/baseline.json")["instructions"]), names)

    def test_what_is_unknown_is_refused(self):
        self.assertEqual(self.run_("--only", "small_nothing")[0], 2)
        self.assertEqual(self.run_("--update", "--only", CHEAPEST)[0], 2)
        self.assertFalse(self.baseline.exists())


if __name__ == "__main__":
    unittest.main()
