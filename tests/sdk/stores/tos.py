"""Volcengine TOS through the tos SDK: virtual hosts only, the names resolved to the loopback."""

import contextlib
import datetime

import tos
from tos.enum import HttpMethodType
from tos.models2 import ObjectTobeDeleted, UploadedPart

from .base import Info, Listing, Presigned, Store, StoreError, bare


@contextlib.contextmanager
def errors():
    try:
        yield
    except tos.exceptions.TosServerError as e:
        raise StoreError(e.status_code, e.code, e.message) from e


class TosStore(Store):
    id = "tos"
    scheme = "tos"
    region = "cn-beijing"
    crc64 = True
    sorts_parts = True
    environment = ("TOS_ACCESS_KEY", "TOS_SECRET_KEY", "TOS_SECURITY_TOKEN")
    words = {
        "no such key": (404, "NoSuchKey"),
        "no such key, head": (404, ""),
        "no such bucket": (404, "NoSuchBucket"),
        "no such upload": (404, "NoSuchUpload"),
        "bucket not empty": (409, "BucketNotEmpty"),
        "wrong secret": (403, "SignatureDoesNotMatch"),
        "unknown key": (403, "InvalidAccessKeyId"),
        "token missing": (403, "InvalidSecurityToken"),
        "token expired": (403, "ExpiredToken"),
        "skewed clock": (403, "RequestTimeTooSkewed"),
        "expired URL": (403, "AccessDenied"),
        "bad MD5": (400, "BadDigest"),
        "not matching": (412, "PreconditionFailed"),
        "bad range": (416, "InvalidRange"),
        "wrong part": (400, "InvalidPart"),
        "small part": (400, "EntityTooSmall"),
    }

    def open(self):
        a = self.account
        self.client = tos.TosClientV2(
            a.access_key, a.secret_key, f"http://tos-{self.region}.volces.com:{self.address.port}",
            self.region, security_token=a.token, dns_cache_time=0, max_retry_count=1)

    def make_bucket(self, bucket):
        with errors():
            self.client.create_bucket(bucket)

    def remove_bucket(self, bucket):
        with errors():
            self.client.delete_bucket(bucket)

    def buckets(self):
        with errors():
            return [b.name for b in self.client.list_buckets().buckets]

    def put(self, bucket, key, data, *, content_type=None, meta=None, md5=None):
        with errors():
            return bare(self.client.put_object(bucket, key, content=data, content_type=content_type,
                                               meta=meta, content_md5=md5).etag)

    def get(self, bucket, key, *, if_match=None):
        with errors():
            return self.client.get_object(bucket, key, if_match=f'"{if_match}"' if if_match else None).read()

    def get_range(self, bucket, key, first, last):
        with errors():
            return self.client.get_object(bucket, key, range_start=first, range_end=last).read()

    def head(self, bucket, key):
        with errors():
            r = self.client.head_object(bucket, key)
        assert isinstance(r.last_modified, datetime.datetime)
        return Info(r.content_length, bare(r.etag), r.content_type, dict(r.meta), r.hash_crc64_ecma)

    def delete(self, bucket, key):
        with errors():
            self.client.delete_object(bucket, key)

    def delete_many(self, bucket, keys):
        with errors():
            r = self.client.delete_multi_objects(bucket, [ObjectTobeDeleted(k) for k in keys])
        assert not r.error
        return [d.key for d in r.deleted]

    def copy(self, bucket, source, target):
        with errors():
            self.client.copy_object(bucket, target, bucket, source)

    def list_page(self, bucket, prefix, delimiter, marker, limit):
        with errors():
            r = self.client.list_objects(bucket, prefix, delimiter, marker, limit)
        page = Listing([o.key for o in r.contents], [p.prefix for p in r.common_prefixes], 1,
                       {o.key: o.size for o in r.contents}, {o.key: bare(o.etag) for o in r.contents})
        return page, r.next_marker if r.is_truncated else None

    def start_upload(self, bucket, key):
        with errors():
            return self.client.create_multipart_upload(bucket, key).upload_id

    def put_part(self, bucket, key, upload, number, data):
        with errors():
            return bare(self.client.upload_part(bucket, key, upload, number, content=data).etag)

    def copy_part(self, bucket, key, upload, number, source, first, last):
        with errors():
            return bare(self.client.upload_part_copy(
                bucket, key, upload, number, bucket, source,
                copy_source_range_start=first, copy_source_range_end=last).etag)

    def parts(self, bucket, key, upload):
        found, marker = [], None
        while True:
            with errors():
                r = self.client.list_parts(bucket, key, upload, part_number_marker=marker, max_parts=2)
            found += [(p.part_number, p.size, bare(p.etag)) for p in r.parts]
            if not r.is_truncated:
                return found
            marker = r.next_part_number_marker

    def complete(self, bucket, key, upload, parts):
        with errors():
            self.client.complete_multipart_upload(
                bucket, key, upload, [UploadedPart(number, etag) for number, etag in parts])

    def abort(self, bucket, key, upload):
        with errors():
            self.client.abort_multipart_upload(bucket, key, upload)

    def uploads(self, bucket):
        found, key, upload = [], None, None
        while True:
            with errors():
                r = self.client.list_multipart_uploads(bucket, key_marker=key, upload_id_marker=upload,
                                                       max_uploads=2)
            found += [(u.key, u.upload_id) for u in r.uploads]
            if not r.is_truncated:
                return found
            key, upload = r.next_key_marker, r.next_upload_id_marker

    def presign_get(self, bucket, key, seconds):
        signed = self.client.pre_signed_url(HttpMethodType.Http_Method_Get, bucket, key, seconds)
        return Presigned(signed.signed_url)

    def presign_put(self, bucket, key, seconds):
        headers = {"x-tos-meta-by": "presigned"}
        signed = self.client.pre_signed_url(HttpMethodType.Http_Method_Put, bucket, key, seconds,
                                            header=dict(headers))
        return Presigned(signed.signed_url, {**headers, "Content-Type": "text/plain"})
