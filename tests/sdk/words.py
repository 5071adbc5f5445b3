"""Names, sums and expectations that several test files share."""

import contextlib

import crcmod
import pytest

from stores import StoreError

# What stores and SDKs commonly trip over: blanks, plus, double and trailing slashes, percent signs,
# query and XML characters, more than one script.
KEYS = [
    "plain.txt",
    "with a blank/and more.bin",
    "plus+plus/a+b",
    "double//slash//",
    "trailing/",
    "percent%20not-a-blank%2F%",
    "query?a=b&c=d#e;f",
    "quotes'\"<&>()!*~,@:$=",
    "pfüßchen/目录/ключ 🌊.txt",
    "k" * 800,
]

crc64_ecma = crcmod.mkCrcFun(0x142F0E1EBA9EA3693, initCrc=0, rev=True, xorOut=0xFFFFFFFFFFFFFFFF)


@contextlib.contextmanager
def refused(store, mishap):
    """The call inside must fail, with the vendor's own status and word for `mishap`."""
    with pytest.raises(StoreError) as caught:
        yield
    assert caught.value.pair == store.words[mishap], caught.value
