"""COS: the old names of its configuration, uploads, downloads, errors."""

from qcloud_cos import CosConfig, CosS3Client
from qcloud_cos.cos_exception import CosServiceError

from rows import QuickStart
from stores import CosStore

PAGE = QuickStart("cos", CosStore, blocks=6)

SHORT = "quickstart-cos"  # the SDK adds the account's number
BODY = b"what the file holds\n"


def written(at, key):
    head = at.client.head_object(Bucket=SHORT, Key=key)
    assert (head["Cache-Control"], head["Content-Disposition"]) == ("no-cache", "download.txt")
    return head["ETag"], head.get("x-cos-storage-class", "STANDARD")


@PAGE.row("make a client with appid, id, key, region and token")
def _(at):
    account, address = at.store.account, at.store.address
    config = CosConfig(Appid="1250000000", Access_id=account.access_key, Access_key=account.secret_key,
                       Region=at.store.region, Token="", Scheme="http", IP=address.host, Port=address.port,
                       ServiceDomain=f"{address.host}:{address.port}")
    at.client = CosS3Client(config)
    at.client.create_bucket(Bucket=SHORT)
    assert at.bucket in at.store.buckets()


@PAGE.row("write a file with class, cache control and disposition")
def _(at):
    with open(at.file("test.txt", BODY), "rb") as source:
        answer = at.client.put_object(Bucket=SHORT, Body=source, Key="test.txt", StorageClass="STANDARD",
                                      CacheControl="no-cache", ContentDisposition="download.txt")
    assert answer["ETag"]
    return written(at, "test.txt")


@PAGE.command
def _(at):
    at.sluice("cp", at.file("test.txt"), at.url("by-command.txt"), "--storage-class", "STANDARD",
              "--cache-control", "no-cache", "--content-disposition", "download.txt")
    return written(at, "by-command.txt")


@PAGE.row("write bytes")
def _(at):
    answer = at.client.put_object(Bucket=SHORT, Body="abcdefg", Key="bytes.txt", CacheControl="no-cache",
                                  ContentDisposition="download.txt")
    return answer["ETag"]


@PAGE.command
def _(at):
    at.sluice("cp", at.file("bytes", b"abcdefg"), at.url("by-command.txt"))
    return at.client.head_object(Bucket=SHORT, Key="by-command.txt")["ETag"]


@PAGE.row("read an object into a file")
def _(at):
    answer = at.client.get_object(Bucket=SHORT, Key="test.txt")
    answer["Body"].get_stream_to_file(str(at.file("output.txt")))
    return at.file("output.txt").read_bytes()


@PAGE.command
def _(at):
    at.sluice("cp", at.url("test.txt"), at.file("command.txt"))
    return at.file("command.txt").read_bytes()


@PAGE.row("read an object as a stream")
def _(at):
    return at.client.get_object(Bucket=SHORT, Key="test.txt")["Body"].get_raw_stream().read(2)


@PAGE.command
def _(at):
    return at.cat("test.txt")[:2]


@PAGE.row("ask an error for all that it knows")
def _(at):
    try:
        at.client.get_object(Bucket=SHORT, Key="missing")
    except CosServiceError as error:
        assert "<Code>NoSuchKey</Code>" in error.get_origin_msg()
        assert error.get_digest_msg()["code"] == "NoSuchKey"
        assert error.get_error_msg() and error.get_trace_id() and error.get_request_id()
        assert error.get_resource_location().endswith("/missing")
        return error.get_status_code()
    return None


@PAGE.command
def _(at):
    refused = at.sluice("cat", at.url("missing"), check=False)
    assert refused.returncode == 4
    return 404 if b"404" in refused.stderr else refused.stderr
