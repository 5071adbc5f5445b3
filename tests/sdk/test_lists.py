"""Listing: pages, markers, prefixes and delimiters, against what a few lines of Python expect."""

import pytest

from conftest import new_bucket

KEYS = sorted(
    [f"dir {d}/sub+{s}/file {n}.bin" for d in range(3) for s in range(2) for n in range(3)]
    + ["a", "a/", "a//b", "a+b", "a b", "zebra", "z/é", "z/日本/x", "dir", "dir 0", "dir/0", "~", "!x"],
    key=lambda k: k.encode())


def expected(keys, prefix, delimiter):
    """(keys, common prefixes) by the rules that all five vendors share."""
    plain, common = [], []
    for key in keys:
        if not key.startswith(prefix):
            continue
        at = key.find(delimiter, len(prefix)) if delimiter else -1
        if at < 0:
            plain.append(key)
        elif (group := key[:at + len(delimiter)]) not in common:
            common.append(group)
    return plain, common


filled_buckets = {}


@pytest.fixture
def filled(store):
    """One bucket a store with all the keys, for tests that only read it."""
    where = store.id, store.address
    if where not in filled_buckets:
        bucket = new_bucket(store)
        for number, key in enumerate(KEYS):
            store.put(bucket, key, b"x" * number)
        filled_buckets[where] = bucket
    return filled_buckets[where]


@pytest.mark.parametrize("prefix", ["", "dir", "dir 1/", "a", "z/", "nothing"])
@pytest.mark.parametrize("delimiter", ["", "/", "+"])
def test_lists_hold_what_they_should_whatever_the_page(store, filled, prefix, delimiter):
    keys, groups = expected(KEYS, prefix, delimiter)

    for page in (1000, 5):
        found = store.list(filled, prefix, delimiter, page)

        assert found.keys == keys
        assert found.prefixes == groups
        assert found.pages >= max(1, (len(keys) + len(groups)) // page)


def test_pages_of_one_visit_every_key_once(store, filled):
    found = store.list(filled, page=1)

    assert found.keys == KEYS
    assert found.pages >= len(KEYS)


def test_sizes_and_etags_of_a_list_are_the_objects_own(store, filled):
    found = store.list(filled, prefix="dir 2/")

    assert found.keys
    for key in found.keys:
        info = store.head(filled, key)
        assert (found.sizes[key], found.etags[key]) == (info.size, info.etag)


def test_an_empty_bucket_lists_nothing(store, bucket):
    found = store.list(bucket, delimiter="/")

    assert (found.keys, found.prefixes, found.pages) == ([], [], 1)
