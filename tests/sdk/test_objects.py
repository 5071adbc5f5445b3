"""Single objects and buckets, through every official SDK."""

import base64
import hashlib

import pytest

import stores
from words import KEYS, crc64_ecma, refused


@pytest.mark.parametrize("key", KEYS, ids=lambda k: k[:20])
def test_a_key_of_any_shape_comes_back_whole(store, bucket, key, bytes_of):
    data = bytes_of(3000)

    etag = store.put(bucket, key, data)

    assert store.get(bucket, key) == data
    info = store.head(bucket, key)
    assert (info.size, info.etag) == (len(data), etag)
    assert etag == store.single_etag(hashlib.md5(data).hexdigest())
    if store.crc64:
        assert info.crc64 == crc64_ecma(data)
    assert store.list(bucket).keys == [key]
    store.copy(bucket, key, "copy of " + key)
    assert store.get(bucket, "copy of " + key) == data
    store.delete(bucket, key)
    with refused(store, "no such key"):
        store.get(bucket, key)


@pytest.mark.parametrize("size", [0, 1, 70_000, 3 << 20])
def test_every_size_comes_back_whole(store, bucket, size, bytes_of):
    data = bytes_of(size)

    store.put(bucket, "object", data)

    assert store.get(bucket, "object") == data
    assert store.head(bucket, "object").size == size


def test_a_put_replaces_what_was_there(store, bucket):
    store.put(bucket, "k", b"old and long")
    store.put(bucket, "k", b"new")

    assert store.get(bucket, "k") == b"new"


def test_ranges_are_cut_exactly(store, bucket, bytes_of):
    data = bytes_of(200_000)
    store.put(bucket, "k", data)

    for first, last in [(0, 0), (0, 99), (1, 65_536), (131_071, 131_073), (199_999, 199_999)]:
        assert store.get_range(bucket, "k", first, last) == data[first:last + 1]
    assert store.get_range(bucket, "k", 199_990, 300_000) == data[199_990:]


def test_a_range_past_the_end_gets_the_vendors_answer(store, bucket):
    store.put(bucket, "k", b"0123456789")

    if store.ignores_bad_range:
        assert store.get_range(bucket, "k", 10, 20) == b"0123456789"
    else:
        with refused(store, "bad range"):
            store.get_range(bucket, "k", 10, 20)


def test_type_and_metadata_come_back(store, bucket):
    store.put(bucket, "k", b"x", content_type="text/x-sluice",
              meta={"color": "deep blue", "number": "42", "percent": "50%25+1"})

    info = store.head(bucket, "k")

    assert info.content_type == "text/x-sluice"
    assert info.meta == {"color": "deep blue", "number": "42", "percent": "50%25+1"}


def test_metadata_survive_a_copy(store, bucket):
    store.put(bucket, "k", b"x", content_type="text/x-sluice", meta={"color": "blue"})

    store.copy(bucket, "k", "l")

    info = store.head(bucket, "l")
    assert (info.content_type, info.meta) == ("text/x-sluice", {"color": "blue"})


def test_a_wrong_md5_is_refused_and_stores_nothing(store, bucket):
    right = base64.b64encode(hashlib.md5(b"body").digest()).decode()
    wrong = base64.b64encode(hashlib.md5(b"other").digest()).decode()

    store.put(bucket, "right", b"body", md5=right)
    with refused(store, "bad MD5"):
        store.put(bucket, "wrong", b"body", md5=wrong)

    assert store.list(bucket).keys == ["right"]


def test_if_match_guards_a_get(store, bucket):
    old = store.put(bucket, "k", b"old")

    assert store.get(bucket, "k", if_match=old) == b"old"
    store.put(bucket, "k", b"new")
    with refused(store, "not matching"):
        store.get(bucket, "k", if_match=old)


def test_what_is_missing_is_reported_as_missing(store, bucket):
    with refused(store, "no such key"):
        store.get(bucket, "missing")
    with refused(store, "no such key, head"):
        store.head(bucket, "missing")
    with refused(store, "no such key"):
        store.copy(bucket, "missing", "target")
    with refused(store, "no such bucket"):
        store.get("sdk-missing-1250000000", "k")
    with refused(store, "no such bucket"):
        store.list("sdk-missing-1250000000")
    store.delete(bucket, "missing")  # every vendor answers 204


def test_many_keys_are_deleted_at_once(store, bucket):
    doomed = ["a b", "c+d", "e/f//g", "h&<i>", "日本"]
    for key in doomed + ["kept"]:
        store.put(bucket, key, b"x")

    gone = store.delete_many(bucket, doomed + ["never there"])

    assert sorted(gone) == sorted(doomed + ["never there"])
    assert store.list(bucket).keys == ["kept"]


def test_buckets_are_made_listed_and_removed(store, bucket):
    assert bucket in store.buckets()

    store.put(bucket, "k", b"x")
    with refused(store, "bucket not empty"):
        store.remove_bucket(bucket)
    store.delete(bucket, "k")
    store.remove_bucket(bucket)

    assert bucket not in store.buckets()
    with refused(store, "no such bucket"):
        store.put(bucket, "k", b"x")


def test_each_dialect_is_a_namespace_of_its_own(server):
    import sluice
    kinds = [stores.OssStore, stores.CosStore, stores.TosStore, stores.QingStorStore, stores.S3Store]
    opened = [kind(server, sluice.MAIN) for kind in kinds]
    name = "shared-name-1250000000"

    for store in opened:
        store.make_bucket(name)
        store.put(name, "k", store.id.encode())

    assert [store.get(name, "k") for store in opened] == [store.id.encode() for store in opened]
