"""The jobs that tools are compared in. All data is synthetic: the sink computes it and can compare it."""

import dataclasses

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30


@dataclasses.dataclass(frozen=True)
class Workload:
    name: str
    text: str
    kind: str                # get, put or list
    count: int
    size: int                # of each object
    many: bool = False       # a tree of objects, not one
    disk: bool = False       # files on disk, not on tmpfs
    tls: bool = False
    faulty: bool = False     # a round for each seed
    knobs: str = ""          # of the sink, while a tool runs
    like: tuple = ()         # workloads whose commands serve this one too

    @property
    def bucket(self):
        return f"many-{self.count}-{self.size}"

    @property
    def bytes(self):
        return self.count * self.size

    @property
    def command_names(self):
        return (self.name, *self.like)

    @property
    def unit(self):
        """What CPU is counted for: its name, and how many of it there are."""
        if self.kind == "list":
            return "us/key", self.count / 1e6
        if self.size < MIB:
            return "us/object", self.count / 1e6
        return "s/GB", self.bytes / 1e9

    def scaled(self, factor):
        if factor == 1:
            return self
        if self.many:
            return dataclasses.replace(self, count=max(2, int(self.count * factor)))
        return dataclasses.replace(self, size=max(MIB, int(self.size * factor) // MIB * MIB))

    def at_most(self, size):
        """The same job with a smaller object, for checks of content."""
        return self if self.many else dataclasses.replace(self, size=min(self.size, size))


WORKLOADS = {workload.name: workload for workload in (
    Workload("get_big", "download one object of 4 GiB to tmpfs", "get", 1, 4 * GIB),
    Workload("get_big_disk", "download one object of 4 GiB to the disk's page cache", "get", 1, 4 * GIB, disk=True,
             like=("get_big",)),
    Workload("put_big", "upload one file of 4 GiB from tmpfs", "put", 1, 4 * GIB),
    Workload("get_small", "download 20,000 objects of 4 KiB to tmpfs", "get", 20000, 4 * KIB, many=True),
    Workload("put_small", "upload 20,000 files of 4 KiB from tmpfs", "put", 20000, 4 * KIB, many=True),
    Workload("get_wan", "download 256 objects of 8 MiB, 20 ms a request, 50 MB/s a connection", "get", 256, 8 * MIB,
             many=True, knobs="latency=20&cap=50000000"),
    Workload("list", "list 1,000,000 keys", "list", 1000000, 4 * KIB, many=True),
    Workload("get_tls", "download one object of 1 GiB over TLS to tmpfs", "get", 1, 1 * GIB, tls=True),
    Workload("put_tls", "upload one file of 1 GiB over TLS from tmpfs", "put", 1, 1 * GIB, tls=True),
    Workload("many_hostile", "download 2,000 objects of 64 KiB with 10% 503, 5% resets, 2% truncated bodies", "get", 2000,
             64 * KIB, many=True, faulty=True, knobs="p503=0.10&reset=0.05&trunc=0.02", like=("get_small",)),
)}
