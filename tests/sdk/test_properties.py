"""What buckets and objects are beside their bytes, through the SDKs: links, restores, grants, classes."""

import oss2
import pytest
import tos
from tos.enum import AzRedundancyType, StorageClassType, TierType
from tos.models2 import Grant, Grantee, Owner, RestoreJobParameters

import sluice
from conftest import new_bucket
from stores import CosStore, OssStore, QingStorStore, S3Store, StoreError, TosStore, cos, oss, s3
from stores import tos as tos_adapter
from stores.qingstor import expect


@pytest.fixture
def oss_bucket(server):
    store = OssStore(server, sluice.MAIN)
    return store.bucket(new_bucket(store))


@pytest.fixture
def cos_place(server):
    store = CosStore(server, sluice.MAIN)
    return store.client, new_bucket(store)


@pytest.fixture
def tos_place(server):
    store = TosStore(server, sluice.MAIN)
    return store.client, new_bucket(store)


@pytest.fixture
def s3_place(server):
    store = S3Store(server, sluice.MAIN)
    return store.client, new_bucket(store)


# Symbolic links ---------------------------------------------------------------------------------------------------


def test_an_oss_link_serves_its_target(oss_bucket):
    oss_bucket.put_object("dir/a b+ü", b"bytes")

    oss_bucket.put_symlink("dir/a b+ü", "link", headers={"x-oss-forbid-overwrite": "true"})

    assert oss_bucket.get_symlink("link").target_key == "dir/a b+ü"
    assert oss_bucket.get_object("link").read() == b"bytes"
    assert oss_bucket.head_object("link").object_type == "Symlink"
    assert {o.key: o.type for o in oss2.ObjectIterator(oss_bucket)} == {"dir/a b+ü": "Normal", "link": "Symlink"}
    oss_bucket.delete_object("dir/a b+ü")
    with pytest.raises(StoreError) as refused, oss.errors():
        oss_bucket.get_object("link")
    assert refused.value.pair == (404, "SymlinkTargetNotExist")


def test_a_cos_link_serves_its_target(cos_place):
    client, bucket = cos_place
    client.put_object(Bucket=bucket, Key="target.txt", Body=b"bytes")

    client.put_symlink(Bucket=bucket, SymlinkName="link", SymlinkTarget="target.txt")

    assert client.get_symlink(Bucket=bucket, SymlinkName="link")["x-cos-symlink-target"] == "target.txt"
    assert client.get_object(Bucket=bucket, Key="link")["Body"].get_raw_stream().read() == b"bytes"


def test_a_tos_link_serves_its_target(tos_place):
    client, bucket = tos_place
    client.put_object(bucket, "dir/target ü", content=b"bytes")

    client.put_symlink(bucket, "link", "dir/target ü")

    assert client.get_symlink(bucket, "link").symlink_target_key == "dir/target ü"
    assert client.get_object(bucket, "link").read() == b"bytes"
    assert client.head_object(bucket, "link").object_type == "Symlink"


# Restores ---------------------------------------------------------------------------------------------------------


def test_an_archived_oss_object_is_restored(oss_bucket):
    oss_bucket.put_object("k", b"bytes", headers={"x-oss-storage-class": "Archive"})
    with pytest.raises(StoreError) as refused, oss.errors():
        oss_bucket.get_object("k")
    assert refused.value.pair == (403, "InvalidObjectState")

    assert oss_bucket.restore_object("k").status == 202
    with pytest.raises(StoreError) as running, oss.errors():
        oss_bucket.restore_object("k")

    assert running.value.pair == (409, "RestoreAlreadyInProgress")
    assert oss_bucket.head_object("k").headers["x-oss-restore"] == 'ongoing-request="true"'


def test_a_cold_oss_object_is_restored_in_a_hurry(oss_bucket):
    oss_bucket.put_object("k", b"bytes", headers={"x-oss-storage-class": "ColdArchive"})
    wanted = oss2.models.RestoreConfiguration(
        days=2, job_parameters=oss2.models.RestoreJobParameters(oss2.models.RESTORE_TIER_EXPEDITED))

    assert oss_bucket.restore_object("k", input=wanted).status == 202

    assert oss_bucket.get_object("k").read() == b"bytes"
    assert oss_bucket.head_object("k").headers["x-oss-restore"].startswith('ongoing-request="false", expiry-date=')
    assert oss_bucket.restore_object("k", input=wanted).status == 200


def test_an_archived_cos_object_is_restored(cos_place):
    client, bucket = cos_place
    client.put_object(Bucket=bucket, Key="k", Body=b"bytes", StorageClass="ARCHIVE")
    with pytest.raises(StoreError) as refused, cos.errors():
        client.get_object(Bucket=bucket, Key="k")
    assert refused.value.pair == (403, "InvalidObjectState")

    client.restore_object(Bucket=bucket, Key="k",
                          RestoreRequest={"Days": 1, "CASJobParameters": {"Tier": "Expedited"}})

    assert client.get_object(Bucket=bucket, Key="k")["Body"].get_raw_stream().read() == b"bytes"
    assert "x-cos-restore" in client.head_object(Bucket=bucket, Key="k")


def test_an_archived_tos_object_is_restored(tos_place):
    client, bucket = tos_place
    client.put_object(bucket, "k", content=b"bytes", storage_class=StorageClassType.Storage_Class_Archive)
    with pytest.raises(StoreError) as refused, tos_adapter.errors():
        client.get_object(bucket, "k")
    assert refused.value.pair == (403, "ObjectNotRestored")

    client.restore_object(bucket, "k", days=1, restore_job_parameters=RestoreJobParameters(TierType.Tier_Expedited))

    assert client.get_object(bucket, "k").read() == b"bytes"


def test_an_archived_s3_object_is_restored(s3_place):
    client, bucket = s3_place
    client.put_object(Bucket=bucket, Key="k", Body=b"bytes", StorageClass="GLACIER")
    with pytest.raises(StoreError) as refused, s3.errors():
        client.get_object(Bucket=bucket, Key="k")
    assert refused.value.pair == (403, "InvalidObjectState")

    answer = client.restore_object(Bucket=bucket, Key="k", RestoreRequest={
        "Days": 1, "GlacierJobParameters": {"Tier": "Expedited"}})

    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert client.get_object(Bucket=bucket, Key="k")["Body"].read() == b"bytes"
    assert 'ongoing-request="false"' in client.head_object(Bucket=bucket, Key="k")["Restore"]


# Access and configuration -----------------------------------------------------------------------------------------


def test_qingstor_keeps_lists_of_grantees(server):
    store = QingStorStore(server, sluice.MAIN)
    bucket = store.bucket(new_bucket(store))
    grants = [{"grantee": {"type": "user", "id": "usr-somebody", "name": "usr-somebody"}, "permission": "WRITE"},
              {"grantee": {"type": "group", "name": "QS_ALL_USERS"}, "permission": "READ"}]

    expect(bucket.put_acl(acl=grants), 200)

    assert expect(bucket.get_acl(), 200)["acl"] == grants


def test_qingstor_pages_its_buckets_and_picks_a_zone(server):
    store = QingStorStore(server, sluice.MAIN)
    names = sorted(new_bucket(store) for _ in range(3))

    everything = [b["name"] for b in expect(store.service.list_buckets(limit="1000"), 200)["buckets"]]
    assert set(names) <= set(everything)
    second = expect(store.service.list_buckets(offset="1", limit="2"), 200)
    assert [b["name"] for b in second["buckets"]] == everything[1:3]
    assert expect(store.service.list_buckets(location="nowhere1"), 200)["count"] == 0


def test_tos_grants_come_back(tos_place):
    client, bucket = tos_place
    owner = client.get_bucket_acl(bucket).owner
    grant = Grant(Grantee(tos.enum.GranteeType.Grantee_User, id="somebody"), tos.enum.PermissionType.Permission_Write)

    client.put_bucket_acl(bucket, owner=Owner(owner.id, owner.display_name), grants=[grant])

    told = client.get_bucket_acl(bucket).grants
    assert [(g.grantee.id, g.permission.value) for g in told] == [("somebody", "WRITE")]


def test_s3_grants_come_back(s3_place):
    client, bucket = s3_place
    client.put_object(Bucket=bucket, Key="k", Body=b"x", GrantRead="id=somebody")
    users = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
    client.put_bucket_acl(Bucket=bucket, GrantWrite=f"uri={users}", GrantFullControl="id=main")

    of_object = client.get_object_acl(Bucket=bucket, Key="k")["Grants"]
    of_bucket = client.get_bucket_acl(Bucket=bucket)["Grants"]

    assert [(g["Grantee"]["ID"], g["Permission"]) for g in of_object] == [("somebody", "READ")]
    assert {(g["Grantee"].get("URI") or g["Grantee"]["ID"], g["Permission"]) for g in of_bucket} == {
        (users, "WRITE"), ("main", "FULL_CONTROL")}


def test_cos_grants_and_zones_come_back(server):
    store = CosStore(server, sluice.MAIN)
    bucket = "sdk-maz-1250000000"
    store.client.create_bucket(Bucket=bucket, BucketAZConfig="MAZ", ACL="public-read")

    head = store.client.head_bucket(Bucket=bucket)
    grants = store.client.get_bucket_acl(Bucket=bucket)["AccessControlList"]["Grant"]

    assert head["x-cos-bucket-az-type"] == "MAZ"
    assert [g["Permission"] for g in grants] == ["FULL_CONTROL", "READ"]


def test_tos_buckets_remember_what_they_were_made_as(server):
    client = TosStore(server, sluice.MAIN).client
    client.create_bucket("sdk-tos-made", storage_class=StorageClassType.Storage_Class_Ia,
                         az_redundancy=AzRedundancyType.Az_Redundancy_Multi_Az)

    head = client.head_bucket("sdk-tos-made")

    assert (head.storage_class, head.az_redundancy) == (StorageClassType.Storage_Class_Ia,
                                                        AzRedundancyType.Az_Redundancy_Multi_Az)


def test_tos_renames_where_it_is_allowed(tos_place):
    client, bucket = tos_place
    client.put_object(bucket, "old ü", content=b"bytes")
    client.put_bucket_rename(bucket, True)
    assert client.get_bucket_rename(bucket).rename_enable

    assert client.rename_object(bucket, "old ü", "new +1").status_code == 204

    assert [o.key for o in client.list_objects(bucket).contents] == ["new +1"]
