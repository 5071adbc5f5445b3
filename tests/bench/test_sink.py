"""The server that clients are measured against serves the bytes it promises, and misbehaves as it was told."""

import concurrent.futures
import pathlib
import re
import socket
import subprocess
import tempfile
import time
import unittest

from programs import PROGRAMS, Client, content, md5, sink

OBJECT = "/many-3-100000/k0000000002"


class Downloads(unittest.TestCase):
    def test_an_object_and_its_ranges_are_cut_from_the_same_bytes(self):
        whole = content("many-3-100000", "k0000000002")
        with sink() as server:
            client = Client(server)
            self.assertEqual(client.ask("GET", OBJECT)[1], whole)
            for words, part in (("0-0", whole[:1]), ("5-70004", whole[5:70005]), ("99990-", whole[99990:]),
                                ("-10", whole[-10:]), ("99990-200000", whole[99990:])):
                answer, body = client.ask("GET", OBJECT, Range=f"bytes={words}")
                self.assertEqual((answer.status, body), (206, part), words)
            self.assertEqual(client.ask("GET", OBJECT, Range="bytes=100000-")[0].status, 416)
            self.assertEqual(client.ask("HEAD", OBJECT)[0].headers["Content-Length"], "100000")
            self.assertEqual(client.ask("GET", "/many-3-100000/k0000000003")[0].status, 404)

    def test_objects_differ_and_reach_across_the_end_of_the_pattern(self):
        self.assertNotEqual(content("many-3-1000", "k0000000000"), content("many-3-1000", "k0000000001"))
        long = content("many-1-20000000", "k0000000000")
        self.assertEqual((len(long), long[16785407:]), (20000000, long[:20000000 - 16785407]))
        with sink() as server:
            body = Client(server).ask("GET", "/many-1-20000000/k0000000000", Range="bytes=16785000-16786000")[1]
            self.assertEqual(body, long[16785000:16786001])

    def test_a_changed_byte_and_a_missing_file_are_noticed(self):
        with tempfile.TemporaryDirectory() as place:
            check = [PROGRAMS["sink"], "--check", "many-3-5000", place]
            subprocess.run([PROGRAMS["sink"], "--make", "many-3-5000", place], check=True)
            self.assertEqual(subprocess.run(check).returncode, 0)

            victim = pathlib.Path(place, "k0000000001")
            data = bytearray(victim.read_bytes())
            data[4999] ^= 1
            victim.write_bytes(data)
            self.assertEqual(subprocess.run(check, stderr=subprocess.DEVNULL).returncode, 1)
            victim.unlink()
            self.assertEqual(subprocess.run(check, stderr=subprocess.DEVNULL).returncode, 1)

    def test_tls_shows_the_certificate_that_was_written(self):
        with tempfile.TemporaryDirectory() as place, sink(ca=f"{place}/ca.pem") as server:
            self.assertTrue(server.url.startswith("https://"))
            with server.opener.open(server.url + OBJECT) as answer:
                self.assertEqual(answer.read(), content("many-3-100000", "k0000000002"))

    def test_it_answers_on_the_loopback_address_only(self):
        with sink() as server:
            port = int(server.url.rsplit(":", 1)[1])
            with self.assertRaises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.2", port), 5)


class Lists(unittest.TestCase):
    def keys(self, client, query):
        """The keys of every page, and how many pages there were."""
        found, pages, more = [], 0, ""
        while True:
            text = client.ask("GET", f"{query}{more}")[1].decode()
            found, pages = found + re.findall("<Key>(.*?)</Key>", text), pages + 1
            token = re.search("<NextContinuationToken>(.*?)<", text)
            if not token:
                return found, pages
            more = f"&continuation-token={token.group(1)}"

    def test_pages_hold_every_key_once_in_order(self):
        with sink() as server:
            client = Client(server)
            names = [f"k{i:010d}" for i in range(2500)]
            self.assertEqual(self.keys(client, "/many-2500-10?list-type=2"), (names, 3))
            self.assertEqual(self.keys(client, "/many-2500-10?list-type=2&prefix=k000000012"),
                             (names[120:130], 1))
            self.assertEqual(self.keys(client, "/many-2500-10?list-type=2&start-after=k0000002497"), (names[2498:], 1))

    def test_hashes_and_days_are_listed_in_order_too(self):
        with sink() as server:
            client = Client(server)
            for bucket, form in (("hash-2500-10", "[0-9a-f]{32}"), ("days-2500-10-40", "20../../../0000000..")):
                names, pages = self.keys(client, f"/{bucket}?list-type=2")
                self.assertEqual((names, pages, len(set(names))), (sorted(names), 3, 2500))
                self.assertTrue(all(re.fullmatch(form, name) for name in names), bucket)
                self.assertEqual(self.keys(client, f"/{bucket}?list-type=2&start-after={names[2400]}")[0], names[2401:])
                self.assertEqual(client.ask("HEAD", f"/{bucket}/{names[77]}")[0].status, 200)
                self.assertEqual(client.ask("HEAD", f"/{bucket}/{names[77]}x")[0].status, 404)

    def test_a_delimiter_folds_directories(self):
        with sink() as server:
            text = Client(server).ask("GET", "/tree-30-10-10?list-type=2&delimiter=/")[1].decode()
            self.assertEqual(re.findall("<CommonPrefixes><Prefix>(.*?)</Prefix>", text), ["d0000000/", "d0000001/", "d0000002/"])
            self.assertNotIn("<Key>", text)


class Uploads(unittest.TestCase):
    def begin(self, client, path):
        return re.search("<UploadId>(.*?)<", client.ask("POST", path + "?uploads")[1].decode()).group(1)

    def test_parts_are_joined_in_order_and_kept(self):
        parts = [b"a" * 70000, b"b" * 300000, b"c" * 5]
        with tempfile.TemporaryDirectory() as root, sink("-k", "-5", "--root", root) as server:
            client = Client(server)
            upload = self.begin(client, "/bucket/dir/key")
            for number in (3, 1, 2):
                answer, _ = client.ask("PUT", f"/bucket/dir/key?partNumber={number}&uploadId={upload}", parts[number - 1])
                self.assertEqual(answer.headers["ETag"], f'"{md5(parts[number - 1]).hexdigest()}"')
            self.assertEqual(server.ask("stats")["open_uploads"], 1)
            listed = "".join(f"<Part><PartNumber>{number}</PartNumber></Part>" for number in (1, 2, 3))
            _, text = client.ask("POST", f"/bucket/dir/key?uploadId={upload}", listed)

            etag = md5(b"".join(md5(part).digest() for part in parts)).hexdigest() + "-3"
            self.assertIn(etag.encode(), text)
            self.assertEqual(client.ask("GET", "/bucket/dir/key")[1], b"".join(parts))
            self.assertEqual(pathlib.Path(root, "bucket/dir/key").read_bytes(), b"".join(parts))
            self.assertEqual(server.ask("stats")["open_uploads"], 0)

    def test_a_discarded_upload_leaves_its_name_and_size(self):
        with sink() as server:
            client = Client(server)
            self.assertEqual(client.ask("PUT", "/bucket/key", b"x" * 123456)[0].status, 200)
            self.assertEqual(client.ask("HEAD", "/bucket/key")[0].headers["Content-Length"], "123456")
            self.assertEqual(server.stored("bucket"), (1, 123456))
            client.ask("DELETE", "/bucket/key")
            self.assertEqual(server.stored("bucket"), (0, 0))

    def test_framed_bodies_are_unframed_and_their_checksums_answered(self):
        data = b"d" * 200000
        framed = b"%x\r\n%s\r\n0\r\nx-amz-checksum-crc32c:AAAAAA==\r\n\r\n" % (len(data), data)
        headers = {"Content_Encoding": "aws-chunked", "x_amz_decoded_content_length": str(len(data)),
                   "x_amz_trailer": "x-amz-checksum-crc32c"}
        with tempfile.TemporaryDirectory() as root:
            for words in ((), ("-k", "--root", root)):
                with sink(*words) as server:
                    client = Client(server)
                    answer, _ = client.ask("PUT", "/bucket/key", framed, **headers)
                    self.assertEqual((answer.status, answer.headers["x-amz-checksum-crc32c"]), (200, "AAAAAA=="))
                    self.assertEqual(server.stored("bucket"), (1, len(data)))
            self.assertEqual(pathlib.Path(root, "bucket/key").read_bytes(), data)


class Limits(unittest.TestCase):
    """A limit is never exceeded, however slow the machine: times have a lower bound."""

    SIZE = 2000000

    def seconds(self, server, ask):
        """Of four connections that ask at once."""
        clients = [Client(server) for _ in range(4)]
        started = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(4) as threads:
            for answer, _ in threads.map(ask, clients, range(4)):
                self.assertEqual(answer.status, 200)
        return time.monotonic() - started

    def down(self, client, number):
        return client.ask("GET", f"/many-4-{self.SIZE}/k000000000{number}")

    def up(self, client, number):
        return client.ask("PUT", f"/bucket/{number}", b"x" * self.SIZE)

    def test_a_total_is_shared_by_all_connections_each_way(self):
        least = 4 * self.SIZE / 20e6 - 0.06  # what was not used for 50 ms may be caught up on
        with sink("--total", 20e6, "-t", 2) as server:
            self.assertGreaterEqual(self.seconds(server, self.down), least)
            self.assertGreaterEqual(self.seconds(server, self.up), least)
            self.assertEqual(server.stored("bucket"), (4, 4 * self.SIZE))

    def test_the_slower_of_cap_and_total_counts(self):
        with sink("--total", 1e9) as server:
            server.ask("set?cap=10e6")
            self.assertGreaterEqual(self.seconds(server, self.down), self.SIZE / 10e6 - 0.02)
            server.ask("set?cap=1e9&total=40e6")
            self.assertGreaterEqual(self.seconds(server, self.up), 4 * self.SIZE / 40e6 - 0.06)


class Faults(unittest.TestCase):
    def outcomes(self, server, seed):
        server.ask(f"set?seed={seed}&p503=0.2&p500=0.1&reset=0.2&trunc=0.2")
        found = [Client(server).outcome(OBJECT) for _ in range(40)]
        server.ask("set?p503=0&p500=0&reset=0&trunc=0")
        return found

    def test_a_seed_repeats_them(self):
        with sink() as server:
            first = self.outcomes(server, 7)
            self.assertEqual(self.outcomes(server, 7), first)
            self.assertNotEqual(self.outcomes(server, 8), first)
            self.assertLessEqual({200, 500, 503, "IncompleteRead"}, set(first))
        with sink() as server:
            self.assertEqual(self.outcomes(server, 7), first)

    def test_requests_above_the_rate_are_told_to_slow_down(self):
        with sink("--rate", 1) as server:
            client = Client(server)
            self.assertEqual([client.ask("GET", OBJECT)[0].status for _ in range(3)], [200, 503, 503])
            self.assertEqual(server.ask("stats")["slowdowns"], 2)

    def test_one_connection_in_some_stops_once(self):
        with sink("--stall-conns", 2, "--stall-ms", 300, "--seed", 0) as server:
            server.ask("set?seed=0")
            waits = []
            for _ in range(4):
                client = Client(server)
                started = time.monotonic()
                self.assertEqual(len(client.ask("GET", OBJECT)[1]), 100000)
                self.assertEqual(len(client.ask("GET", OBJECT)[1]), 100000)
                waits.append(time.monotonic() - started >= 0.3)
            self.assertEqual(waits, [True, False, True, False])
            self.assertEqual(server.ask("stats")["pauses"], 2)

    def test_an_upload_stops_and_goes_on_as_well(self):
        with sink("--stall-conns", 1, "--stall-ms", 200) as server:
            self.assertEqual(Client(server).ask("PUT", "/bucket/key", b"x" * 100000)[0].status, 200)
            self.assertEqual((server.stored("bucket"), server.ask("stats")["pauses"]), ((1, 100000), 1))

    def test_unknown_knobs_are_refused(self):
        self.assertEqual(subprocess.run([PROGRAMS["sink"], "--nonsense", "1"], stderr=subprocess.DEVNULL).returncode, 2)


if __name__ == "__main__":
    unittest.main()
