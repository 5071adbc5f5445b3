"""The sluice client and the official SDKs read each other's data, on every store and on Ceph."""

import json

import pytest

import sluice
from conftest import new_bucket
from words import KEYS, crc64_ecma

SMALL_PARTS = ("--part-size", "5M", "--threshold", "5M")


def put_with_sluice(client, bucket, key, data, *options):
    source = client.dir / "source"
    source.write_bytes(data)
    client("cp", source, client.url(bucket, key), *options)


def get_with_sluice(client, bucket, key, *options):
    target = client.dir / "target"
    target.unlink(missing_ok=True)
    client("cp", client.url(bucket, key), target, *options)
    return target.read_bytes()


@pytest.mark.parametrize("key", [k for k in KEYS if not k.endswith("/")], ids=lambda k: k[:20])
def test_what_the_sdk_writes_sluice_reads(store, bucket, client, key, bytes_of):
    data = bytes_of(4000)
    store.put(bucket, key, data)

    assert get_with_sluice(client, bucket, key) == data


@pytest.mark.parametrize("key", [k for k in KEYS if not k.endswith("/")], ids=lambda k: k[:20])
def test_what_sluice_writes_the_sdk_reads(store, bucket, client, key, bytes_of):
    data = bytes_of(4000)

    put_with_sluice(client, bucket, key, data)

    assert store.list(bucket).keys == [key]
    assert store.get(bucket, key) == data


@pytest.mark.parametrize("size", [0, 1, 5 << 20, (5 << 20) + 1, (17 << 20) + 7])
def test_objects_of_every_size_pass_both_ways(store, bucket, client, size, bytes_of):
    data = bytes_of(size)

    put_with_sluice(client, bucket, "from sluice", data, *SMALL_PARTS)
    store.put(bucket, "from the SDK", data)

    assert store.get(bucket, "from sluice") == data
    if store.crc64:
        assert store.head(bucket, "from sluice").crc64 == crc64_ecma(data)
    assert get_with_sluice(client, bucket, "from the SDK", *SMALL_PARTS) == data
    assert store.uploads(bucket) == []


def test_a_multipart_object_of_the_sdk_is_read_by_sluice(store, bucket, client, bytes_of):
    pieces = [bytes_of(store.min_part), bytes_of(store.min_part + 1), bytes_of(99)]
    store.multipart(bucket, "k", pieces)

    assert get_with_sluice(client, bucket, "k", *SMALL_PARTS) == b"".join(pieces)


def test_sluice_lists_every_page_of_what_the_sdk_wrote(store, bucket, client):
    keys = sorted((k for k in KEYS if not k.endswith("/")), key=str.encode)
    for number, key in enumerate(keys):
        store.put(bucket, key, b"x" * number)

    lines = client("ls", "-r", client.url(bucket), "--json").stdout.decode().splitlines()

    listed = {entry["key"]: entry["size"] for entry in map(json.loads, lines) if "key" in entry}
    assert listed == {key: number for number, key in enumerate(keys)}


def test_sluice_copies_and_removes_what_the_sdk_wrote(store, bucket, client, bytes_of):
    data = bytes_of(100_000)
    store.put(bucket, "a b+c//é", data)

    client("cp", client.url(bucket, "a b+c//é"), client.url(bucket, "copy of a b+c//é"))
    client("rm", client.url(bucket, "a b+c//é"))

    assert store.list(bucket).keys == ["copy of a b+c//é"]
    assert store.get(bucket, "copy of a b+c//é") == data


def test_sluice_streams_an_object_to_its_output(store, bucket, client, bytes_of):
    data = bytes_of(300_000)
    store.put(bucket, "k", data)

    assert client("cat", client.url(bucket, "k")).stdout == data


def test_sluice_names_what_is_wrong_in_its_exit_code(store, bucket, client):
    missing = client("cp", client.url(bucket, "missing"), client.dir / "target", check=False)
    assert missing.returncode == 4, missing.stderr.decode()
    assert not (client.dir / "target").exists()

    store.put(bucket, "k", b"x")
    client.store = store.with_account(type(store.account)(store.account.access_key, "wrong" * 8))
    refused = client("cp", client.url(bucket, "k"), client.dir / "target", check=False)
    assert refused.returncode == 7, refused.stderr.decode()
    assert b"wrong" * 8 not in refused.stderr + refused.stdout


def test_sluice_carries_a_temporary_token(kind, server, tmp_path):
    if not kind.has_tokens:
        assert kind.scheme == "qs"  # the one vendor without
        return
    owner, holder = kind(server, sluice.MAIN), kind(server, sluice.TEMPORARY)
    bucket = new_bucket(owner)

    put_with_sluice(sluice.Client(holder, tmp_path), bucket, "k", b"with a token")

    assert owner.get(bucket, "k") == b"with a token"
    # An upload, because S3 answers a HEAD with a lapsed token by a bare 400.
    lapsed = sluice.Client(kind(server, sluice.LAPSED), tmp_path)
    refused = lapsed("cp", tmp_path / "source", lapsed.url(bucket, "l"), check=False)
    assert refused.returncode == 7, refused.stderr.decode()
    assert owner.list(bucket).keys == ["k"]


def test_sluice_speaks_to_virtual_hosts(store, bucket, client, bytes_of):
    data = bytes_of(70_000)

    put_with_sluice(client, bucket, "dir/a b+c//é", data, "--addressing", "virtual")

    assert store.get(bucket, "dir/a b+c//é") == data
    assert get_with_sluice(client, bucket, "dir/a b+c//é", "--addressing", "virtual") == data
