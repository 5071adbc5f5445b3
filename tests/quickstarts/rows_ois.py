"""OIS, through the SDK of QingStor, whose protocol it is."""

from qingstor.sdk.config import Config
from qingstor.sdk.service.qingstor import QingStor

from rows import QuickStart
from stores import QingStorStore

PAGE = QuickStart("ois", QingStorStore, blocks=8)


@PAGE.row("install the SDK")
def _(at):
    import qingstor.sdk
    assert qingstor.sdk


@PAGE.row("make a service")
def _(at):
    account = at.store.account
    config = Config(account.access_key, account.secret_key)
    config.protocol, config.host, config.port = "http", "qingstor.com", at.store.address.port
    at.service = QingStor(config)


@PAGE.row("list the account's buckets")
def _(at):
    answer = at.service.list_buckets()
    assert answer.status_code == 200
    return sorted(b["name"] for b in answer["buckets"])


@PAGE.command
def _(at):
    return at.buckets()


@PAGE.row("create a bucket in a zone")
def _(at):
    at.handle = at.service.Bucket(at.bucket, at.store.region)
    assert at.handle.put().status_code == 201
    return at.handle.head().status_code


@PAGE.command
def _(at):
    at.sluice("mb", at.url(bucket="command-ois"))
    return at.service.Bucket("command-ois", at.store.region).head().status_code


@PAGE.row("list the objects of a bucket")
def _(at):
    for number in range(7):
        assert at.handle.put_object(f"key-{number}", body=b"x").status_code == 201
    answer = at.handle.list_objects()
    assert answer.status_code == 200
    return [entry["key"] for entry in answer["keys"]]


@PAGE.command
def _(at):
    return at.keys(at.url())


@PAGE.row("write a file")
def _(at):
    with open(at.file("sdk_bin", bytes(range(256)) * 10), "rb") as source:
        assert at.handle.put_object("example_key", body=source).status_code == 201
    return at.handle.head_object("example_key").headers["ETag"]


@PAGE.command
def _(at):
    at.sluice("cp", at.file("sdk_bin"), at.url("example_copy"))
    return at.handle.head_object("example_copy").headers["ETag"]


@PAGE.row("delete an object")
def _(at):
    assert at.handle.delete_object("example_key").status_code == 204
    return at.handle.head_object("example_key").status_code


@PAGE.command
def _(at):
    at.sluice("rm", at.url("example_copy"))
    return at.handle.head_object("example_copy").status_code


@PAGE.row("let everybody do everything")
def _(at):
    grants = [{"grantee": {"type": "group", "name": "QS_ALL_USERS"}, "permission": "FULL_CONTROL"}]
    assert at.handle.put_acl(acl=grants).status_code == 200
    assert at.handle.get_acl()["acl"] == grants
    return grants


@PAGE.command
def _(at):
    assert at.handle.put_acl(acl=[]).status_code == 200
    at.sluice("props", "set", "acl", at.url(), "--grant", "group=QS_ALL_USERS:FULL_CONTROL")
    return at.handle.get_acl()["acl"]
