"""Tencent Cloud COS through cos-python-sdk-v5: the logical Host, sent to an IP and port."""

import contextlib
from urllib.parse import unquote

from qcloud_cos import CosConfig, CosS3Client
from qcloud_cos.cos_exception import CosServiceError

from .base import Info, Listing, Presigned, Store, StoreError, bare


@contextlib.contextmanager
def errors():
    try:
        yield
    except CosServiceError as e:
        raise StoreError(e.get_status_code(), e.get_error_code(), e.get_error_msg()) from e


class CosStore(Store):
    id = "cos"
    scheme = "cos"
    region = "ap-guangzhou"
    min_part = 1 << 20
    crc64 = True
    environment = ("COS_SECRET_ID", "COS_SECRET_KEY", "COS_SESSION_TOKEN")
    words = {
        "no such key": (404, "NoSuchKey"),
        "no such key, head": (404, "NoSuchResource"),  # the SDK's own word
        "no such bucket": (404, "NoSuchBucket"),
        "no such upload": (404, "NoSuchUpload"),
        "bucket not empty": (409, "BucketNotEmpty"),
        "wrong secret": (403, "SignatureDoesNotMatch"),
        "unknown key": (403, "InvalidAccessKeyId"),
        "token missing": (403, "InvalidAccessKeyId"),
        "token expired": (403, "ExpiredToken"),
        "skewed clock": (403, "RequestTimeTooSkewed"),
        "expired URL": (403, "AccessDenied"),
        "bad MD5": (400, "BadDigest"),
        "not matching": (412, "PreconditionFailed"),
        "bad range": (416, "InvalidRange"),
        "wrong part": (400, "InvalidPart"),
        "part order": (400, "InvalidPartOrder"),
        "small part": (400, "EntityTooSmall"),
    }

    def open(self):
        a = self.account
        common = dict(Region=self.region, SecretId=a.access_key, SecretKey=a.secret_key, Token=a.token,
                      Scheme="http")
        self.client = CosS3Client(CosConfig(
            **common, IP=self.address.host, Port=self.address.port,
            ServiceDomain=f"{self.address.host}:{self.address.port}"), retry=1)
        # Given an IP the SDK would sign that as the host of a URL; whoever uses one sends the name.
        self.signing = CosS3Client(CosConfig(**common))

    def make_bucket(self, bucket):
        with errors():
            self.client.create_bucket(Bucket=bucket)

    def remove_bucket(self, bucket):
        with errors():
            self.client.delete_bucket(Bucket=bucket)

    def buckets(self):
        with errors():
            found = self.client.list_buckets()["Buckets"] or {}
        found = found.get("Bucket", [])
        return [b["Name"] for b in (found if isinstance(found, list) else [found])]

    def put(self, bucket, key, data, *, content_type=None, meta=None, md5=None):
        options = {}
        if meta:
            options["Metadata"] = {f"x-cos-meta-{name}": value for name, value in meta.items()}
        if content_type:
            options["ContentType"] = content_type
        if md5:
            options["ContentMD5"] = md5
        with errors():
            return bare(self.client.put_object(Bucket=bucket, Body=data, Key=key, **options)["ETag"])

    def get(self, bucket, key, *, if_match=None):
        options = {"IfMatch": f'"{if_match}"'} if if_match else {}
        with errors():
            return self.client.get_object(Bucket=bucket, Key=key, **options)["Body"].get_raw_stream().read()

    def get_range(self, bucket, key, first, last):
        with errors():
            r = self.client.get_object(Bucket=bucket, Key=key, Range=f"bytes={first}-{last}")
            return r["Body"].get_raw_stream().read()

    def head(self, bucket, key):
        with errors():
            r = self.client.head_object(Bucket=bucket, Key=key)
        meta = {name.removeprefix("x-cos-meta-"): value for name, value in r.items()
                if name.startswith("x-cos-meta-")}
        # Lower case on purpose: applications read this header by that spelling.
        return Info(int(r["Content-Length"]), bare(r["ETag"]), r.get("Content-Type"), meta,
                    int(r["x-cos-hash-crc64ecma"]))

    def delete(self, bucket, key):
        with errors():
            self.client.delete_object(Bucket=bucket, Key=key)

    def delete_many(self, bucket, keys):
        with errors():
            r = self.client.delete_objects(
                Bucket=bucket, Delete={"Object": [{"Key": k} for k in keys], "Quiet": "false"})
        assert not r.get("Error"), r["Error"]
        return [d["Key"] for d in r["Deleted"]]

    def source(self, bucket, key):
        return {"Bucket": bucket, "Key": key, "Region": self.region}

    def copy(self, bucket, source, target):
        with errors():
            self.client.copy_object(Bucket=bucket, Key=target, CopySource=self.source(bucket, source))

    def list_page(self, bucket, prefix, delimiter, marker, limit):
        with errors():
            r = self.client.list_objects(Bucket=bucket, Prefix=prefix, Delimiter=delimiter,
                                         Marker=marker or "", MaxKeys=limit, EncodingType="url")
        found = r.get("Contents", [])
        page = Listing([unquote(o["Key"]) for o in found],
                       [unquote(p["Prefix"]) for p in r.get("CommonPrefixes", [])], 1,
                       {unquote(o["Key"]): int(o["Size"]) for o in found},
                       {unquote(o["Key"]): bare(o["ETag"]) for o in found})
        return page, unquote(r["NextMarker"]) if r["IsTruncated"] == "true" else None

    def start_upload(self, bucket, key):
        with errors():
            return self.client.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"]

    def put_part(self, bucket, key, upload, number, data):
        with errors():
            return bare(self.client.upload_part(Bucket=bucket, Key=key, Body=data, PartNumber=number,
                                                UploadId=upload)["ETag"])

    def copy_part(self, bucket, key, upload, number, source, first, last):
        with errors():
            r = self.client.upload_part_copy(
                Bucket=bucket, Key=key, PartNumber=number, UploadId=upload,
                CopySource=self.source(bucket, source), CopySourceRange=f"bytes={first}-{last}")
        return bare(r["ETag"])

    def parts(self, bucket, key, upload):
        found, marker = [], 0
        while True:
            with errors():
                r = self.client.list_parts(Bucket=bucket, Key=key, UploadId=upload, MaxParts=2,
                                           PartNumberMarker=marker)
            found += [(int(p["PartNumber"]), int(p["Size"]), bare(p["ETag"])) for p in r.get("Part", [])]
            if r["IsTruncated"] != "true":
                return found
            marker = int(r["NextPartNumberMarker"])

    def complete(self, bucket, key, upload, parts):
        with errors():
            self.client.complete_multipart_upload(
                Bucket=bucket, Key=key, UploadId=upload,
                MultipartUpload={"Part": [{"PartNumber": n, "ETag": f'"{etag}"'} for n, etag in parts]})

    def abort(self, bucket, key, upload):
        with errors():
            self.client.abort_multipart_upload(Bucket=bucket, Key=key, UploadId=upload)

    def uploads(self, bucket):
        found, key, upload = [], "", ""
        while True:
            with errors():
                r = self.client.list_multipart_uploads(Bucket=bucket, KeyMarker=key, UploadIdMarker=upload,
                                                       MaxUploads=2)
            found += [(u["Key"], u["UploadId"]) for u in r.get("Upload", [])]
            if r["IsTruncated"] != "true":
                return found
            key, upload = r["NextKeyMarker"], r["NextUploadIdMarker"]

    def presign_get(self, bucket, key, seconds):
        token = {"x-cos-security-token": self.account.token} if self.account.token else {}
        return Presigned(self.signing.get_presigned_url(bucket, key, "GET", seconds, Params=token))

    def presign_put(self, bucket, key, seconds):
        headers = {"Content-Type": "text/plain", "x-cos-meta-by": "presigned"}
        return Presigned(self.signing.get_presigned_url(bucket, key, "PUT", seconds, Headers=dict(headers)),
                         headers)
