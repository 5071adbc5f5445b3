"""What is counted. A count is the difference between a run of `few` and a run of `many`, for each of those that the
second has more: what both do once (start, TLS library, configuration, first connection) cancels out.

Words in braces: {n} how many, {ep} http://127.0.0.1:PORT of the sink, {bucket} the synthetic bucket of this run,
{out} a file or directory that is not there yet, {src} the bucket as files.

Nothing may hang on the clock, for a busy machine is slow. One worker: the work is divided in one way only. 16 requests
in flight: the number is not searched for. Fewer than 8 parts: none is taken for one that lags and asked for again. What
still differs is which of several threads wakes when, and what the allocator finds: up to 2 million instructions a run,
whatever its length. Therefore the trees differ by 2000 objects, which are some 340 million.
"""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Count:
    name: str
    text: str            # what one is
    program: str
    words: str
    few: int
    many: int
    bucket: str = ""     # {n}: how many; {mib}: as many parts of 8 MiB

    @property
    def makes_files(self):
        return "{src}" in self.words


SLUICE = "--endpoint {ep} --region us-east-1 --addressing path --workers 1 -c 16"
TREE, OBJECT = "many-{n}-4096", "many-1-{mib}m"

COUNTS = {count.name: count for count in (
    *(Count(f"sign_{scheme.replace('-', '_')}", f"a part's request signed, {scheme}", "signatures", f"{scheme} {{n}}",
            100, 600) for scheme in ("sigv4", "tos4", "oss-v4", "oss-v1", "cos", "qingstor")),
    Count("small_get", "an object of 4 KiB downloaded in a tree", "sluice",
          f"cp -r s3://{{bucket}}/ {{out}} -q {SLUICE}", 300, 2300, TREE),
    Count("small_put", "a file of 4 KiB uploaded in a tree", "sluice", f"cp -r {{src}} s3://uploads/ -q {SLUICE}",
          300, 2300, TREE),
    Count("part_get", "a part of 8 MiB downloaded", "sluice", f"cp s3://{{bucket}}/k0000000000 {{out}} -q {SLUICE}",
          3, 7, OBJECT),
    Count("part_put", "a part of 8 MiB uploaded", "sluice", f"cp {{src}}/k0000000000 s3://uploads/key -q {SLUICE}",
          3, 7, OBJECT),
    Count("listed_key", "a key listed", "sluice", f"ls -r s3://{{bucket}}/ {SLUICE}", 2000, 12000, TREE),
)}
