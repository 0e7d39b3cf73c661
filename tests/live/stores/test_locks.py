"""A locked object stands, whoever asks: by the code, with the archive's own credentials, on MinIO and on SeaweedFS."""

from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from muniment.errors import Refused
from muniment.stores.port import ObjectLocked
from muniment.stores.s3 import LockMode, S3Store

SEALED = b"sealed mail"


def in_an_hour():
    return datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)


class Locked:
    """A locked object in a vault, and who would take it away."""

    def __init__(self, server, *, limited, mode=LockMode.COMPLIANCE):
        self.bucket, self.until = server.new_bucket(locks=True), in_an_hour()
        rights = server.limited(self.bucket, "keys") if limited else {}
        self.client, self.raw, self.mode = server.client(**rights), server.admin(**rights), mode
        self.store = self.at(lambda: datetime.now(UTC))
        self.store.create("k", SEALED, lock_until=self.until)
        self.version = self.store.versions("k")[0].version_id

    def at(self, now):
        return S3Store(self.client, self.bucket, versioned=True, lock_mode=self.mode, now=now)

    def state(self):
        version = self.raw.head_object(Bucket=self.bucket, Key="k", VersionId=self.version)
        return (
            self.store.get_version("k", self.version),
            version["ObjectLockMode"],
            version["ObjectLockRetainUntilDate"].astimezone(UTC),
        )


@pytest.fixture(params=["MinIO, with the policy", "MinIO, root", "SeaweedFS"])
def locked(request):
    name = "seaweedfs_server" if request.param == "SeaweedFS" else "minio_server"
    return Locked(request.getfixturevalue(name), limited="policy" in request.param)


def test_the_code_refuses_to_delete_to_replace_and_to_shorten(locked):
    with pytest.raises(ObjectLocked):
        locked.store.delete("k")
    with pytest.raises(ObjectLocked):
        locked.store.replace("k", b"other", etag=locked.store.info("k").etag)
    with pytest.raises(Refused):
        locked.store.lock("k", until=locked.until - timedelta(minutes=1))
    assert locked.state() == (SEALED, "COMPLIANCE", locked.until)


def test_a_clock_that_was_turned_ahead_deletes_nothing(locked):
    with pytest.raises(ObjectLocked):
        locked.at(lambda: locked.until + timedelta(days=365)).delete("k")
    assert locked.state() == (SEALED, "COMPLIANCE", locked.until)


def retention(mode, until):
    return {"Key": "k", "Retention": {"Mode": mode, "RetainUntilDate": until}}


EARLIER = datetime(2027, 1, 1, tzinfo=UTC)
ATTEMPTS = {
    "delete": lambda it: it.raw.delete_object(Bucket=it.bucket, Key="k", VersionId=it.version),
    "delete, bypassing": lambda it: it.raw.delete_object(
        Bucket=it.bucket, Key="k", VersionId=it.version, BypassGovernanceRetention=True
    ),
    "shorten": lambda it: it.raw.put_object_retention(
        Bucket=it.bucket, **retention("COMPLIANCE", it.until - timedelta(minutes=30))
    ),
    "downgrade": lambda it: it.raw.put_object_retention(Bucket=it.bucket, **retention("GOVERNANCE", it.until)),
    "shorten, bypassing": lambda it: it.raw.put_object_retention(
        Bucket=it.bucket,
        **retention("GOVERNANCE", it.until - timedelta(minutes=30)),
        BypassGovernanceRetention=True,
    ),
    "remove the bucket": lambda it: it.raw.delete_bucket(Bucket=it.bucket),
}


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_the_store_refuses_it_to_the_credentials_themselves(locked, attempt):
    with pytest.raises(ClientError):
        ATTEMPTS[attempt](locked)
    assert locked.state() == (SEALED, "COMPLIANCE", locked.until)


def versioning(status):
    return {"VersioningConfiguration": {"Status": status}}


BEYOND = {
    "hide it by a delete marker": lambda it: it.raw.delete_object(Bucket=it.bucket, Key="k"),
    "suspend versioning": lambda it: it.raw.put_bucket_versioning(Bucket=it.bucket, **versioning("Suspended")),
    "expire by a rule": lambda it: it.raw.put_bucket_lifecycle_configuration(
        Bucket=it.bucket,
        LifecycleConfiguration={
            "Rules": [{"ID": "x", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}}]
        },
    ),
    "change the default lock": lambda it: it.raw.put_object_lock_configuration(
        Bucket=it.bucket, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"}
    ),
    "read another bucket": lambda it: it.raw.list_objects_v2(Bucket="ready"),
}


@pytest.mark.parametrize("attempt", BEYOND)
def test_the_policy_allows_no_more_than_the_archive_needs(minio_server, attempt):
    locked = Locked(minio_server, limited=True)
    with pytest.raises(ClientError):
        BEYOND[attempt](locked)
    assert (locked.state(), locked.store.get("k")) == ((SEALED, "COMPLIANCE", locked.until), SEALED)


def test_a_lock_of_governance_stands_against_the_code_and_against_deletion(minio_server):
    locked = Locked(minio_server, limited=True, mode=LockMode.GOVERNANCE)
    with pytest.raises(ObjectLocked):
        locked.at(lambda: locked.until + timedelta(days=1)).delete("k")
    with pytest.raises(ClientError):
        ATTEMPTS["delete, bypassing"](locked)
    assert locked.state() == (SEALED, "GOVERNANCE", locked.until)


def test_bytes_that_lie_under_others_written_over_them_are_still_there(minio_server):
    locked = Locked(minio_server, limited=True)
    locked.raw.put_object(Bucket=locked.bucket, Key="k", Body=b"forged")
    good, forged = locked.store.versions("k")
    assert (good.version_id, good.is_latest, forged.is_latest) == (locked.version, False, True)
    assert locked.store.get_version("k", good.version_id) == SEALED
