"""The tools and the command each uses for each workload.

Words in braces: {ep} http://127.0.0.1:PORT, {hp} 127.0.0.1:PORT, {bucket} {key} {size} {count} {last}, {out} the
file or directory to write, {src} the file and {srcdir} the directory to upload, {up} the bucket for uploads, {ca}
the certificate to trust, {home} a home directory of the run's own.

sluice runs at its defaults; the rivals are told how many requests to keep in flight.
"""

import dataclasses
import os
import pathlib
import shutil
import subprocess

BUILD = pathlib.Path(__file__).resolve().parents[2] / "build/release/bin"
OURS = ("sluice", "sink", "rawget", "rawput")


@dataclasses.dataclass(frozen=True)
class Tool:
    name: str
    role: str                      # bound, peer or project
    program: str
    commands: dict                 # workload -> words after the program
    environment: dict = dataclasses.field(default_factory=dict)
    files: dict = dataclasses.field(default_factory=dict)   # below {home}
    version: tuple = ()            # words that print it

    def command(self, workload):
        """The words of the first of the workload's commands that this tool has; None: it has none."""
        for name in workload.command_names:
            if name in self.commands:
                return self.commands[name]
        return None


SLUICE = "--endpoint {ep} --region us-east-1 --addressing path -q"
RCLONE_GET = "--multi-thread-streams 16 --multi-thread-cutoff 64M --s3-no-check-bucket"
RCLONE_PUT = "--s3-chunk-size 16M --s3-upload-concurrency 16 --s3-no-check-bucket --s3-disable-checksum"
ARIA2_ONE = "-q --no-conf -x16 -s16 -k8M --file-allocation=none --allow-overwrite=true -d / -o {out}"
ARIA2_MANY = "-q --no-conf -x1 -s1 -i {urls} -d {out} --file-allocation=none"
S5CMD_ONE = "cp --concurrency 16 --part-size 16"
AWS = "--endpoint-url {ep} s3"
S3CMD = "-c {home}/.s3cfg"

TOOLS = {tool.name: tool for tool in (
    Tool("sluice", "project", "sluice", {
        "get_big": f"cp s3://{{bucket}}/{{key}} {{out}} {SLUICE}",
        "put_big": f"cp {{src}} s3://{{up}}/{{key}} {SLUICE}",
        "get_small": f"cp -r s3://{{bucket}}/ {{out}} {SLUICE}",
        "put_small": f"cp -r {{srcdir}} s3://{{up}}/ {SLUICE}",
        "get_wan": f"cp -r s3://{{bucket}}/ {{out}} {SLUICE}",
        "list": "ls -r s3://{bucket}/ --endpoint {ep} --region us-east-1 --addressing path",
        "get_tls": f"cp s3://{{bucket}}/{{key}} {{out}} --ca {{ca}} {SLUICE}",
        "put_tls": f"cp {{src}} s3://{{up}}/{{key}} --ca {{ca}} {SLUICE}",
    }, version=("--version",)),
    Tool("rawget", "bound", "rawget", {
        "get_big": "-n 2 -w splice -o {out} one {hp} /{bucket}/{key} {size}",
        "get_small": "-n 4 -o {out} many {hp} /{bucket} {count}",
        "get_wan": "-n 256 -w splice -o {out} many {hp} /{bucket} {count}",
        "list": "list {hp} /{bucket}",
        "get_tls": "-n 2 -s {ca} -w pwrite -B 64k -o {out} one {hp} /{bucket}/{key} {size}",
        "many_hostile": None,  # it gives up at the first fault
    }),
    Tool("rawput", "bound", "rawput", {
        "put_big": "-n 2 -w mmap one {src} {hp} /{up}/{key}",
        "put_small": "-n 4 many {srcdir} {hp} /{up} {count}",
        "put_tls": "-n 2 -s {ca} -w mmap one {src} {hp} /{up}/{key}",
    }),
    Tool("curl", "peer", "curl", {
        "get_big": "-sf -o {out} {ep}/{bucket}/{key}",
        "put_big": "-sf -T {src} {ep}/{up}/{key}",
        "get_small": '-sfZ --parallel-max 64 "{ep}/{bucket}/k[0000000000-{last}]" -o "{out}/k#1"',
        "get_wan": '-sfZ --parallel-max 256 "{ep}/{bucket}/k[0000000000-{last}]" -o "{out}/k#1"',
        "get_tls": "-sf --cacert {ca} -o {out} {ep}/{bucket}/{key}",
        "put_tls": "-sf --cacert {ca} -T {src} {ep}/{up}/{key}",
        "many_hostile": '-sfZ --retry 10 --retry-all-errors --parallel-max 64 "{ep}/{bucket}/k[0000000000-{last}]" '
                        '-o "{out}/k#1"',
    }, version=("--version",)),
    Tool("aria2", "peer", "aria2c", {
        "get_big": f"{ARIA2_ONE} {{ep}}/{{bucket}}/{{key}}",
        "get_small": f"-j 64 {ARIA2_MANY}",
        "get_wan": f"-j 256 {ARIA2_MANY}",
        "get_tls": f"--ca-certificate={{ca}} {ARIA2_ONE} {{ep}}/{{bucket}}/{{key}}",
        "many_hostile": f"-j 64 -m 20 --retry-wait=1 {ARIA2_MANY}",
    }, version=("--version",)),
    Tool("rclone", "peer", "rclone", {
        "get_big": f"copyto S:{{bucket}}/{{key}} {{out}} {RCLONE_GET}",
        "put_big": f"copyto {{src}} S:{{up}}/{{key}} {RCLONE_PUT}",
        "get_small": "copy S:{bucket} {out} --transfers 64 --checkers 64 --fast-list --no-check-dest",
        "put_small": "copy {srcdir} S:{up} --transfers 64 --checkers 64 --no-check-dest --s3-no-check-bucket --s3-no-head",
        "get_wan": "copy S:{bucket} {out} --transfers 256 --checkers 64 --fast-list --no-check-dest "
                   "--multi-thread-streams 0",
        "list": "lsf -R --fast-list --files-only S:{bucket}",
        "get_tls": f"copyto S:{{bucket}}/{{key}} {{out}} {RCLONE_GET} --ca-cert {{ca}}",
        "put_tls": f"copyto {{src}} S:{{up}}/{{key}} {RCLONE_PUT} --ca-cert {{ca}}",
    }, {"RCLONE_CONFIG_S_TYPE": "s3", "RCLONE_CONFIG_S_PROVIDER": "Other", "RCLONE_CONFIG_S_ENDPOINT": "{ep}",
        "RCLONE_CONFIG_S_ENV_AUTH": "true", "RCLONE_CONFIG_S_REGION": "us-east-1", "AWS_CA_BUNDLE": ""},
        version=("version",)),
    Tool("s5cmd", "peer", "s5cmd", {
        "get_big": f"{S5CMD_ONE} s3://{{bucket}}/{{key}} {{out}}",
        "put_big": f"{S5CMD_ONE} {{src}} s3://{{up}}/{{key}}",
        "get_small": '--numworkers 256 cp "s3://{bucket}/*" {out}/',
        "put_small": "--numworkers 256 cp {srcdir}/ s3://{up}/",
        "get_wan": '--numworkers 256 cp --concurrency 1 "s3://{bucket}/*" {out}/',
        "list": 'ls "s3://{bucket}/*"',
        "get_tls": f"{S5CMD_ONE} s3://{{bucket}}/{{key}} {{out}}",
        "put_tls": f"{S5CMD_ONE} {{src}} s3://{{up}}/{{key}}",
    }, {"S3_ENDPOINT_URL": "{ep}"}, version=("version",)),
    Tool("awscli", "peer", "aws", {
        "get_big": f"{AWS} cp --quiet s3://{{bucket}}/{{key}} {{out}}",
        "put_big": f"{AWS} cp --quiet {{src}} s3://{{up}}/{{key}}",
        "get_small": f"{AWS} cp --quiet --recursive s3://{{bucket}}/ {{out}}/",
        "put_small": f"{AWS} cp --quiet --recursive {{srcdir}}/ s3://{{up}}/",
        "get_wan": f"{AWS} cp --quiet --recursive s3://{{bucket}}/ {{out}}/",
        "list": f"{AWS} ls --recursive s3://{{bucket}}",
        "get_tls": f"{AWS} cp --quiet s3://{{bucket}}/{{key}} {{out}}",
        "put_tls": f"{AWS} cp --quiet {{src}} s3://{{up}}/{{key}}",
    }, files={".aws/config": "[default]\nregion = us-east-1\nretry_mode = standard\nmax_attempts = 10\ns3 =\n"
                             "  max_concurrent_requests = 32\n  multipart_chunksize = 16MB\n  max_queue_size = 10000\n"},
        version=("--version",)),
    Tool("s3cmd", "peer", "s3cmd", {
        "get_big": f"-q {S3CMD} get s3://{{bucket}}/{{key}} {{out}}",
        "put_big": f"-q {S3CMD} put --multipart-chunk-size-mb=16 {{src}} s3://{{up}}/{{key}}",
        "get_small": f"-q {S3CMD} get -r s3://{{bucket}}/ {{out}}/",
        "put_small": f"-q {S3CMD} put -r {{srcdir}}/ s3://{{up}}/",
        "list": f"{S3CMD} ls -r s3://{{bucket}}/",
        "get_tls": f"-q {S3CMD} --ssl --ca-certs={{ca}} get s3://{{bucket}}/{{key}} {{out}}",
        "put_tls": f"-q {S3CMD} --ssl --ca-certs={{ca}} put --multipart-chunk-size-mb=16 {{src}} s3://{{up}}/{{key}}",
        "many_hostile": None,  # it waits some seconds at every fault, and gives up: hours
    }, files={".s3cfg": "[default]\naccess_key = {access}\nsecret_key = {secret}\nhost_base = {hp}\nhost_bucket = {hp}\n"
                        "use_https = False\n"}, version=("--version",)),
)}


def find_program(name, chosen):
    """`chosen` first, then this build for our own; for the others the system's, so that no wrapper is measured."""
    if name in chosen:
        return chosen[name]
    if name in OURS:
        return str(BUILD / name) if (BUILD / name).exists() else None
    return shutil.which(name, path="/usr/local/bin:/usr/bin:/bin") or shutil.which(name)


def version_of(tool, program):
    if not tool.version:
        return ""
    said = subprocess.run([program, *tool.version], capture_output=True, text=True, timeout=60,
                          env=dict(os.environ, HOME="/nonexistent"))
    return (said.stdout or said.stderr).strip().split("\n")[0]
