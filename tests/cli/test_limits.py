"""--bwlimit and --tpslimit: only how long something takes at least is judged, which no busy machine changes."""

import time
import unittest

from command import Case, pattern

KIB = 1 << 10


class Limits(Case):
    def timed(self, *words, **options):
        began = time.monotonic()
        self.ok(*words, **options)
        return time.monotonic() - began

    def configure(self, text):
        folder = self.home / ".config/sluice"
        folder.mkdir(parents=True)
        (folder / "config.toml").write_text(text)
        return folder / "config.toml"

    def test_a_rate_holds_for_uploads_and_downloads(self):
        bucket = self.bucket("s3")
        self.file("f", pattern(1024 * KIB))
        self.assertGreater(self.timed("cp", "f", bucket, "--bwlimit", "1M"), 0.8)
        self.assertGreater(self.timed("cp", bucket + "f", "g", "--bandwidth-limit=1K:1M"), 0.8)
        self.assertEqual((self.home / "g").read_bytes(), pattern(1024 * KIB))

    def test_a_timetable_holds_what_its_time_says(self):
        bucket = self.bucket("oss")
        self.file("f", pattern(1024 * KIB))
        table = " ".join(f"{hour:02}:00,{1023 + hour % 2}K" for hour in range(24))
        self.assertGreater(self.timed("cp", "f", bucket, "--bwlimit", table), 0.8)

    def test_lines_of_a_list_share_the_limit_whatever_else_tunes_them(self):
        bucket = self.bucket("s3")
        self.file("f", pattern(512 * KIB))
        self.file("list", f"cp f {bucket}a -c 4\ncp f {bucket}b -c 5\ncp f {bucket}c --memory 64M\n".encode())
        took = self.timed("run", "list", "--bwlimit", "1M", "--endpoint", self.server.url, "--region", "us-east-1")
        self.assertGreater(took, 1.3)

    def test_requests_are_spaced(self):
        bucket = self.bucket("tos")
        (self.home / "tree").mkdir()
        for number in range(21):
            self.file(f"tree/{number}", b"x")
        self.assertGreater(self.timed("cp", "-r", "tree", bucket, "--tpslimit", "20"), 0.99)

    def test_the_configuration_has_them_too(self):
        bucket = self.bucket("s3")
        self.file("f", pattern(1024 * KIB))
        file = self.configure('[defaults]\nbwlimit = "1M:off"\ntpslimit = 1000\n')
        self.assertGreater(self.timed("cp", "f", bucket), 0.8)
        shown = self.ok("config", "show", "s3").decode()
        self.assertRegex(shown, r"bwlimit +1M:off +# \[defaults\], .*config.toml:2")
        self.assertRegex(shown, r"tpslimit +1000 ")
        file.write_text('[defaults]\nbwlimit = 10\n')
        self.fails(3, "cp", "f", bucket, says="10M")

    def test_what_may_mean_several_things_is_refused(self):
        bucket = self.bucket("s3")
        self.file("f", b"x")
        self.fails(2, "cp", "f", bucket, "--bwlimit", "10", says="write 10K or 10M")
        self.fails(2, "cp", "f", bucket, "--bwlimit", "08:00,1M 08:00,2M", says="second entry")
        self.fails(2, "cp", "f", bucket, "--maxupspeed", "100", says="--bwlimit")
        self.fails(2, "cp", "f", bucket, "--tpslimit", "many", says="requests a second")

    def test_a_measurement_takes_none(self):
        self.fails(2, "bench", self.bucket("s3"), "--bwlimit", "1M", says="all that is measured")


if __name__ == "__main__":
    unittest.main()
