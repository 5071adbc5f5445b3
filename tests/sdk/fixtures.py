"""What the tests with SDKs share: the server, and vendors' public names that lead to it."""

import socket

import pytest

import sluice

VENDORS = (".aliyuncs.com", ".myqcloud.com", ".volces.com", ".qingstor.com", ".amazonaws.com")


@pytest.fixture(scope="session", autouse=True)
def vendors_live_on_loopback():
    """SDKs that insist on public host names get them resolved to this machine, in this process."""
    real = socket.getaddrinfo

    def resolve(host, *rest, **options):
        name = host.decode() if isinstance(host, bytes) else host
        if name and ("." + name).endswith(VENDORS):
            host = "127.0.0.1"
        return real(host, *rest, **options)

    socket.getaddrinfo = resolve
    yield
    socket.getaddrinfo = real


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    one = sluice.Server(tmp_path_factory.mktemp("serve"))
    try:
        yield one.start()
    finally:
        one.stop()
