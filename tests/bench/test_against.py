"""The comparison with other tools runs, and a tool that delivers wrong bytes fails it."""

import pathlib
import subprocess
import tempfile
import unittest

from programs import PROGRAMS, ROOT, load

# Wrappers of sluice, whose words are "cp FROM TO ...": each loses a byte's worth of truth and says nothing.
FLIP = r"""printf '\377' | dd of="$1" bs=1 seek=1000 conv=notrunc status=none"""
WRONG_DOWNLOAD = f"""#!/bin/sh
'{PROGRAMS["sluice"]}' "$@" || exit
set -- "$3"; {FLIP}
"""
WRONG_UPLOAD = f"""#!/bin/sh
[ "$1" = cp ] || exit 0
cp "$2" "$HOME/changed" && file="$HOME/changed" to="$3" && shift 3
( set -- "$file"; {FLIP} )
exec '{PROGRAMS["sluice"]}' cp "$file" "$to" "$@"
"""


class Against(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.dir = pathlib.Path(place.name)

    def run_(self, *words, **programs):
        """Its exit status, what it printed and its JSON."""
        chosen = [f"--program={name}={path}" for name, path in {**PROGRAMS, **programs}.items()]
        done = subprocess.run([ROOT / "bench/against", "--scale", "0.0005", "--rounds", "1", *chosen, *words,
                               "--shm", self.dir, "--disk", self.dir, "--json", self.dir / "json"],
                              capture_output=True, text=True, timeout=120)
        written = load(self.dir / "json") if (self.dir / "json").exists() else None
        return done.returncode, done.stdout + done.stderr, written

    def wrapper(self, text):
        path = self.dir / "wrapper"
        path.write_text(text)
        path.chmod(0o755)
        return path

    def test_a_small_run_of_every_workload_is_right(self):
        status, said, written = self.run_("--tools", "sluice,rawget,rawput", "--seeds", "2")

        self.assertEqual(status, 0, said)
        self.assertEqual(len(written["results"]), 10)
        for result in written["results"]:
            for tool, runs in result["runs"].items():
                self.assertTrue(runs and all(run["good"] for run in runs), f"{result['workload']} {tool}")
            self.assertIn("sluice", result["runs"])
        self.assertIn("| sluice | project | yes |", said)
        self.assertIn("get_small: download 20,000 objects of 4 KiB to tmpfs (here 10 x 4,096 bytes)", said)

    def test_wrong_bytes_of_a_download_fail_it(self):
        status, said, _ = self.run_("--tools", "sluice,rawget", "--only", "get_big", sluice=self.wrapper(WRONG_DOWNLOAD))

        self.assertEqual(status, 1, said)
        self.assertIn("| sluice | project | NO (0 of 1) |", said)
        self.assertIn("| rawget | bound | yes |", said)

    def test_wrong_bytes_of_an_upload_fail_it(self):
        status, said, _ = self.run_("--tools", "sluice,rawput", "--only", "put_big", sluice=self.wrapper(WRONG_UPLOAD))

        self.assertEqual(status, 1, said)
        self.assertIn("| sluice | project | NO (0 of 1) |", said)
        self.assertIn("| rawput | bound | yes |", said)

    def test_a_tool_that_says_it_failed_fails_it(self):
        status, said, _ = self.run_("--tools", "sluice", "--only", "list", sluice=self.wrapper("#!/bin/sh\nexit 3\n"))

        self.assertEqual(status, 1, said)
        self.assertIn("| sluice | project | NO (0 of 1) |", said)

    def test_what_is_unknown_is_refused(self):
        self.assertEqual(self.run_("--only", "get_nothing")[0], 2)


if __name__ == "__main__":
    unittest.main()
