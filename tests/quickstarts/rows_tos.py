"""TOS: client, bucket, put, get, delete."""

import tos

from rows import QuickStart
from stores import TosStore

PAGE = QuickStart("tos", TosStore, blocks=5)


@PAGE.row("make a client")
def _(at):
    at.client = at.store.client
    assert isinstance(at.client, tos.TosClientV2)


@PAGE.row("create a bucket")
def _(at):
    assert at.client.create_bucket(at.bucket).status_code == 200
    return at.bucket in [b.name for b in at.client.list_buckets().buckets]


@PAGE.command
def _(at):
    at.sluice("mb", at.url(bucket="command-tos"))
    return "command-tos" in at.buckets()


@PAGE.row("write an object from text")
def _(at):
    assert at.client.put_object(at.bucket, "by-sdk", content="123").status_code == 200
    return at.client.head_object(at.bucket, "by-sdk").etag.strip('"')


@PAGE.command
def _(at):
    at.sluice("cp", at.file("text", b"123"), at.url("by-command"))
    return at.client.head_object(at.bucket, "by-command").etag.strip('"')


@PAGE.row("read an object")
def _(at):
    answer = at.client.get_object(at.bucket, "by-sdk")
    assert answer.status_code == 200
    return answer.read()


@PAGE.command
def _(at):
    return at.cat("by-sdk")


@PAGE.row("write and delete an object")
def _(at):
    assert at.client.put_object(at.bucket, "gone", content="123").status_code == 200
    assert at.client.delete_object(at.bucket, "gone").status_code == 204
    return [o.key for o in at.client.list_objects(at.bucket, prefix="gone").contents]


@PAGE.command
def _(at):
    at.sluice("cp", at.file("text", b"123"), at.url("gone"))
    at.sluice("rm", at.url("gone"))
    return [o.key for o in at.client.list_objects(at.bucket, prefix="gone").contents]
