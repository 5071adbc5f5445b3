"""What OSS and COS have beside the common verbs: appends, resumable transfers, tags, forbidden overwrites."""

import io

import oss2
import pytest

import sluice
from conftest import new_bucket
from stores import CosStore, OssStore, OssV4Store, StoreError, cos, oss
from words import crc64_ecma


@pytest.fixture(params=[OssStore, OssV4Store], ids=["v1", "v4"])
def oss_store(request, server):
    return request.param(server, sluice.MAIN)


@pytest.fixture
def cos_store(server):
    return CosStore(server, sluice.MAIN)


def test_oss_appends_grow_an_object(oss_store, bytes_of):
    bucket = oss_store.bucket(new_bucket(oss_store))
    one, two = bytes_of(1000), bytes_of(5000)

    first = bucket.append_object("log", 0, one, init_crc=0)
    second = bucket.append_object("log", first.next_position, two, init_crc=first.crc)

    assert (second.next_position, second.crc) == (6000, crc64_ecma(one + two))
    assert bucket.get_object("log").read() == one + two
    with pytest.raises(StoreError) as wrong, oss.errors():
        bucket.append_object("log", 5, b"x")
    assert wrong.value.pair == (409, "PositionNotEqualToLength")
    bucket.put_object("plain", b"x")
    with pytest.raises(StoreError) as other, oss.errors():
        bucket.append_object("plain", 1, b"x")
    assert other.value.pair == (409, "ObjectNotAppendable")


def test_oss_resumable_transfers_work(oss_store, tmp_path, bytes_of):
    bucket = oss_store.bucket(new_bucket(oss_store))
    data = bytes_of((3 << 20) + 11)
    (tmp_path / "source").write_bytes(data)
    records = str(tmp_path)

    oss2.resumable_upload(bucket, "dir/k +ü", str(tmp_path / "source"), multipart_threshold=1 << 20,
                          part_size=1 << 20, num_threads=3, store=oss2.ResumableStore(root=records))
    oss2.resumable_download(bucket, "dir/k +ü", str(tmp_path / "target"), multiget_threshold=1 << 20,
                            part_size=1 << 20, num_threads=3, store=oss2.ResumableDownloadStore(root=records))

    assert (tmp_path / "target").read_bytes() == data


def test_oss_streams_of_unknown_length_are_taken(oss_store, bytes_of):
    bucket = oss_store.bucket(new_bucket(oss_store))
    data = bytes_of(300_000)

    bucket.put_object("k", iter([data[:100_000], data[100_000:]]))  # chunked

    assert bucket.get_object("k").read() == data


def test_oss_overwrites_can_be_forbidden(oss_store):
    bucket = oss_store.bucket(new_bucket(oss_store))
    bucket.put_object("k", b"first")

    with pytest.raises(StoreError) as refused, oss.errors():
        bucket.put_object("k", b"second", headers={"x-oss-forbid-overwrite": "true"})

    assert refused.value.pair == (409, "FileAlreadyExists")


def test_oss_lists_the_second_way_too(oss_store):
    bucket = oss_store.bucket(new_bucket(oss_store))
    keys = ["a b", "c+d", "e/1", "e/2", "日本"]
    for key in keys:
        bucket.put_object(key, b"x")

    found = [o.key for o in oss2.ObjectIteratorV2(bucket, max_keys=2)]

    assert found == keys
    assert bucket.get_bucket_location().location == "oss-cn-hangzhou"
    assert bucket.get_bucket_info().name == bucket.bucket_name


def test_oss_tags_and_metadata_are_replaced_in_place(oss_store):
    bucket = oss_store.bucket(new_bucket(oss_store))
    bucket.put_object("k", b"x", headers={"x-oss-meta-old": "1"})
    rule = oss2.models.TaggingRule()
    rule.add("color", "deep blue")

    bucket.put_object_tagging("k", oss2.models.Tagging(rule))
    bucket.update_object_meta("k", {"x-oss-meta-new": "2"})

    headers = bucket.head_object("k").headers
    assert headers["x-oss-meta-new"] == "2" and "x-oss-meta-old" not in headers
    assert bucket.get_object_tagging("k").tag_set.tagging_rule == {"color": "deep blue"}


def test_cos_upload_and_download_managers_work(cos_store, tmp_path, bytes_of):
    bucket = new_bucket(cos_store)
    data = bytes_of((5 << 20) + 11)
    (tmp_path / "source").write_bytes(data)

    cos_store.client.upload_file(Bucket=bucket, Key="dir/k +ü", LocalFilePath=str(tmp_path / "source"),
                                 PartSize=1, MAXThread=3)
    cos_store.client.download_file(Bucket=bucket, Key="dir/k +ü", DestFilePath=str(tmp_path / "target"),
                                   PartSize=1, MAXThread=3)

    assert (tmp_path / "target").read_bytes() == data


def test_cos_appends_grow_an_object(cos_store):
    bucket = new_bucket(cos_store)

    first = cos_store.client.append_object(Bucket=bucket, Key="log", Position=0, Data=b"12345")
    assert first["x-cos-next-append-position"] == "5"
    cos_store.client.append_object(Bucket=bucket, Key="log", Position=5, Data=b"678")

    assert cos_store.get(bucket, "log") == b"12345678"
    with pytest.raises(StoreError) as wrong, cos.errors():
        cos_store.client.append_object(Bucket=bucket, Key="log", Position=5, Data=b"x")
    assert wrong.value.status == 409


def test_cos_streams_of_unknown_length_are_taken(cos_store, bytes_of):
    bucket = new_bucket(cos_store)
    data = bytes_of(300_000)

    cos_store.client.put_object(Bucket=bucket, Key="k", Body=io.BytesIO(data))

    assert cos_store.get(bucket, "k") == data


def test_cos_tags_come_back(cos_store):
    bucket = new_bucket(cos_store)
    cos_store.put(bucket, "k", b"x")

    cos_store.client.put_object_tagging(
        Bucket=bucket, Key="k", Tagging={"TagSet": {"Tag": [{"Key": "color", "Value": "blue"}]}})

    tags = cos_store.client.get_object_tagging(Bucket=bucket, Key="k")
    assert tags["TagSet"]["Tag"] == [{"Key": "color", "Value": "blue"}]
