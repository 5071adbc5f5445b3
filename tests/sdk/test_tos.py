"""What only TOS has, through its SDK: appends, forbidden overwrites, complete-all, framed bodies."""

import datetime

import pytest
import tos
from tos.models2 import GenericInput, Tag

import sluice
from stores import StoreError, TosStore
from stores.tos import errors
from words import crc64_ecma


@pytest.fixture
def store(server):
    return TosStore(server, sluice.MAIN)


def test_appends_grow_an_object_and_keep_its_crc(store, bucket, bytes_of):
    one, two = bytes_of(1000), bytes_of(70_000)

    first = store.client.append_object(bucket, "log", 0, content=one, meta={"kind": "log"})
    second = store.client.append_object(bucket, "log", first.next_append_offset, content=two,
                                        pre_hash_crc64_ecma=first.hash_crc64_ecma)

    assert second.next_append_offset == len(one + two)
    assert second.hash_crc64_ecma == crc64_ecma(one + two)
    assert store.get(bucket, "log") == one + two
    head = store.client.head_object(bucket, "log")
    assert (head.object_type, head.meta["kind"]) == ("Appendable", "log")


def test_an_append_elsewhere_than_at_the_end_is_refused(store, bucket):
    store.client.append_object(bucket, "log", 0, content=b"12345")
    store.put(bucket, "plain", b"x")

    with pytest.raises(StoreError) as wrong, errors():
        store.client.append_object(bucket, "log", 4, content=b"6")
    with pytest.raises(StoreError) as other, errors():
        store.client.append_object(bucket, "plain", 1, content=b"6")

    assert wrong.value.pair == (409, "OffsetNotMatched")
    assert other.value.pair == (409, "NotAppendable")


def test_an_overwrite_can_be_forbidden(store, bucket):
    # The SDK writes True and False with capitals.
    store.client.put_object(bucket, "k", content=b"first", forbid_overwrite=True)
    with pytest.raises(StoreError) as refused, errors():
        store.client.put_object(bucket, "k", content=b"second", forbid_overwrite=True)
    assert refused.value.status == 409
    assert store.get(bucket, "k") == b"first"

    store.client.put_object(bucket, "k", content=b"third", forbid_overwrite=False)
    assert store.get(bucket, "k") == b"third"


def test_a_put_can_ask_for_the_object_it_replaces(store, bucket):
    etag = store.put(bucket, "k", b"first")

    with pytest.raises(StoreError) as refused, errors():
        store.client.put_object(bucket, "k", content=b"x", if_match='"00000000000000000000000000000000"')
    assert refused.value.pair == (412, "PreconditionFailed")
    store.client.put_object(bucket, "k", content=b"second", if_match=f'"{etag}"')

    assert store.get(bucket, "k") == b"second"


def test_complete_can_take_every_part(store, bucket, bytes_of):
    one, two = bytes_of(store.min_part), bytes_of(9)
    upload = store.start_upload(bucket, "k")
    store.put_part(bucket, "k", upload, 2, two)
    store.put_part(bucket, "k", upload, 1, one)

    done = store.client.complete_multipart_upload(bucket, "k", upload, complete_all=True)

    assert [p.part_number for p in done.complete_parts] == [1, 2]
    assert done.hash_crc64_ecma == crc64_ecma(one + two)
    assert store.get(bucket, "k") == one + two


def framed(store, bucket, body):
    """A put whose checksum travels behind the body, as the Go SDK sends it."""
    plain = tos.TosClientV2(sluice.MAIN.access_key, sluice.MAIN.secret_key,
                            f"http://tos-{store.region}.volces.com:{store.address.port}", store.region,
                            dns_cache_time=0, max_retry_count=0, enable_crc=False)
    with errors():
        return plain.put_object(bucket, "k", content=body, content_encoding="tos-chunked",
                                generic_input=GenericInput(request_headers={
                                    "x-tos-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
                                    "x-tos-trailer": "x-tos-hash-crc64ecma"}))


def test_a_framed_body_is_unwrapped_and_its_trailer_checked(store, bucket):
    good = b"5\r\nhello\r\n0\r\nx-tos-hash-crc64ecma:mx7a5du5N7E=\r\n\r\n"

    assert framed(store, bucket, good).hash_crc64_ecma == crc64_ecma(b"hello")
    assert store.get(bucket, "k") == b"hello"
    assert store.client.head_object(bucket, "k").content_encoding in (None, "")

    with pytest.raises(StoreError) as refused:
        framed(store, bucket, good.replace(b"hello", b"jello"))
    assert refused.value.status == 400
    assert store.get(bucket, "k") == b"hello"


def test_the_second_list_finds_the_same_and_metadata_with_it(store, bucket):
    for n in range(5):
        store.client.put_object(bucket, f"dir/{n}", content=b"x", meta={"n": f"num {n}"})

    found, token = [], None
    while True:
        page = store.client.list_objects_type2(bucket, prefix="dir/", max_keys=2, continuation_token=token,
                                               list_only_once=True, fetch_meta=True)
        found += page.contents
        if not page.is_truncated:
            break
        token = page.next_continuation_token

    assert [o.key for o in found] == [f"dir/{n}" for n in range(5)]
    assert [o.hash_crc64_ecma for o in found] == [crc64_ecma(b"x")] * 5


def test_metadata_and_tags_are_replaced_in_place(store, bucket):
    store.put(bucket, "k", b"x", meta={"old": "1"})

    store.client.set_object_meta(bucket, "k", content_type="text/new", meta={"new": "zwei ü"})
    store.client.put_object_tagging(bucket, "k", [Tag("color", "deep blue")])

    info = store.head(bucket, "k")
    assert (info.content_type, info.meta) == ("text/new", {"new": "zwei ü"})
    tags = store.client.get_object_tagging(bucket, "k").tag_set
    assert [(t.key, t.value) for t in tags] == [("color", "deep blue")]


def test_a_bucket_tells_its_region_and_type(store, bucket):
    head = store.client.head_bucket(bucket)

    assert (head.region, head.bucket_type) == ("cn-beijing", "fns")
    assert store.client.get_bucket_location(bucket).region == "cn-beijing"
    assert store.client.get_bucket_acl(bucket).owner.id
    with pytest.raises(StoreError) as again, errors():
        store.client.create_bucket(bucket)
    assert again.value.pair == (409, "BucketAlreadyOwnedByYou")


def test_a_date_can_be_a_condition(store, bucket):
    store.put(bucket, "k", b"x")
    past = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)

    with pytest.raises(StoreError) as refused, errors():
        store.client.get_object(bucket, "k", if_unmodified_since=past)
    assert refused.value.status == 412
    assert store.client.get_object(bucket, "k", if_modified_since=past).read() == b"x"
