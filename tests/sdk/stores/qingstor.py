"""QingStor through qingstor-sdk, path style and virtual hosts, the zone's name resolved to the
loopback. This SDK raises nothing: statuses are checked here."""

import time

from qingstor.sdk.config import Config
from qingstor.sdk.service.qingstor import QingStor

from .base import Info, Listing, Presigned, Store, StoreError, bare


def expect(answer, *statuses):
    if answer.status_code not in statuses:
        raise StoreError(answer.status_code, answer.get("code", ""), answer.get("message", ""))
    return answer


class QingStorStore(Store):
    id = "qs"
    scheme = "qs"
    region = "pek3a"
    min_part = 4 << 20
    first_part = 0
    has_tokens = False
    virtual = False
    environment = ("QINGSTOR_ACCESS_KEY_ID", "QINGSTOR_SECRET_ACCESS_KEY")
    words = {
        "no such key": (404, "object_not_exists"),
        "no such key, head": (404, ""),
        "no such bucket": (404, "bucket_not_exists"),
        "no such upload": (400, "upload_not_exists"),
        "bucket not empty": (409, "bucket_not_empty"),
        "wrong secret": (401, "signature_not_matched"),
        "unknown key": (401, "invalid_access_key_id"),
        "skewed clock": (403, "request_expired"),
        "expired URL": (403, "request_expired"),
        "bad MD5": (400, "bad_digest"),
        "not matching": (412, "precondition_failed"),
        "bad range": (416, "invalid_range"),
        "wrong part": (400, "invalid_argument"),
        "part order": (400, "invalid_argument"),
        "small part": (400, "entity_too_small"),
    }

    def open(self):
        config = Config(self.account.access_key, self.account.secret_key)
        config.protocol, config.host, config.port = "http", "qingstor.com", self.address.port
        config.connection_retries, config.timeout = 1, 30
        config.enable_virtual_host_style = self.virtual
        self.service = QingStor(config)

    def bucket(self, name):
        return self.service.Bucket(name, self.region)

    def make_bucket(self, bucket):
        expect(self.bucket(bucket).put(), 201)

    def remove_bucket(self, bucket):
        expect(self.bucket(bucket).delete(), 204)

    def buckets(self):
        return [b["name"] for b in expect(self.service.list_buckets(), 200)["buckets"]]

    def put(self, bucket, key, data, *, content_type=None, meta=None, md5=None):
        r = self.bucket(bucket).put_object(key, body=data, content_type=content_type, content_md5=md5,
                                           x_qs_meta_data=meta)
        return bare(expect(r, 201).headers["ETag"])

    def get(self, bucket, key, *, if_match=None):
        r = self.bucket(bucket).get_object(key, if_match=f'"{if_match}"' if if_match else None)
        return expect(r, 200).content

    def get_range(self, bucket, key, first, last):
        return expect(self.bucket(bucket).get_object(key, range=f"bytes={first}-{last}"), 206).content

    def head(self, bucket, key):
        headers = expect(self.bucket(bucket).head_object(key), 200).headers
        meta = {name.lower().removeprefix("x-qs-meta-"): value for name, value in headers.items()
                if name.lower().startswith("x-qs-meta-")}
        return Info(int(headers["Content-Length"]), bare(headers["ETag"]), headers["Content-Type"], meta)

    def delete(self, bucket, key):
        expect(self.bucket(bucket).delete_object(key), 204)

    def delete_many(self, bucket, keys):
        r = expect(self.bucket(bucket).delete_multiple_objects(
            content_md5="", objects=[{"key": k} for k in keys], quiet=False), 200)  # the SDK fills it in
        assert not r.get("errors")
        return [d["key"] for d in r["deleted"]]

    def copy(self, bucket, source, target):
        expect(self.bucket(bucket).put_object(target, x_qs_copy_source=f"/{bucket}/{source}"), 201)

    def list_page(self, bucket, prefix, delimiter, marker, limit):
        r = expect(self.bucket(bucket).list_objects(delimiter, str(limit), marker, prefix), 200)
        page = Listing([o["key"] for o in r["keys"]], list(r["common_prefixes"]), 1,
                       {o["key"]: o["size"] for o in r["keys"]},
                       {o["key"]: bare(o["etag"]) for o in r["keys"]})
        return page, r["next_marker"] if r["has_more"] else None

    def start_upload(self, bucket, key):
        return expect(self.bucket(bucket).initiate_multipart_upload(key), 200)["upload_id"]

    def put_part(self, bucket, key, upload, number, data):
        return bare(expect(self.bucket(bucket).upload_multipart(
            key, part_number=str(number), upload_id=upload, body=data), 201).headers["ETag"])

    def copy_part(self, bucket, key, upload, number, source, first, last):
        return bare(expect(self.bucket(bucket).upload_multipart(
            key, part_number=str(number), upload_id=upload, x_qs_copy_source=f"/{bucket}/{source}",
            x_qs_copy_range=f"bytes={first}-{last}"), 201).headers["ETag"])

    def parts(self, bucket, key, upload):
        found, marker = [], None
        while True:
            r = expect(self.bucket(bucket).list_multipart(key, limit="2", part_number_marker=marker,
                                                          upload_id=upload), 200)
            found += [(p["part_number"], p["size"], bare(p["etag"])) for p in r["object_parts"]]
            if len(r["object_parts"]) < 2:
                return found
            marker = str(found[-1][0])

    def complete(self, bucket, key, upload, parts):
        expect(self.bucket(bucket).complete_multipart_upload(
            key, upload_id=upload,
            object_parts=[{"part_number": n, "etag": etag} for n, etag in parts]), 201)

    def abort(self, bucket, key, upload):
        expect(self.bucket(bucket).abort_multipart_upload(key, upload_id=upload), 204)

    def uploads(self, bucket):
        found, key, upload = [], None, None
        while True:
            r = expect(self.bucket(bucket).list_multipart_uploads(
                key_marker=key, upload_id_marker=upload, limit="2"), 200)
            found += [(u["key"], u["upload_id"]) for u in r["uploads"]]
            key, upload = r["next_key_marker"], r["next_upload_id_marker"]
            if not key and not upload:
                return found

    def presign_get(self, bucket, key, seconds):
        request = self.bucket(bucket).get_object_request(key)
        return Presigned(request.sign_query(int(time.time()) + seconds).url)

    def presign_put(self, bucket, key, seconds):
        request = self.bucket(bucket).put_object_request(key, x_qs_meta_data={"by": "presigned"})
        return Presigned(request.sign_query(int(time.time()) + seconds).url, {"x-qs-meta-by": "presigned"})


class QingStorVirtualStore(QingStorStore):
    id = "qs-virtual-host"
    virtual = True
