"""Servers and stores for the tests. One `sluice serve` answers every dialect; `radosgw` is Ceph."""

import functools
import itertools
import random

import pytest

import radosgw
import sluice
import stores
from fixtures import server, vendors_live_on_loopback  # noqa: F401

bucket_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def later_server(tmp_path_factory):
    """One whose clock runs twenty minutes ahead: what clients sign is old when it arrives."""
    one = sluice.Server(tmp_path_factory.mktemp("later"), ahead=20 * 60)
    try:
        yield one.start()
    finally:
        one.stop()


@pytest.fixture(scope="session")
def earlier_server(tmp_path_factory):
    """One whose clock is twenty minutes behind: what clients sign lies in its future."""
    one = sluice.Server(tmp_path_factory.mktemp("earlier"), ahead=-20 * 60)
    try:
        yield one.start()
    finally:
        one.stop()


@pytest.fixture(scope="session")
def ceph(tmp_path_factory):
    one = radosgw.RadosGw(tmp_path_factory.mktemp("ceph"))
    try:
        yield one.start()
    finally:
        one.stop()


OURS = [pytest.param(kind, id=kind.id) for kind in stores.ALL]
CEPH = pytest.param("radosgw", id="radosgw")


@pytest.fixture(params=OURS)
def kind(request):
    """Every adapter, for tests that choose server or account themselves."""
    return request.param


@functools.cache
def opened(kind, address, account):
    """An SDK's client is slow to make and keeps nothing that tests could trip over."""
    return kind(address, account)


@pytest.fixture(params=OURS + [CEPH])
def store(request):
    """Every SDK against the local store, and boto3 against Ceph."""
    if request.param == "radosgw":
        return opened(stores.RadosGwStore, request.getfixturevalue("ceph"), radosgw.ACCOUNT)
    return opened(request.param, request.getfixturevalue("server"), sluice.MAIN)


def new_bucket(store):
    """A new bucket whose name every vendor accepts (COS: it ends in the account's number)."""
    name = f"sdk-{next(bucket_numbers)}-1250000000"
    store.make_bucket(name)
    return name


@pytest.fixture
def bucket(store):
    return new_bucket(store)


@pytest.fixture
def client(store, tmp_path):
    return sluice.Client(store, tmp_path)


@pytest.fixture
def bytes_of():
    """bytes_of(n): n bytes, the same in every run."""
    source = random.Random(20240607)
    return source.randbytes
