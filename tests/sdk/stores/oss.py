"""Alibaba Cloud OSS through oss2: path style (an IP endpoint), virtual hosts, signatures 1 and 4."""

import contextlib

import oss2

from .base import Info, Listing, Presigned, Store, StoreError, bare


@contextlib.contextmanager
def errors():
    try:
        yield
    except oss2.exceptions.OssError as e:
        raise StoreError(e.status, e.code, e.message) from e


class OssStore(Store):
    id = "oss"
    scheme = "oss"
    region = "cn-hangzhou"
    min_part = 100 << 10
    crc64 = True
    sorts_parts = True  # oss2 does
    ignores_bad_range = True
    environment = ("OSS_ACCESS_KEY_ID", "OSS_ACCESS_KEY_SECRET", "OSS_SESSION_TOKEN")
    signature = oss2.AUTH_VERSION_1
    words = {
        "no such key": (404, "NoSuchKey"),
        "no such key, head": (404, "NoSuchKey"),
        "no such bucket": (404, "NoSuchBucket"),
        "no such upload": (404, "NoSuchUpload"),
        "bucket not empty": (409, "BucketNotEmpty"),
        "wrong secret": (403, "SignatureDoesNotMatch"),
        "unknown key": (403, "InvalidAccessKeyId"),
        "token missing": (403, "InvalidAccessKeyId"),
        "token expired": (403, "SecurityTokenExpired"),
        "skewed clock": (403, "RequestTimeTooSkewed"),
        "expired URL": (403, "AccessDenied"),
        "bad MD5": (400, "InvalidDigest"),
        "not matching": (412, "PreconditionFailed"),
        "wrong part": (400, "InvalidPart"),
        "small part": (400, "EntityTooSmall"),
    }

    def single_etag(self, md5_hex):
        return md5_hex.upper()

    def endpoint(self):
        return self.address.url

    def open(self):
        a = self.account
        if a.token:
            self.auth = oss2.StsAuth(a.access_key, a.secret_key, a.token, auth_version=self.signature)
        else:
            self.auth = oss2.make_auth(a.access_key, a.secret_key, self.signature)
        self.service = oss2.Service(self.auth, self.endpoint(), region=self.region)

    def bucket(self, name):
        return oss2.Bucket(self.auth, self.endpoint(), name, region=self.region)

    def make_bucket(self, bucket):
        with errors():
            self.bucket(bucket).create_bucket()

    def remove_bucket(self, bucket):
        with errors():
            self.bucket(bucket).delete_bucket()

    def buckets(self):
        with errors():
            return [b.name for b in oss2.BucketIterator(self.service)]

    def put(self, bucket, key, data, *, content_type=None, meta=None, md5=None):
        headers = {f"x-oss-meta-{name}": value for name, value in (meta or {}).items()}
        if content_type:
            headers["Content-Type"] = content_type
        if md5:
            headers["Content-MD5"] = md5
        with errors():
            return bare(self.bucket(bucket).put_object(key, data, headers=headers).etag)

    def get(self, bucket, key, *, if_match=None):
        headers = {"If-Match": f'"{if_match}"'} if if_match else None
        with errors():
            return self.bucket(bucket).get_object(key, headers=headers).read()

    def get_range(self, bucket, key, first, last):
        with errors():
            return self.bucket(bucket).get_object(key, byte_range=(first, last)).read()

    def head(self, bucket, key):
        with errors():
            r = self.bucket(bucket).head_object(key)
        meta = {name.lower().removeprefix("x-oss-meta-"): value for name, value in r.headers.items()
                if name.lower().startswith("x-oss-meta-")}
        return Info(r.content_length, bare(r.etag), r.content_type, meta, r.server_crc)

    def delete(self, bucket, key):
        with errors():
            self.bucket(bucket).delete_object(key)

    def delete_many(self, bucket, keys):
        with errors():
            return self.bucket(bucket).batch_delete_objects(keys).deleted_keys

    def copy(self, bucket, source, target):
        with errors():
            self.bucket(bucket).copy_object(bucket, source, target)

    def list_page(self, bucket, prefix, delimiter, marker, limit):
        with errors():
            r = self.bucket(bucket).list_objects(prefix, delimiter, marker or "", limit)
        page = Listing([o.key for o in r.object_list], list(r.prefix_list), 1,
                       {o.key: o.size for o in r.object_list},
                       {o.key: bare(o.etag) for o in r.object_list})
        return page, r.next_marker if r.is_truncated else None

    def start_upload(self, bucket, key):
        with errors():
            return self.bucket(bucket).init_multipart_upload(key).upload_id

    def put_part(self, bucket, key, upload, number, data):
        with errors():
            return bare(self.bucket(bucket).upload_part(key, upload, number, data).etag)

    def copy_part(self, bucket, key, upload, number, source, first, last):
        with errors():
            return bare(self.bucket(bucket).upload_part_copy(
                bucket, source, (first, last), key, upload, number).etag)

    def parts(self, bucket, key, upload):
        with errors():
            return [(p.part_number, p.size, bare(p.etag))
                    for p in oss2.PartIterator(self.bucket(bucket), key, upload, max_parts=2)]

    def complete(self, bucket, key, upload, parts):
        with errors():
            self.bucket(bucket).complete_multipart_upload(
                key, upload, [oss2.models.PartInfo(number, etag) for number, etag in parts])

    def abort(self, bucket, key, upload):
        with errors():
            self.bucket(bucket).abort_multipart_upload(key, upload)

    def uploads(self, bucket):
        with errors():
            return [(u.key, u.upload_id)
                    for u in oss2.MultipartUploadIterator(self.bucket(bucket), max_uploads=2)
                    if u.upload_id]

    def presign_get(self, bucket, key, seconds):
        return Presigned(self.bucket(bucket).sign_url("GET", key, seconds, slash_safe=True))

    def presign_put(self, bucket, key, seconds):
        headers = {"Content-Type": "text/plain", "x-oss-meta-by": "presigned"}
        return Presigned(self.bucket(bucket).sign_url("PUT", key, seconds, headers=headers), headers)


class OssV4Store(OssStore):
    id = "oss-v4"
    signature = oss2.AUTH_VERSION_4


class OssVirtualStore(OssStore):
    id = "oss-virtual-host"
    signature = oss2.AUTH_VERSION_4

    def endpoint(self):
        return f"http://oss-{self.region}.aliyuncs.com:{self.address.port}"
