"""Amazon S3 through boto3, path style and virtual hosts."""

import contextlib

import boto3
import botocore.client
import botocore.exceptions

from .base import Info, Listing, Presigned, Store, StoreError, bare


@contextlib.contextmanager
def errors():
    try:
        yield
    except botocore.exceptions.ClientError as e:
        status = e.response["ResponseMetadata"]["HTTPStatusCode"]
        raise StoreError(status, e.response["Error"]["Code"], e.response["Error"].get("Message", "")) from e


class S3Store(Store):
    id = "s3"
    scheme = "s3"
    region = "us-east-1"
    style = "path"
    completes_twice = True  # for a while after the first
    environment = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    words = {
        "no such key": (404, "NoSuchKey"),
        "no such key, head": (404, "404"),  # a HEAD has no body to read a word from
        "no such bucket": (404, "NoSuchBucket"),
        "no such upload": (404, "NoSuchUpload"),
        "bucket not empty": (409, "BucketNotEmpty"),
        "wrong secret": (403, "SignatureDoesNotMatch"),
        "unknown key": (403, "InvalidAccessKeyId"),
        "token missing": (403, "InvalidAccessKeyId"),
        "token expired": (400, "ExpiredToken"),
        "skewed clock": (403, "RequestTimeTooSkewed"),
        "expired URL": (403, "AccessDenied"),
        "bad MD5": (400, "BadDigest"),
        "not matching": (412, "PreconditionFailed"),
        "bad range": (416, "InvalidRange"),
        "wrong part": (400, "InvalidPart"),
        "part order": (400, "InvalidPartOrder"),
        "small part": (400, "EntityTooSmall"),
    }

    def endpoint(self):
        return self.address.url

    def open(self):
        a = self.account
        self.client = boto3.session.Session().client(
            "s3", endpoint_url=self.endpoint(), region_name=self.region, aws_access_key_id=a.access_key,
            aws_secret_access_key=a.secret_key, aws_session_token=a.token,
            config=botocore.client.Config(signature_version="s3v4", retries={"max_attempts": 1},
                                          s3={"addressing_style": self.style}))

    def make_bucket(self, bucket):
        with errors():
            self.client.create_bucket(Bucket=bucket)

    def remove_bucket(self, bucket):
        with errors():
            self.client.delete_bucket(Bucket=bucket)

    def buckets(self):
        with errors():
            return [b["Name"] for b in self.client.list_buckets()["Buckets"]]

    def put(self, bucket, key, data, *, content_type=None, meta=None, md5=None):
        options = {"Metadata": meta or {}}
        if content_type:
            options["ContentType"] = content_type
        if md5:
            options["ContentMD5"] = md5
        with errors():
            return bare(self.client.put_object(Bucket=bucket, Key=key, Body=data, **options)["ETag"])

    def get(self, bucket, key, *, if_match=None):
        options = {"IfMatch": f'"{if_match}"'} if if_match else {}
        with errors():
            return self.client.get_object(Bucket=bucket, Key=key, **options)["Body"].read()

    def get_range(self, bucket, key, first, last):
        with errors():
            r = self.client.get_object(Bucket=bucket, Key=key, Range=f"bytes={first}-{last}")
            return r["Body"].read()

    def head(self, bucket, key):
        with errors():
            r = self.client.head_object(Bucket=bucket, Key=key)
        return Info(r["ContentLength"], bare(r["ETag"]), r.get("ContentType"), r["Metadata"])

    def delete(self, bucket, key):
        with errors():
            self.client.delete_object(Bucket=bucket, Key=key)

    def delete_many(self, bucket, keys):
        with errors():
            r = self.client.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": k} for k in keys]})
        assert not r.get("Errors"), r["Errors"]
        return [d["Key"] for d in r["Deleted"]]

    def copy(self, bucket, source, target):
        with errors():
            self.client.copy_object(Bucket=bucket, Key=target, CopySource={"Bucket": bucket, "Key": source})

    def list_page(self, bucket, prefix, delimiter, marker, limit):
        options = {"ContinuationToken": marker} if marker else {}
        with errors():
            r = self.client.list_objects_v2(Bucket=bucket, Prefix=prefix, Delimiter=delimiter,
                                            MaxKeys=limit, **options)
        found = r.get("Contents", [])
        page = Listing([o["Key"] for o in found], [p["Prefix"] for p in r.get("CommonPrefixes", [])], 1,
                       {o["Key"]: o["Size"] for o in found}, {o["Key"]: bare(o["ETag"]) for o in found})
        assert r["KeyCount"] == len(page.keys) + len(page.prefixes)
        return page, r["NextContinuationToken"] if r["IsTruncated"] else None

    def start_upload(self, bucket, key):
        with errors():
            return self.client.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"]

    def put_part(self, bucket, key, upload, number, data):
        with errors():
            return bare(self.client.upload_part(Bucket=bucket, Key=key, UploadId=upload,
                                                PartNumber=number, Body=data)["ETag"])

    def copy_part(self, bucket, key, upload, number, source, first, last):
        with errors():
            r = self.client.upload_part_copy(
                Bucket=bucket, Key=key, UploadId=upload, PartNumber=number,
                CopySource={"Bucket": bucket, "Key": source}, CopySourceRange=f"bytes={first}-{last}")
        return bare(r["CopyPartResult"]["ETag"])

    def parts(self, bucket, key, upload):
        with errors():
            pages = self.client.get_paginator("list_parts").paginate(
                Bucket=bucket, Key=key, UploadId=upload, PaginationConfig={"PageSize": 2})
            return [(p["PartNumber"], p["Size"], bare(p["ETag"]))
                    for page in pages for p in page.get("Parts", [])]

    def complete(self, bucket, key, upload, parts):
        with errors():
            self.client.complete_multipart_upload(
                Bucket=bucket, Key=key, UploadId=upload,
                MultipartUpload={"Parts": [{"PartNumber": n, "ETag": f'"{etag}"'} for n, etag in parts]})

    def abort(self, bucket, key, upload):
        with errors():
            self.client.abort_multipart_upload(Bucket=bucket, Key=key, UploadId=upload)

    def uploads(self, bucket):
        with errors():
            pages = self.client.get_paginator("list_multipart_uploads").paginate(
                Bucket=bucket, PaginationConfig={"PageSize": 2})
            return [(u["Key"], u["UploadId"]) for page in pages for u in page.get("Uploads", [])]

    def presign_get(self, bucket, key, seconds):
        return Presigned(self.client.generate_presigned_url(
            "get_object", Params={"Bucket": bucket, "Key": key}, ExpiresIn=seconds))

    def presign_put(self, bucket, key, seconds):
        url = self.client.generate_presigned_url(
            "put_object", Params={"Bucket": bucket, "Key": key, "ContentType": "text/plain",
                                  "Metadata": {"by": "presigned"}}, ExpiresIn=seconds)
        return Presigned(url, {"Content-Type": "text/plain", "x-amz-meta-by": "presigned"})


class S3VirtualStore(S3Store):
    id = "s3-virtual-host"
    style = "virtual"

    def endpoint(self):
        return f"http://s3.{self.region}.amazonaws.com:{self.address.port}"


class RadosGwStore(S3Store):
    """Ceph's words where they are not Amazon's."""
    id = "radosgw"
    sorts_parts = True
