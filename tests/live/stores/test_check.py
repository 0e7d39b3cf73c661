"""The check of the buckets at the start: each fault is a sentence that says what to change."""

from datetime import UTC, datetime, timedelta

import pytest

from muniment.stores.port import StoreUnavailable
from muniment.stores.s3 import LockMode, Patience, check_buckets
from tests.live.servers.common import free_port

BRIEF = Patience(tries=2, first_wait=0.01)


class Buckets:
    """A vault and a key bucket as they must be, and what the check says of them."""

    def __init__(self, server):
        self.server, self.admin = server, server.admin()
        self.vault, self.keys = server.new_bucket(locks=True), server.new_bucket(locks=False)

    def findings(self, *, connection=None, **changes):
        usual = {"vault": self.vault, "keys": self.keys, "lock_mode": LockMode.COMPLIANCE, "patience": BRIEF}
        client = self.server.client(**(connection or {}))
        return [str(one).partition(": ")[2] for one in check_buckets(client, **(usual | changes))]


@pytest.fixture(params=["minio_server", "seaweedfs_server"])
def buckets(request):
    return Buckets(request.getfixturevalue(request.param))


def test_buckets_as_they_must_be_have_no_fault_however_often_they_are_looked_at(buckets):
    assert (buckets.findings(), buckets.findings()) == ([], [])


def test_the_policy_of_the_archive_suffices_for_the_check(minio_server):
    buckets = Buckets(minio_server)
    assert buckets.findings(connection=minio_server.limited(buckets.vault, buckets.keys)) == []


def test_a_vault_without_versions_and_locks_is_named(buckets):
    plain = buckets.server.new_bucket(locks=False)
    assert [text[:15] for text in buckets.findings(vault=plain)] == ["versioning is o", "Object Lock is "]


def test_a_default_retention_is_named(buckets):
    rule = {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}}
    configuration = {"ObjectLockEnabled": "Enabled", "Rule": rule}
    buckets.admin.put_object_lock_configuration(Bucket=buckets.vault, ObjectLockConfiguration=configuration)
    assert "remove the default" in buckets.findings()[0]


@pytest.mark.parametrize("status", ["Enabled", "Suspended"])
def test_a_key_bucket_that_keeps_or_kept_versions_is_named(buckets, status):
    for each in dict.fromkeys(["Enabled", status]):
        buckets.admin.put_bucket_versioning(Bucket=buckets.keys, VersioningConfiguration={"Status": each})
    assert ["never had versioning" in text for text in buckets.findings()] == [True]


def test_a_key_bucket_with_locks_is_named(buckets):
    locked = buckets.server.new_bucket(locks=True)
    assert "without Object Lock" in buckets.findings(keys=locked)[-1]


def test_one_bucket_for_both_is_named(buckets):
    assert "must be two buckets" in buckets.findings(keys=buckets.vault)[0]


def test_a_bucket_that_is_missing_is_named(buckets):
    assert "there is no such bucket" in buckets.findings(vault="no-such-bucket")[0]


def test_a_name_that_no_bucket_has_is_named(minio_server):
    assert "check MUNIMENT_S3_VAULT" in Buckets(minio_server).findings(vault="not a bucket")[0]


def test_credentials_that_are_wrong_are_named(buckets):
    assert buckets.findings(connection={"secret_key": "wrong"})
    assert all(
        "credentials" in text or "secret" in text for text in buckets.findings(connection={"secret_key": "wrong"})
    )


@pytest.mark.parametrize("minutes", [-5, 5])
def test_clocks_that_differ_are_named(buckets, minutes):
    found = buckets.findings(now=datetime.now(UTC) + timedelta(minutes=minutes))
    assert [text[:18] for text in found] == ["the clocks differ "] * 2


def test_governance_is_a_warning(minio_server):
    buckets = Buckets(minio_server)
    found = check_buckets(
        minio_server.client(), vault=buckets.vault, keys=buckets.keys, lock_mode=LockMode.GOVERNANCE, patience=BRIEF
    )
    assert [finding.is_fatal for finding in found] == [False]


def test_a_store_that_does_not_answer_is_no_finding(minio_server):
    client = minio_server.client(port=free_port())
    with pytest.raises(StoreUnavailable):
        check_buckets(client, vault="v", keys="k", lock_mode=LockMode.COMPLIANCE, patience=BRIEF)
