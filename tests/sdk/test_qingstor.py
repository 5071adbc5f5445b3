"""What only QingStor has, through its SDK: moves, appends, ETags by the client, zone hosts."""

import hashlib
import io

import pytest
from qingstor.sdk.client.upload_client import UploadClient

import sluice
from stores import QingStorStore, QingStorVirtualStore, StoreError
from stores.qingstor import expect


@pytest.fixture(params=[QingStorStore, QingStorVirtualStore], ids=["path", "virtual-host"])
def store(request, server):
    return request.param(server, sluice.MAIN)


def test_a_move_leaves_nothing_behind(store, bucket):
    store.put(bucket, "from here+ü", b"cargo", meta={"color": "blue"})

    expect(store.bucket(bucket).put_object("to there", x_qs_move_source=f"/{bucket}/from here+ü"), 201)

    assert store.list(bucket).keys == ["to there"]
    assert store.get(bucket, "to there") == b"cargo"
    assert store.head(bucket, "to there").meta == {"color": "blue"}


def test_appends_grow_an_object(store, bucket):
    one = expect(store.bucket(bucket).append_object("log", position="0", body=b"12345"), 200)
    assert one.headers["x-qs-next-append-position"] == "5"
    expect(store.bucket(bucket).append_object("log", position="5", body=b"678"), 200)

    assert store.get(bucket, "log") == b"12345678"
    head = store.bucket(bucket).head_object("log").headers
    assert (head["x-qs-object-type"], head["x-qs-next-append-position"]) == ("appendable", "8")
    with pytest.raises(StoreError) as wrong:
        expect(store.bucket(bucket).append_object("log", position="5", body=b"x"), 200)
    assert wrong.value.status == 400


def test_the_client_gives_a_multipart_object_its_etag(store, bucket, bytes_of):
    data = bytes_of(store.min_part + 5)
    upload = store.start_upload(bucket, "k")
    for number, piece in enumerate((data[:store.min_part], data[store.min_part:])):
        store.put_part(bucket, "k", upload, number, piece)
    md5 = hashlib.md5(data).hexdigest()

    expect(store.bucket(bucket).complete_multipart_upload(
        "k", upload_id=upload, etag=f'"{md5}"', object_parts=[{"part_number": 0}, {"part_number": 1}]), 201)

    assert store.head(bucket, "k").etag == md5
    assert store.get(bucket, "k") == data


def test_the_sdks_own_uploader_works(store, bucket, bytes_of, monkeypatch):
    data = bytes_of(9 << 20)
    # As published it hands the part's number over as a number, which its own request builder refuses.
    real = store.bucket(bucket)
    upload_multipart = real.upload_multipart
    monkeypatch.setattr(real, "upload_multipart", lambda key, part_number, **rest: upload_multipart(
        key, part_number=str(part_number), **rest))

    UploadClient(real, part_size=4 << 20).upload("k", io.BytesIO(data))

    assert store.get(bucket, "k") == data


def test_part_numbers_end_at_9999(store, bucket):
    upload = store.start_upload(bucket, "k")

    store.put_part(bucket, "k", upload, 9999, b"x")
    with pytest.raises(StoreError) as refused:
        store.put_part(bucket, "k", upload, 10_000, b"x")

    assert refused.value.status == 400


def test_a_bucket_counts_what_it_holds(store, bucket):
    store.put(bucket, "a", b"12345")
    store.put(bucket, "b", b"678")

    stats = expect(store.bucket(bucket).get_statistics(), 200)

    assert (stats["name"], stats["location"], stats["count"], stats["size"]) == (bucket, "pek3a", 2, 8)


def test_a_bucket_can_be_opened_to_everybody(store, bucket):
    expect(store.bucket(bucket).put_acl(acl=[
        {"grantee": {"type": "group", "name": "QS_ALL_USERS"}, "permission": "READ"}]), 200)

    grants = expect(store.bucket(bucket).get_acl(), 200)["acl"]

    assert [g["permission"] for g in grants if g["grantee"]["type"] == "group"] == ["READ"]


def test_a_list_tells_type_and_time(store, bucket):
    store.put(bucket, "k", b"x", content_type="text/x-sluice")

    entry = expect(store.bucket(bucket).list_objects(), 200)["keys"][0]

    assert (entry["mime_type"], entry["encrypted"], entry["storage_class"]) == ("text/x-sluice", False, "STANDARD")
    assert entry["modified"] > 1_600_000_000


def test_quiet_deletes_tell_errors_alone(store, bucket):
    store.put(bucket, "k", b"x")

    answer = expect(store.bucket(bucket).delete_multiple_objects(
        content_md5="", objects=[{"key": "k"}], quiet=True), 200)

    assert not answer.get("deleted") and not answer.get("errors")
    assert store.list(bucket).keys == []


def test_errors_say_what_and_where(store, bucket):
    answer = store.bucket(bucket).get_object("missing")

    assert answer["code"] == "object_not_exists"
    assert answer["request_id"] == answer.headers["x-qs-request-id"]
    assert answer.headers["Content-Type"] == "application/json"
