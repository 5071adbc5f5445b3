"""One adapter an official SDK, all with the same small verbs (base.Store)."""

from .base import Account, Address, Info, Listing, Presigned, Store, StoreError
from .cos import CosStore
from .oss import OssStore, OssV4Store, OssVirtualStore
from .qingstor import QingStorStore, QingStorVirtualStore
from .s3 import RadosGwStore, S3Store, S3VirtualStore
from .tos import TosStore

# Every dialect; where an SDK speaks several styles or signature versions, each of them.
ALL = [OssStore, OssV4Store, OssVirtualStore, CosStore, TosStore,
       QingStorStore, QingStorVirtualStore, S3Store, S3VirtualStore]
