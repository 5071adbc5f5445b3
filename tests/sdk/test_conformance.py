"""The conformance suite of the library, asked of another server than ours."""

import os
import subprocess

import pytest

from radosgw import ACCOUNT


@pytest.mark.skipif("SLUICE_CONFORMANCE" not in os.environ, reason="no conformance_test was built")
def test_every_operation_of_s3_holds_for_ceph(ceph):
    done = subprocess.run(
        [os.environ["SLUICE_CONFORMANCE"], "--gtest_brief=1", "--gtest_filter=-OperationsTable.*"],
        capture_output=True, text=True, timeout=300,
        env={**os.environ, "SLUICE_TEST_ONLY": "s3", "SLUICE_TEST_S3_ENDPOINT": ceph.url,
             "SLUICE_TEST_S3_REGION": "us-east-1", "SLUICE_TEST_S3_BUCKET": "conformance",
             "SLUICE_TEST_S3_ACCESS_KEY": ACCOUNT.access_key,
             "SLUICE_TEST_S3_SECRET_KEY": ACCOUNT.secret_key})
    assert done.returncode == 0, done.stdout + done.stderr
