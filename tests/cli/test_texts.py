"""What the tables of verbs and options become: help, completion, the manual, other tools' names."""

import os
import re
import shlex
import subprocess

from command import Case


class Texts(Case):
    def verbs(self):
        """All of them, as words."""
        top = self.ok("--help").decode().split("Commands")[1].split("\n\n")[0]
        return [re.split(r"  +", line.strip())[0].split() for line in top.splitlines()[1:] if line.startswith("  ") and line[2] != " "]

    def test_every_help_fits_a_screen_and_shows_two_examples(self):
        verbs = self.verbs()
        self.assertGreater(len(verbs), 20)
        for words in verbs:
            with self.subTest(verb=" ".join(words)):
                text = self.ok(*words, "--help").decode()
                lines = text.splitlines()
                self.assertLessEqual(len(lines), 40)
                self.assertLessEqual(max(map(len, lines)), 100)
                examples = lines[lines.index("Examples:") + 1:]
                self.assertGreaterEqual(len(examples), 2)
                for example in examples:
                    self.assertIn(" ".join(["sluice", *words]), example)
                everything = self.ok(*words, "--help-all").decode()
                self.assertLessEqual(max(map(len, everything.splitlines())), 100)
                self.assertEqual(self.ok("help", *words).decode(), text)
                self.assertEqual(self.ok(*words, "-h").decode(), text)

    def test_the_examples_are_commands_that_the_parser_takes(self):
        # What a shell would hand over: up to a pipe, redirection or comment. Servers and stores are not asked.
        for words in self.verbs():
            text = self.ok(*words, "--help").decode().split("Examples:\n")[1]
            for example in text.splitlines():
                command = re.search(r"sluice (.*?)(?:\s+[|>#].*|\)?$)", example)[1]
                with self.subTest(example=example):
                    done = self.run_(*shlex.split(command), "--help", env=self.environment())
                    self.assertEqual(done.returncode, 0, done.stderr)

    def test_completion_of_bash_completes(self):
        script = self.ok("completion", "bash").decode()
        def complete(*words):
            ask = script + "\nCOMP_WORDS=(" + " ".join(f"'{word}'" for word in words) + f"); COMP_CWORD={len(words) - 1}; _sluice; echo ${{COMPREPLY[@]}}"
            return subprocess.run(["bash", "-uc", ask], check=True, capture_output=True, text=True, timeout=20).stdout.split()
        self.assertEqual(complete("sluice", "pres"), ["presign"])
        self.assertEqual(set(complete("sluice", "uploads", "")), {words[1] for words in self.verbs() if words[0] == "uploads"})
        self.assertEqual(complete("sluice", "cp", "--dry"), ["--dry-run"])
        self.assertEqual(complete("sluice", "ls", "--addressing", ""), ["auto", "virtual", "path"])
        self.assertIn("--json", complete("sluice", "uploads", "ls", "--"))
        self.assertEqual(complete("sluice", "cp", "file"), [])
        for words in self.verbs():
            self.assertIn(words[0], complete("sluice", words[0]))

    def test_completion_of_other_shells_is_at_least_read_by_them(self):
        for shell in ("bash", "zsh", "fish"):
            script = self.file(shell, self.ok("completion", shell))
            for words in self.verbs():
                self.assertIn(words[-1], script.read_text())
            subprocess.run([shell, "-n", script], check=True, timeout=20)
        offered = subprocess.run(["fish", "--no-config", "-c", f"source {self.home}/fish; complete -C 'sluice pres'"],
                                 check=True, capture_output=True, text=True, timeout=20).stdout
        self.assertEqual([line.split("\t")[0] for line in offered.splitlines()], ["presign"])
        self.fails(2, "completion", "tcsh", says="bash, zsh, fish")

    def test_the_manual_has_a_page_for_every_verb(self):
        self.ok("version", "--man", self.home / "man1")
        wanted = {"sluice.1"} | {"-".join(["sluice", *words]) + ".1" for words in self.verbs()}
        self.assertEqual(set(os.listdir(self.home / "man1")), wanted)
        for name in sorted(wanted):
            done = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-z", self.home / "man1" / name],
                                  capture_output=True, text=True, timeout=20)
            self.assertEqual((done.returncode, done.stderr), (0, ""), name)

    def test_names_of_other_tools_are_taken(self):
        for theirs, ours in (("copy", "cp"), ("move", "mv"), ("delete", "rm"), ("del", "rm"), ("list", "ls"), ("head", "stat"),
                             ("size", "du"), ("rcat", "pipe"), ("tee", "pipe"), ("sign", "presign"), ("signurl", "presign"),
                             ("share", "presign"), ("link", "presign"), ("hashsum", "hash"), ("verify", "check"), ("diff", "check"),
                             ("audit", "check"), ("probe", "bench"), ("perf", "bench"), ("append-from-file", "append"),
                             ("lsparts", "uploads ls"), ("listpart", "uploads parts"), ("abort", "uploads abort"),
                             ("clear", "uploads gc"), ("read-symlink", "readlink")):
            with self.subTest(theirs):
                self.assertEqual(self.ok(theirs, "--help"), self.ok(*ours.split(), "--help"))
                self.assertNotIn(f"\n  {theirs} ".encode(), self.ok("--help"))


if __name__ == "__main__":
    import unittest
    unittest.main()
