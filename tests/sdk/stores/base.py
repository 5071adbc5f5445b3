"""The verbs that the tests use, whatever the SDK behind them.

An adapter translates, it does not judge: every failure becomes a StoreError with the status and the
vendor's own word, and `words` says which pair the vendor answers for which mishap. Keys are text,
bodies bytes, ETags without quotes. Part numbers are the store's own (`first_part` and up).
"""

import http.client
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Address:
    host: str
    port: int

    @property
    def url(self):
        return f"http://{self.host}:{self.port}"


@dataclass(frozen=True)
class Account:
    access_key: str
    secret_key: str
    token: str | None = None


@dataclass
class Info:
    size: int
    etag: str
    content_type: str | None
    meta: dict
    crc64: int | None = None


@dataclass
class Listing:
    keys: list
    prefixes: list
    pages: int
    sizes: dict = field(default_factory=dict)
    etags: dict = field(default_factory=dict)


@dataclass
class Presigned:
    """A URL, and the headers that its user must send because they are signed."""
    url: str
    headers: dict = field(default_factory=dict)


class StoreError(Exception):
    def __init__(self, status, code, message=""):
        super().__init__(f"{status} {code}: {message}")
        self.status, self.code, self.message = status, code, message

    @property
    def pair(self):
        return self.status, self.code


class Store(ABC):
    id = ""             # of the parametrised test
    scheme = ""         # of sluice URLs
    region = ""
    min_part = 5 << 20  # bytes; the last part may be smaller
    first_part = 1
    has_tokens = True    # temporary credentials exist
    crc64 = False        # the store publishes CRC64-ECMA of whole objects
    sorts_parts = False  # Complete takes parts in any order (or the SDK sorts them)
    completes_twice = False  # a second Complete is answered like the first
    ignores_bad_range = False  # a range past the end answers the whole object
    words = {}          # mishap -> (status, code)
    environment = ()    # names of sluice's variables: access key, secret key, token

    def __init__(self, address: Address, account: Account):
        self.address, self.account = address, account
        self.open()

    def with_account(self, account: Account):
        """The same store as somebody else sees it."""
        return type(self)(self.address, account)

    def single_etag(self, md5_hex: str) -> str:
        """ETag of an object that came in one PUT."""
        return md5_hex

    def credentials_in_environment(self) -> dict:
        values = (self.account.access_key, self.account.secret_key, self.account.token)
        return {name: value for name, value in zip(self.environment, values) if value}

    def fetch(self, signed: Presigned, method="GET", body=None, headers=None):
        """Uses a presigned URL as any HTTP client would: the target exactly as written, the URL's
        own host as Host, but connected to the server under test. Returns status, headers, body."""
        url = urlsplit(signed.url)
        connection = http.client.HTTPConnection(self.address.host, self.address.port, timeout=30)
        try:
            sent = {"Host": url.netloc, **signed.headers, **(headers or {})}
            connection.request(method, url.path + "?" + url.query, body=body, headers=sent)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    # What every adapter does with its SDK.

    @abstractmethod
    def open(self): ...
    @abstractmethod
    def make_bucket(self, bucket): ...
    @abstractmethod
    def remove_bucket(self, bucket): ...
    @abstractmethod
    def buckets(self) -> list: ...
    @abstractmethod
    def put(self, bucket, key, data, *, content_type=None, meta=None, md5=None) -> str: ...
    @abstractmethod
    def get(self, bucket, key, *, if_match=None) -> bytes: ...
    @abstractmethod
    def get_range(self, bucket, key, first, last) -> bytes: ...
    @abstractmethod
    def head(self, bucket, key) -> Info: ...
    @abstractmethod
    def delete(self, bucket, key): ...
    @abstractmethod
    def delete_many(self, bucket, keys) -> list:
        """The keys that the store says it deleted."""
    @abstractmethod
    def copy(self, bucket, source, target): ...
    @abstractmethod
    def list_page(self, bucket, prefix, delimiter, marker, limit):
        """(Listing of one page, next marker or None)."""
    @abstractmethod
    def start_upload(self, bucket, key) -> str: ...
    @abstractmethod
    def put_part(self, bucket, key, upload, number, data) -> str: ...
    @abstractmethod
    def copy_part(self, bucket, key, upload, number, source, first, last) -> str: ...
    @abstractmethod
    def parts(self, bucket, key, upload) -> list:
        """[(number, size, etag)]"""
    @abstractmethod
    def complete(self, bucket, key, upload, parts): ...
    @abstractmethod
    def abort(self, bucket, key, upload): ...
    @abstractmethod
    def uploads(self, bucket) -> list:
        """[(key, upload id)]"""
    @abstractmethod
    def presign_get(self, bucket, key, seconds) -> Presigned: ...
    @abstractmethod
    def presign_put(self, bucket, key, seconds) -> Presigned: ...

    # Made of the verbs above.

    def list(self, bucket, prefix="", delimiter="", page=1000) -> Listing:
        """Every page, put together."""
        whole, marker = Listing([], [], 0), None
        while True:
            one, marker = self.list_page(bucket, prefix, delimiter, marker, page)
            assert len(one.keys) + len(one.prefixes) <= page
            whole.keys += one.keys
            whole.prefixes += one.prefixes
            whole.sizes |= one.sizes
            whole.etags |= one.etags
            whole.pages += 1
            if marker is None:
                return whole
            assert whole.pages < 10_000, "the list never ends"

    def multipart(self, bucket, key, pieces):
        upload = self.start_upload(bucket, key)
        done = [(number, self.put_part(bucket, key, upload, number, piece))
                for number, piece in enumerate(pieces, self.first_part)]
        self.complete(bucket, key, upload, done)


def bare(etag) -> str:
    return (etag or "").strip('"')
