"""The archive on S3, by its commands: mail goes in, is verified and found; buckets that are unfit end the start."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

ROOT = Path(__file__).parents[3]
MAIL = b"From: a@example.org\r\nTo: b@example.org\r\nSubject: Invoice %d\r\nMessage-ID: <%d@example.org>\r\n\r\nAmount due.\r\n"


@pytest.fixture
def manage(minio_server, tmp_path):
    vault, keys = minio_server.new_bucket(locks=True), minio_server.new_bucket(locks=False)
    rights = minio_server.limited(vault, keys)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("MUNIMENT_", "AWS_"))},
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "MUNIMENT_DATA": str(tmp_path / "data"),
        "MUNIMENT_STORE": "s3",
        "MUNIMENT_S3_ENDPOINT": minio_server.endpoint,
        "MUNIMENT_S3_REGION": "us-east-1",
        "MUNIMENT_S3_VAULT": vault,
        "MUNIMENT_S3_KEYS": keys,
        "AWS_ACCESS_KEY_ID": rights["access_key"],
        "AWS_SECRET_ACCESS_KEY": rights["secret_key"],
        "AWS_SESSION_TOKEN": rights["session_token"],
    }

    def run(*arguments, **changes):
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=environment | changes, check=False, capture_output=True, text=True, timeout=300
        )

    run.vault, run.keys, run.admin = vault, keys, minio_server.admin()
    return run


def listed(manage, bucket):
    return [one["Key"] for one in manage.admin.list_objects_v2(Bucket=bucket).get("Contents", ())]


def test_mail_is_sealed_in_the_buckets_verified_and_found(manage, tmp_path):
    folder = tmp_path / "mail"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.eml").write_bytes(MAIL % (number, number))
    done = [manage("import_mail", str(folder), "--source", "test"), manage("verify"), manage("search_mail", "invoice")]
    assert [(one.returncode, one.returncode and one.stderr) for one in done] == [(0, 0)] * 3
    assert all(f"Invoice {number}" in done[2].stdout for number in range(3))
    sealed = [key for key in listed(manage, manage.vault) if key.startswith("segments/")]
    rings = [key for key in listed(manage, manage.keys) if key.startswith("keyrings/")]
    assert [key.partition("/")[2] for key in sealed] == [key.partition("/")[2] for key in rings] != []
    assert manage.admin.head_object(Bucket=manage.vault, Key=sealed[0])["ObjectLockMode"] == "COMPLIANCE"


def test_a_key_bucket_that_keeps_versions_ends_the_start_with_a_sentence(manage):
    manage.admin.put_bucket_versioning(Bucket=manage.keys, VersioningConfiguration={"Status": "Enabled"})
    done = manage("verify")
    assert (done.returncode != 0, "never had versioning" in done.stderr) == (True, True)


@pytest.mark.parametrize(
    ("setting", "value", "sentence"),
    [
        ("MUNIMENT_STORE", "s4", "write filesystem or s3"),
        ("MUNIMENT_S3_VAULT", "", "needs the name of that bucket"),
        ("MUNIMENT_S3_LOCK_MODE", "loose", "write compliance or governance"),
        ("MUNIMENT_S3_ENDPOINT", "nonsense", "MUNIMENT_S3_ENDPOINT"),
    ],
)
def test_a_wrong_setting_is_named(manage, setting, value, sentence):
    assert sentence in manage("verify", **{setting: value}).stderr


def test_small_segments_are_packed_in_the_bucket_and_the_pack_is_locked_to_its_term(manage, tmp_path):
    settled = {"MUNIMENT_SETTLING_DAYS": "1", "MUNIMENT_LOCK_DAYS": "30"}
    for number in range(3):  # an import each, so that each is a segment of its own
        file = tmp_path / f"{number}.eml"
        file.write_bytes(MAIL % (number, number))
        assert manage("import_mail", str(file), "--source", "test", **settled).returncode == 0
    done = json.loads(manage("pack", "--after-hours", "0", "--json", **settled).stdout)

    sealed = [key for key in listed(manage, manage.vault) if key.startswith("segments/")]
    locks = {key: manage.admin.head_object(Bucket=manage.vault, Key=key) for key in sealed}
    assert (done["packs"], done["sources"], len(sealed)) == (1, 3, 4)
    assert sorted(one["ObjectLockMode"] for one in locks.values()) == ["COMPLIANCE"] * 4
    until = locks[sealed[-1]]["ObjectLockRetainUntilDate"]
    assert until > datetime.now(UTC) + timedelta(days=29)
    assert [manage(name).returncode for name in ("verify", "reconcile")] == [0, 0]
    assert "Invoice 2" in manage("search_mail", "invoice").stdout


def imported(manage, tmp_path):
    """Import one message; return the key of its segment and its id."""
    (tmp_path / "one.eml").write_bytes(MAIL % (1, 1))
    manage("import_mail", str(tmp_path / "one.eml"), "--source", "test")
    (key,) = [key for key in listed(manage, manage.vault) if key.startswith("segments/")]
    return key, str(UUID(hex=key.rpartition("/")[2]))


def version_of(manage, key):
    return manage.admin.head_object(Bucket=manage.vault, Key=key)["VersionId"]


def test_an_object_that_was_written_over_is_named_with_the_version_that_is_good(manage, tmp_path):
    key, segment_id = imported(manage, tmp_path)
    good = version_of(manage, key)
    manage.admin.put_object(Bucket=manage.vault, Key=key, Body=b"nothing of the kind")
    done = manage("verify", "--json")
    damaged = json.loads(done.stdout)["damaged"]

    assert (done.returncode, damaged[0]["segment"]) == (1, segment_id)
    assert damaged[0]["good_copies"].startswith(f"version {good} of ")
    assert f"good bytes of it: version {good}" in manage("verify").stdout


def test_an_object_that_was_hidden_is_named_with_the_version_that_is_good(manage, tmp_path):
    key, segment_id = imported(manage, tmp_path)
    good = version_of(manage, key)
    manage.admin.delete_object(Bucket=manage.vault, Key=key)
    found = json.loads(manage("reconcile", "--json").stdout)

    assert found["segments_gone_from_store"]["ids"] == [segment_id]
    assert found["good_copies"][segment_id].startswith(f"version {good} of ")


def test_a_replica_that_still_holds_good_bytes_is_named(manage, minio_server, tmp_path):
    key, _ = imported(manage, tmp_path)
    replica = minio_server.new_bucket(locks=True)
    manage.admin.copy_object(Bucket=replica, Key=key, CopySource={"Bucket": manage.vault, "Key": key})
    manage.admin.put_object(Bucket=manage.vault, Key=key, Body=b"nothing of the kind")
    everything = {
        "AWS_ACCESS_KEY_ID": minio_server.access_key,
        "AWS_SECRET_ACCESS_KEY": minio_server.secret_key,
        "AWS_SESSION_TOKEN": "",
    }
    done = manage("verify", "--json", MUNIMENT_REPLICA=f"s3://{replica}", **everything)

    assert json.loads(done.stdout)["damaged"][0]["good_copies"].endswith(f"replica s3://{replica}")
