"""Multipart uploads: assembled, listed, copied from, aborted, refused."""

from words import crc64_ecma, refused


def pieces_of(store, bytes_of, *extra):
    return [bytes_of(store.min_part), bytes_of(store.min_part + 17), *[bytes_of(n) for n in extra]]


def test_parts_become_one_object(store, bucket, bytes_of):
    pieces = pieces_of(store, bytes_of, 1000)
    whole = b"".join(pieces)

    store.multipart(bucket, "dir/big file+.bin", pieces)

    assert store.get(bucket, "dir/big file+.bin") == whole
    info = store.head(bucket, "dir/big file+.bin")
    assert info.size == len(whole)
    if store.crc64:
        assert info.crc64 == crc64_ecma(whole)
    edge = len(pieces[0])
    assert store.get_range(bucket, "dir/big file+.bin", edge - 5, edge + 4) == whole[edge - 5:edge + 5]
    assert store.uploads(bucket) == []


def test_a_single_small_part_is_enough(store, bucket):
    store.multipart(bucket, "k", [b"tiny"])

    assert store.get(bucket, "k") == b"tiny"


def test_parts_arrive_in_any_order_and_are_replaced_when_sent_again(store, bucket, bytes_of):
    one, two = pieces_of(store, bytes_of)
    upload = store.start_upload(bucket, "k")
    first, second = store.first_part, store.first_part + 1
    late = store.put_part(bucket, "k", upload, second, two)
    store.put_part(bucket, "k", upload, first, bytes_of(len(one)))
    again = store.put_part(bucket, "k", upload, first, one)

    store.complete(bucket, "k", upload, [(first, again), (second, late)])

    assert store.get(bucket, "k") == one + two


def test_parts_in_the_wrong_order_are_sorted_or_refused(store, bucket, bytes_of):
    one, two = pieces_of(store, bytes_of)
    upload = store.start_upload(bucket, "k")
    done = [(number, store.put_part(bucket, "k", upload, number, piece))
            for number, piece in enumerate((one, two), store.first_part)]

    if store.sorts_parts:
        store.complete(bucket, "k", upload, done[::-1])
        assert store.get(bucket, "k") == one + two
    else:
        with refused(store, "part order"):
            store.complete(bucket, "k", upload, done[::-1])
        with refused(store, "no such key"):
            store.get(bucket, "k")


def test_parts_are_listed_page_by_page(store, bucket):
    upload = store.start_upload(bucket, "a b+c")
    numbers = [store.first_part + n for n in (0, 1, 4, 6, 7)]
    sent = [(n, 100 + n, store.put_part(bucket, "a b+c", upload, n, b"x" * (100 + n))) for n in numbers]

    assert store.parts(bucket, "a b+c", upload) == sent
    store.abort(bucket, "a b+c", upload)


def test_uploads_are_listed_page_by_page_and_aborted(store, bucket):
    keys = ["a b", "a b", "c+d", "e/f", "日本"]
    started = [(key, store.start_upload(bucket, key)) for key in keys]

    assert sorted(store.uploads(bucket)) == sorted(started)
    for key, upload in started:
        store.abort(bucket, key, upload)
    assert store.uploads(bucket) == []
    with refused(store, "no such upload"):
        store.put_part(bucket, *started[0], store.first_part, b"x")


def test_a_part_is_copied_from_a_range_of_an_object(store, bucket, bytes_of):
    source = bytes_of(store.min_part * 2 + 333)
    store.put(bucket, "source +1", source)
    first = store.first_part
    upload = store.start_upload(bucket, "k")
    edge = store.min_part + 100
    done = [(first, store.copy_part(bucket, "k", upload, first, "source +1", 0, edge - 1)),
            (first + 1, store.copy_part(bucket, "k", upload, first + 1, "source +1", edge, len(source) - 1)),
            (first + 2, store.put_part(bucket, "k", upload, first + 2, b"the end"))]
    if len(source) - edge < store.min_part:
        done = done[:2]

    store.complete(bucket, "k", upload, done)

    tail = b"the end" if len(done) == 3 else b""
    assert store.get(bucket, "k") == source + tail


def test_a_part_that_was_never_sent_is_refused(store, bucket):
    upload = store.start_upload(bucket, "k")
    etag = store.put_part(bucket, "k", upload, store.first_part, b"x")

    with refused(store, "wrong part"):
        store.complete(bucket, "k", upload, [(store.first_part + 1, etag)])


def test_a_small_part_that_is_not_the_last_is_refused(store, bucket):
    upload = store.start_upload(bucket, "k")
    done = [(n, store.put_part(bucket, "k", upload, n, b"small"))
            for n in (store.first_part, store.first_part + 1)]

    with refused(store, "small part"):
        store.complete(bucket, "k", upload, done)


def test_an_upload_ends_once(store, bucket):
    upload = store.start_upload(bucket, "k")
    done = [(store.first_part, store.put_part(bucket, "k", upload, store.first_part, b"x"))]
    store.complete(bucket, "k", upload, done)

    if store.completes_twice:
        store.complete(bucket, "k", upload, done)
    else:
        with refused(store, "no such upload"):
            store.complete(bucket, "k", upload, done)
    assert store.get(bucket, "k") == b"x"
