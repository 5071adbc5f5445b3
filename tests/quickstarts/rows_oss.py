"""OSS: buckets, uploads, downloads, managing files; forty-one blocks."""

import itertools
import json
import shutil

import oss2
import requests

from rows import QuickStart
from stores import OssStore

PAGE = QuickStart("oss", OssStore, blocks=41)

KiB, MiB = 1 << 10, 1 << 20
TREE = {"oss.jpg": 3, "fun/test.jpg": 5, "fun/movie/001.avi": 7, "fun/movie/007.avi": 11}
BIG = bytes(range(251)) * (MiB * 3 // 251)


def bucket_of(at, name=None):
    return oss2.Bucket(at.store.auth, at.store.address.url, name or at.bucket, region=at.store.region)


def keys_of(at, iterator=oss2.ObjectIterator, **options):
    return [o.key for o in iterator(at.tree, **options)]


# Buckets ------------------------------------------------------------------------------------------------------


def properties_of(bucket):
    info = bucket.get_bucket_info()
    return info.acl.grant, info.storage_class, info.data_redundancy_type


@PAGE.row("create a bucket with ACL, class and redundancy")
def _(at):
    at.special = bucket_of(at, "quickstart-zrs")
    wanted = oss2.models.BucketCreateConfig(oss2.BUCKET_STORAGE_CLASS_IA, oss2.BUCKET_DATA_REDUNDANCY_TYPE_ZRS)
    assert at.special.create_bucket(oss2.BUCKET_ACL_PUBLIC_READ, wanted).status == 200
    assert properties_of(at.special) == ("public-read", "IA", "ZRS")
    return properties_of(at.special)


@PAGE.command
def _(at):
    at.sluice("mb", at.url(bucket="command-zrs"), "--acl", "public-read", "--storage-class", "IA", "--redundancy", "ZRS")
    return properties_of(bucket_of(at, "command-zrs"))


@PAGE.row("create a bucket")
def _(at):
    at.client = bucket_of(at)
    assert at.client.create_bucket().status == 200
    return at.bucket in [b.name for b in oss2.BucketIterator(at.store.service)]


@PAGE.command
def _(at):
    at.sluice("mb", at.url(bucket="command-oss"))
    return "command-oss" in at.buckets()


@PAGE.row("list buckets: all, by prefix, after a marker")
def _(at):
    for name in ("test-bucket1", "test-bucket2", "test-bucket3"):
        bucket_of(at, name).create_bucket()
    service = at.store.service
    tests = [b.name for b in oss2.BucketIterator(service, prefix="test-")]
    assert tests == ["test-bucket1", "test-bucket2", "test-bucket3"]
    after = [b.name for b in oss2.BucketIterator(service, marker="test-bucket1")]
    assert after == ["test-bucket2", "test-bucket3"]
    return [b.name for b in oss2.BucketIterator(service)]


@PAGE.command
def _(at):
    return at.buckets()


@PAGE.row("tell a bucket's location")
def _(at):
    location = at.client.get_bucket_location().location
    assert location == "oss-cn-hangzhou"
    return location.removeprefix("oss-")


@PAGE.command
def _(at):
    return [line["region"] for line in at.listed("oss://") if line["bucket"] == at.bucket][0].removeprefix("oss-")


@PAGE.row("tell whether a bucket exists")
def _(at):
    def exists(bucket):
        try:
            bucket.get_bucket_info()
        except oss2.exceptions.NoSuchBucket:
            return False
        return True
    return exists(at.client), exists(bucket_of(at, "quickstart-nowhere"))


@PAGE.command
def _(at):
    codes = [at.sluice("stat", at.url(bucket=name), check=False).returncode
             for name in (at.bucket, "quickstart-nowhere")]
    return tuple({0: True, 4: False}[code] for code in codes)


@PAGE.row("tell all of a bucket")
def _(at):
    info = at.special.get_bucket_info()
    assert (info.name, info.storage_class, info.owner.id) == ("quickstart-zrs", "IA", "main")
    assert (info.acl.grant, info.data_redundancy_type) == ("public-read", "ZRS")
    assert info.intranet_endpoint == "oss-cn-hangzhou-internal.aliyuncs.com"
    assert info.extranet_endpoint == "oss-cn-hangzhou.aliyuncs.com"
    assert info.creation_date
    return (info.name, info.storage_class, info.owner.id, info.acl.grant, info.data_redundancy_type,
            info.intranet_endpoint, info.extranet_endpoint, info.creation_date)


@PAGE.command
def _(at):
    told = at.told("stat", at.url(bucket="quickstart-zrs"), "--all")
    created = told["created"].replace("Z", ".000Z")  # whole seconds
    return (told["bucket"], told["storage_class"], told["owner"], told["acl"], told["redundancy"],
            told["internal_endpoint"], told["endpoint"], created)


@PAGE.row("make a bucket private")
def _(at):
    assert at.special.put_bucket_acl(oss2.BUCKET_ACL_PRIVATE).status == 200
    return at.special.get_bucket_acl().acl


@PAGE.command
def _(at):
    at.special.put_bucket_acl(oss2.BUCKET_ACL_PUBLIC_READ)
    at.sluice("props", "set", "acl", at.url(bucket="quickstart-zrs"), "private")
    return at.special.get_bucket_acl().acl


@PAGE.row("tell a bucket's ACL")
def _(at):
    return at.special.get_bucket_acl().acl


@PAGE.command
def _(at):
    return at.told("props", "get", "acl", at.url(bucket="quickstart-zrs"))["acl"]


@PAGE.row("delete a bucket: with objects, empty, missing")
def _(at):
    at.special.put_object("k", b"x")
    told = []
    for _ in range(3):
        try:
            told.append(at.special.delete_bucket().status)
        except oss2.exceptions.BucketNotEmpty:
            told.append("not empty")
            at.special.delete_object("k")
        except oss2.exceptions.NoSuchBucket:
            told.append("missing")
    assert told == ["not empty", 204, "missing"]
    return [True, False]


@PAGE.command
def _(at):
    at.sluice("cp", at.file("one", b"x"), at.url("k", "command-oss"))
    held = at.sluice("rb", at.url(bucket="command-oss"), check=False).returncode != 0
    at.sluice("rm", at.url("k", "command-oss"))
    at.sluice("rb", at.url(bucket="command-oss"))
    assert at.sluice("rb", at.url(bucket="command-oss"), check=False).returncode == 4
    return [held, "command-oss" in at.buckets()]


@PAGE.row("set, tell and delete a bucket's tags")
def _(at):
    rule = oss2.models.TaggingRule()
    rule.add("key1", "value1")
    rule.add("key2", "value2")
    tagged = bucket_of(at, "test-bucket2")
    assert tagged.put_bucket_tagging(oss2.models.Tagging(rule)).status == 200
    assert tagged.get_bucket_tagging().tag_set.tagging_rule == {"key1": "value1", "key2": "value2"}
    assert tagged.delete_bucket_tagging().status == 204
    assert tagged.get_bucket_tagging().tag_set.tagging_rule == {}
    return [{"key1": "value1", "key2": "value2"}, {}]


@PAGE.command
def _(at):
    url, told = at.url(bucket="test-bucket2"), []
    for words in (["key1=value1", "key2=value2"], ["--none"]):
        at.sluice("props", "set", "tags", url, *words)
        told.append(at.told("props", "get", "tags", url)["tags"])
    at.sluice("props", "set", "tags", url, "key1=value1", "key2=value2")
    return told


@PAGE.row("list buckets by tag")
def _(at):
    def named(**tag):
        return [b.name for b in at.store.service.list_buckets(params=tag).buckets]
    assert named(**{"tag-key": "key1", "tag-value": "value1"}) == ["test-bucket2"]
    assert named(**{"tag-key": "key1", "tag-value": "other"}) == []
    return [["test-bucket2"], []]


@PAGE.command
def _(at):
    return [[line["bucket"] for line in at.listed("oss://", "--tag", tag)] for tag in ("key1=value1", "key1=other")]


# Uploads ------------------------------------------------------------------------------------------------------


@PAGE.row("write an object from text")
def _(at):
    answer = at.client.put_object("exampleobject.txt", "Hello OSS")
    assert answer.status == 200 and answer.request_id and answer.headers["date"]
    return answer.etag


@PAGE.command
def _(at):
    at.sluice("cp", at.file("text", b"Hello OSS"), at.url("by-command.txt"))
    return at.client.head_object("by-command.txt").etag


@PAGE.row("write an object from bytes")
def _(at):
    assert at.client.put_object("exampleobject.txt", "Grüße, 中文".encode()).status == 200
    return at.client.get_object("exampleobject.txt").read()


@PAGE.command
def _(at):
    at.sluice("cp", at.file("bytes", "Grüße, 中文".encode()), at.url("by-command.txt"))
    return at.client.get_object("by-command.txt").read()


@PAGE.row("write what a web server sends")
def _(at):
    page = requests.get(at.source_url, stream=True)  # an iterable without a length: chunked
    assert at.client.put_object("exampleobject.txt", page).status == 200
    assert at.client.get_object("exampleobject.txt").read() == requests.get(at.source_url).content
    return at.client.get_object("exampleobject.txt").read()


@PAGE.command
def _(at):
    at.sluice("cp", at.source_url, at.url("by-command-web"))
    return at.client.get_object("by-command-web").read()


@PAGE.row("write a file")
def _(at):
    at.client.put_object_from_file("exampleobject.txt", str(at.file("examplefile.txt", b"local\n" * 1000)))
    return at.client.head_object("exampleobject.txt").etag


@PAGE.command
def _(at):
    at.sluice("cp", at.file("examplefile.txt"), at.url("by-command.txt"))
    return at.client.head_object("by-command.txt").etag


@PAGE.row("append twice")
def _(at):
    first = at.client.append_object("log", 0, "content of first append")
    second = at.client.append_object("log", first.next_position, "content of second append")
    assert second.next_position == at.client.head_object("log").content_length
    assert at.client.get_object("log").read() == b"content of first appendcontent of second append"
    return second.next_position, at.client.head_object("log").object_type, second.crc


@PAGE.command
def _(at):
    at.sluice("append", at.file("first", b"content of first append"), at.url("log-command"))
    position = at.sluice("append", at.file("second", b"content of second append"), at.url("log-command")).stdout
    head = at.client.head_object("log-command")
    return int(position), head.object_type, int(head.headers["x-oss-hash-crc64ecma"])


@PAGE.row("upload resumably with all that is usual")
def _(at):
    at.file("big", BIG)
    assert oss2.resumable_upload(at.client, "big-usual", str(at.file("big"))).status == 200
    return at.client.head_object("big-usual").content_length


@PAGE.command
def _(at):
    at.sluice("cp", at.file("big"), at.url("big-command"))
    return at.client.head_object("big-command").content_length


@PAGE.row("upload resumably: folder of records, threshold, part size, threads")
def _(at):
    answer = oss2.resumable_upload(at.client, "big", str(at.file("big")), store=oss2.ResumableStore(root=str(at.dir)),
                                   multipart_threshold=100 * KiB, part_size=100 * KiB, num_threads=4)
    assert answer.status == 200
    return at.client.head_object("big").object_type, answer.crc


@PAGE.command
def _(at):
    # The state goes where XDG_STATE_HOME says.
    at.sluice("cp", at.file("big"), at.url("big-parts"), "--threshold", "100K", "--part-size", "100K", "-c", "4")
    head = at.client.head_object("big-parts")
    return head.object_type, int(head.headers["x-oss-hash-crc64ecma"])


@PAGE.row("follow the progress of an upload")
def _(at):
    seen = []
    at.client.put_object("progress", "a" * MiB, progress_callback=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (MiB, MiB)
    return seen[-1][0]


@PAGE.command
def _(at):
    at.sluice("cp", at.file("mib", b"a" * MiB), at.url("progress"))
    return at.client.head_object("progress").content_length


# Downloads ----------------------------------------------------------------------------------------------------


@PAGE.row("read an object as a stream into a file")
def _(at):
    with open(at.file("stream"), "wb") as target:
        shutil.copyfileobj(at.client.get_object("big"), target)
    return at.file("stream").read_bytes()


@PAGE.command
def _(at):
    return at.cat("big")


@PAGE.row("write an object from the stream of another")
def _(at):
    at.client.put_object("exampleobjectnew.txt", at.client.get_object("exampleobject.txt"))
    return at.client.get_object("exampleobjectnew.txt").read()


@PAGE.command
def _(at):
    at.sluice("cp", at.url("exampleobject.txt"), at.url("by-command-new.txt"))
    return at.client.get_object("by-command-new.txt").read()


@PAGE.row("read an object into a file")
def _(at):
    at.client.get_object_to_file("exampleobject.txt", str(at.file("local")))
    return at.file("local").read_bytes()


@PAGE.command
def _(at):
    at.sluice("cp", at.url("exampleobject.txt"), at.file("local-command"))
    return at.file("local-command").read_bytes()


@PAGE.row("download resumably with all that is usual")
def _(at):
    oss2.resumable_download(at.client, "big", str(at.file("big-down")))
    return at.file("big-down").read_bytes() == BIG


@PAGE.command
def _(at):
    at.sluice("cp", at.url("big"), at.file("big-down-command"))
    return at.file("big-down-command").read_bytes() == BIG


@PAGE.row("download resumably: folder of records, threshold, part size, threads")
def _(at):
    oss2.resumable_download(at.client, "big", str(at.file("big-parts")), multiget_threshold=200 * KiB,
                            part_size=100 * KiB, num_threads=3, store=oss2.ResumableDownloadStore(root=str(at.dir)))
    return at.file("big-parts").read_bytes() == BIG


@PAGE.command
def _(at):
    at.sluice("cp", at.url("big"), at.file("big-parts-command"), "--threshold", "200K", "--part-size", "100K", "-c", "3")
    return at.file("big-parts-command").read_bytes() == BIG


@PAGE.row("follow the progress of a download")
def _(at):
    seen = []
    at.client.get_object_to_file("big", str(at.file("progress-down")),
                                 progress_callback=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (len(BIG), len(BIG))
    return seen[-1][0]


@PAGE.command
def _(at):
    at.sluice("cp", at.url("big"), at.file("progress-command"))
    return at.file("progress-command").stat().st_size


# Managing files -----------------------------------------------------------------------------------------------


@PAGE.row("tell whether an object exists")
def _(at):
    return at.client.object_exists("exampleobject.txt"), at.client.object_exists("never")


@PAGE.command
def _(at):
    codes = [at.sluice("stat", at.url(key), check=False).returncode for key in ("exampleobject.txt", "never")]
    return tuple({0: True, 4: False}[code] for code in codes)


@PAGE.row("let everybody read an object")
def _(at):
    assert at.client.put_object_acl("exampleobject.txt", oss2.OBJECT_ACL_PUBLIC_READ).status == 200
    return requests.get(f"{at.store.address.url}/{at.bucket}/exampleobject.txt").status_code


@PAGE.command
def _(at):
    assert requests.get(f"{at.store.address.url}/{at.bucket}/by-command.txt").status_code == 403
    at.sluice("props", "set", "acl", at.url("by-command.txt"), "public-read")
    return requests.get(f"{at.store.address.url}/{at.bucket}/by-command.txt").status_code


@PAGE.row("tell an object's ACL")
def _(at):
    return [at.client.get_object_acl(key).acl for key in ("exampleobject.txt", "log")]


@PAGE.command
def _(at):
    return [at.told("props", "get", "acl", at.url(key))["acl"] for key in ("by-command.txt", "log-command")]


@PAGE.row("list ten objects")
def _(at):
    at.tree = bucket_of(at, "quickstart-tree")
    at.tree.create_bucket()
    for key, size in TREE.items():
        at.tree.put_object(key, b"x" * size)
    for number in range(12):
        at.tree.put_object(f"x{number}.txt", b"")
    return [o.key for o in itertools.islice(oss2.ObjectIterator(at.tree), 10)]


@PAGE.command
def _(at):
    return at.keys("-r", at.url(bucket="quickstart-tree"))[:10]


@PAGE.row("list every object")
def _(at):
    assert keys_of(at, oss2.ObjectIteratorV2) == keys_of(at)
    return keys_of(at)


@PAGE.command
def _(at):
    return at.keys("-r", at.url(bucket="quickstart-tree"))


@PAGE.row("list all below a folder")
def _(at):
    assert keys_of(at, prefix="fun/") == ["fun/movie/001.avi", "fun/movie/007.avi", "fun/test.jpg"]
    return keys_of(at, prefix="fun/")


@PAGE.command
def _(at):
    return at.keys("-r", at.url("fun/", "quickstart-tree"))


@PAGE.row("list what follows a marker")
def _(at):
    assert keys_of(at, marker="x2.txt") == [f"x{n}.txt" for n in range(3, 10)]
    assert keys_of(at, oss2.ObjectIteratorV2, start_after="x2.txt") == [f"x{n}.txt" for n in range(3, 10)]
    return keys_of(at, marker="x2.txt")


@PAGE.command
def _(at):
    return at.keys(at.url(bucket="quickstart-tree"), "--start-after", "x2.txt")


@PAGE.row("list one level: folders and files")
def _(at):
    found = [("directory" if o.is_prefix() else "file", o.key)
             for o in oss2.ObjectIterator(at.tree, prefix="fun/", delimiter="/")]
    assert found == [("directory", "fun/movie/"), ("file", "fun/test.jpg")]
    return found


@PAGE.command
def _(at):
    return [("directory", line["prefix"]) if "prefix" in line else ("file", line["key"])
            for line in at.listed(at.url("fun/", "quickstart-tree"))]


@PAGE.row("list one level with owners")
def _(at):
    found = [(o.key, o.is_prefix() or (o.owner.display_name, o.owner.id))
             for o in oss2.ObjectIteratorV2(at.tree, prefix="fun/", delimiter="/", fetch_owner=True)]
    assert found == [("fun/movie/", True), ("fun/test.jpg", ("main", "main"))]
    return found


@PAGE.command
def _(at):
    return [(line["prefix"], True) if "prefix" in line else (line["key"], (line["owner_name"], line["owner"]))
            for line in at.listed(at.url("fun/", "quickstart-tree"), "--fetch-owner")]


@PAGE.row("add up the bytes of each folder")
def _(at):
    def length(folder):
        return sum(o.size for o in oss2.ObjectIterator(at.tree, prefix=folder))
    found = {o.key: length(o.key) if o.is_prefix() else o.size
             for o in oss2.ObjectIterator(at.tree, delimiter="/")}
    assert (found["fun/"], found["oss.jpg"]) == (23, 3)
    return {name: bytes for name, bytes in found.items() if name.endswith("/")}


@PAGE.command
def _(at):
    bucket = at.url(bucket="quickstart-tree")
    lines = at.sluice("du", bucket, "--depth", "1", "--json").stdout.decode().splitlines()
    found = {line["url"].removeprefix(bucket): line["bytes"] for line in map(json.loads, lines)}
    found.pop("")  # all of it
    return found


@PAGE.row("delete an object")
def _(at):
    assert at.client.delete_object("exampleobjectnew.txt").status == 204
    return at.client.object_exists("exampleobjectnew.txt")


@PAGE.command
def _(at):
    at.sluice("rm", at.url("by-command-new.txt"))
    return at.client.object_exists("by-command-new.txt")


@PAGE.row("delete several objects at once")
def _(at):
    keys = ["x0.txt", "x1.txt", "x2.txt"]
    assert at.tree.batch_delete_objects(keys).deleted_keys == keys
    return at.tree.object_exists("x0.txt")


@PAGE.command
def _(at):
    at.sluice("rm", *(at.url(f"x{n}.txt", "quickstart-tree") for n in (3, 4, 5)))
    return at.tree.object_exists("x3.txt")


@PAGE.row("delete all that begins with a prefix")
def _(at):
    for one in oss2.ObjectIterator(at.tree, prefix="fun/movie/"):
        at.tree.delete_object(one.key)
    return keys_of(at, prefix="fun/movie/")


@PAGE.command
def _(at):
    at.tree.put_object("fun/movie/008.avi", b"x")
    at.sluice("rm", "-r", at.url("fun/movie/", "quickstart-tree"))
    return keys_of(at, prefix="fun/movie/")


@PAGE.row("copy an object")
def _(at):
    assert at.client.copy_object("quickstart-tree", "oss.jpg", "copy.jpg").status == 200
    return at.client.get_object("copy.jpg").read()


@PAGE.command
def _(at):
    at.sluice("cp", at.url("oss.jpg", "quickstart-tree"), at.url("copy-command.jpg"))
    return at.client.get_object("copy-command.jpg").read()


@PAGE.row("copy an object part by part")
def _(at):
    size = at.client.head_object("big").content_length
    part = oss2.determine_part_size(size, preferred_size=100 * KiB)
    upload = at.client.init_multipart_upload("big-copy").upload_id
    parts = []
    for number, first in enumerate(range(0, size, part), 1):
        last = min(first + part, size) - 1
        copied = at.client.upload_part_copy(at.bucket, "big", (first, last), "big-copy", upload, number)
        parts.append(oss2.models.PartInfo(number, copied.etag))
    assert at.client.complete_multipart_upload("big-copy", upload, parts).status == 200
    return at.client.head_object("big-copy").headers["x-oss-hash-crc64ecma"]


@PAGE.command
def _(at):
    at.sluice("cp", at.url("big"), at.url("big-copy-command"), "--threshold", "100K", "--part-size", "100K")
    return at.client.head_object("big-copy-command").headers["x-oss-hash-crc64ecma"]


@PAGE.row("forbid to overwrite")
def _(at):
    headers = {"x-oss-forbid-overwrite": "true"}
    assert at.client.put_object("only-once", "first", headers=headers).status == 200
    try:
        at.client.put_object("only-once", "second", headers=headers)
        assert False, "it was overwritten"
    except oss2.exceptions.ServerError as error:
        assert (error.status, error.code) == (409, "FileAlreadyExists")
    return at.client.get_object("only-once").read()


@PAGE.command
def _(at):
    at.sluice("cp", at.file("first", b"first"), at.url("only-once-command"), "--no-clobber")
    refused = at.sluice("cp", at.file("second", b"second"), at.url("only-once-command"), "--no-clobber", check=False)
    assert (refused.returncode, b"exist" in refused.stderr) == (1, True)
    return at.client.get_object("only-once-command").read()
