"""What only S3 has, through boto3: checksums of five kinds, conditional writes, its transfer manager."""

import io

import boto3.s3.transfer
import pytest

import radosgw
import sluice
from stores import RadosGwStore, S3Store, StoreError
from stores.s3 import errors


@pytest.fixture
def store(server):
    return S3Store(server, sluice.MAIN)


@pytest.mark.parametrize("algorithm", ["CRC32", "CRC32C", "SHA1", "SHA256", "CRC64NVME"])
def test_a_checksum_is_kept_and_told(store, bucket, algorithm, bytes_of):
    if algorithm in ("CRC32C", "CRC64NVME"):
        # boto3 cannot compute these without an extension; the values are those of "123456789".
        value = {"CRC32C": "4waSgw==", "CRC64NVME": "rosUhgp5mIg="}[algorithm]
        data, extra = b"123456789", {f"Checksum{algorithm}": value}
    else:
        data, extra = bytes_of(100_000), {"ChecksumAlgorithm": algorithm}

    sent = store.client.put_object(Bucket=bucket, Key="k", Body=data, **extra)

    told = store.client.head_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")
    assert told[f"Checksum{algorithm}"] == sent[f"Checksum{algorithm}"]
    got = store.client.get_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")
    assert got["Body"].read() == data  # boto3 compares


def test_a_wrong_checksum_is_refused(store, bucket):
    with pytest.raises(StoreError) as refused, errors():
        store.client.put_object(Bucket=bucket, Key="k", Body=b"123456788", ChecksumCRC32C="4waSgw==")

    assert refused.value.pair == (400, "BadDigest")
    assert store.list(bucket).keys == []


def test_parts_have_checksums_that_join(store, bucket, bytes_of):
    pieces = [bytes_of(store.min_part), bytes_of(100)]
    upload = store.client.create_multipart_upload(Bucket=bucket, Key="k", ChecksumAlgorithm="SHA256")["UploadId"]
    parts = []
    for number, piece in enumerate(pieces, 1):
        part = store.client.upload_part(Bucket=bucket, Key="k", UploadId=upload, PartNumber=number, Body=piece,
                                        ChecksumAlgorithm="SHA256")
        parts.append({"PartNumber": number, "ETag": part["ETag"], "ChecksumSHA256": part["ChecksumSHA256"]})

    done = store.client.complete_multipart_upload(Bucket=bucket, Key="k", UploadId=upload,
                                                  MultipartUpload={"Parts": parts})

    assert done["ChecksumSHA256"].endswith("-2")
    assert store.get(bucket, "k") == b"".join(pieces)


def test_a_write_can_insist_on_being_the_first(store, bucket):
    store.client.put_object(Bucket=bucket, Key="k", Body=b"first", IfNoneMatch="*")
    with pytest.raises(StoreError) as refused, errors():
        store.client.put_object(Bucket=bucket, Key="k", Body=b"second", IfNoneMatch="*")

    assert refused.value.pair == (412, "PreconditionFailed")
    assert store.get(bucket, "k") == b"first"


@pytest.mark.parametrize("where", ["sluice", "radosgw"])
def test_botos_transfer_manager_works(request, where, bytes_of):
    if where == "sluice":
        store = S3Store(request.getfixturevalue("server"), sluice.MAIN)
    else:
        store = RadosGwStore(request.getfixturevalue("ceph"), radosgw.ACCOUNT)
    store.make_bucket("transfer-manager")
    data = bytes_of((17 << 20) + 3)
    config = boto3.s3.transfer.TransferConfig(multipart_threshold=5 << 20, multipart_chunksize=5 << 20,
                                              max_concurrency=4)

    store.client.upload_fileobj(io.BytesIO(data), "transfer-manager", "k", Config=config)
    back = io.BytesIO()
    store.client.download_fileobj("transfer-manager", "k", back, Config=config)
    store.client.copy({"Bucket": "transfer-manager", "Key": "k"}, "transfer-manager", "copy", Config=config)

    assert back.getvalue() == data
    assert store.get("transfer-manager", "copy") == data


def test_both_lists_agree(store, bucket):
    for key in ("a", "b/1", "b/2", "c d", "e+f"):
        store.put(bucket, key, b"x")

    first = store.client.list_objects(Bucket=bucket, Delimiter="/", MaxKeys=3)
    rest = store.client.list_objects(Bucket=bucket, Delimiter="/", Marker=first["NextMarker"])

    assert [o["Key"] for o in first["Contents"] + rest["Contents"]] == ["a", "c d", "e+f"]
    assert [p["Prefix"] for p in first["CommonPrefixes"]] == ["b/"]


def test_tags_come_back(store, bucket):
    store.client.put_object(Bucket=bucket, Key="k", Body=b"x", Tagging="color=deep%20blue")

    tags = store.client.get_object_tagging(Bucket=bucket, Key="k")["TagSet"]

    assert tags == [{"Key": "color", "Value": "deep blue"}]
