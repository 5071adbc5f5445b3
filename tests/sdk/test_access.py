"""Who is let in: signatures, presigned URLs, temporary tokens, clocks."""

import pytest

import sluice
from stores import Account
from words import refused


def test_a_wrong_secret_is_refused(store, bucket):
    forger = store.with_account(Account(store.account.access_key, "not" + store.account.secret_key[3:]))

    with refused(store, "wrong secret"):
        forger.put(bucket, "k", b"x")
    with refused(store, "wrong secret"):
        forger.list(bucket, "prefix with blanks+", "/")
    assert store.list(bucket).keys == []


def test_an_unknown_access_key_is_refused(store, bucket):
    with refused(store, "unknown key"):
        store.with_account(Account("AKNOBODY000000000000", "x" * 40)).list(bucket)


@pytest.mark.parametrize("key", ["plain", "a b+c//d é&=?#%.txt"])
def test_a_presigned_url_reads_and_writes(store, bucket, key):
    put = store.presign_put(bucket, key, 300)

    status, _, body = store.fetch(put, "PUT", b"by anyone", put.headers)
    assert status in (200, 201), body

    status, headers, body = store.fetch(store.presign_get(bucket, key, 300))
    assert (status, body) == (200, b"by anyone")
    assert store.head(bucket, key).meta == {"by": "presigned"}
    status, headers, body = store.fetch(store.presign_get(bucket, key, 300), headers={"Range": "bytes=3-5"})
    assert (status, body, headers["Content-Range"]) == (206, b"any", "bytes 3-5/9")


def test_a_presigned_url_is_good_for_its_key_and_method_alone(store, bucket):
    store.put(bucket, "mine", b"mine")
    store.put(bucket, "other", b"other")
    get = store.presign_get(bucket, "mine", 300)
    status = store.words["wrong secret"][0]

    tampered = type(get)(get.url.replace("/mine?", "/other?"), get.headers)
    assert tampered.url != get.url
    assert store.fetch(tampered)[0] == status
    assert store.fetch(get, "DELETE")[0] == status
    assert store.get(bucket, "mine") == b"mine"


def test_an_expired_url_is_refused(kind, later_server):
    store = kind(later_server, sluice.MAIN)
    status, word = store.words["expired URL"]

    answer, _, body = store.fetch(store.presign_get("sdk-bucket-1250000000", "k", 60))
    assert answer == status
    assert word.encode() in body

    # Good for longer than the twenty minutes that have passed there: it is let in, and finds nothing.
    answer, _, body = store.fetch(store.presign_get("sdk-bucket-1250000000", "k", 3000))
    assert answer == 404, body


def test_a_clock_that_is_twenty_minutes_off_is_refused(kind, earlier_server):
    store = kind(earlier_server, sluice.MAIN)

    with refused(store, "skewed clock"):
        store.list("sdk-bucket-1250000000")


def test_a_temporary_token_is_required_and_its_end_respected(kind, server):
    owner, holder = kind(server, sluice.MAIN), kind(server, sluice.TEMPORARY)
    if not kind.has_tokens:
        assert kind.scheme == "qs"  # the one vendor without
        return
    bucket = f"sdk-token-{kind.id.replace('.', '-')}-1250000000"
    owner.make_bucket(bucket)

    holder.put(bucket, "k", b"with a token")
    assert owner.get(bucket, "k") == b"with a token"
    status, _, body = holder.fetch(holder.presign_get(bucket, "k", 300))
    assert (status, body) == (200, b"with a token")

    without = owner.with_account(Account(sluice.TEMPORARY.access_key, sluice.TEMPORARY.secret_key))
    with refused(owner, "token missing"):
        without.get(bucket, "k")
    with refused(owner, "token expired"):
        kind(server, sluice.LAPSED).get(bucket, "k")
