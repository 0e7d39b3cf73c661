"""The contract of ObjectStore on real S3 servers: in the vault's kind of bucket, and in the keys'."""

import pytest

from muniment.stores.s3 import LockMode, S3Store
from muniment.stores.s3.listing import KeysDisordered
from tests.contract.stores.object_store import LockContract, ObjectStoreContract


class Vault(ObjectStoreContract, LockContract):
    """A bucket with versions and Object Lock."""

    @pytest.fixture(params=list(LockMode))
    def store(self, request, server, clock):
        bucket = server.new_bucket(locks=True)
        return S3Store(server.client(), bucket, versioned=True, lock_mode=request.param, now=clock)


class Keys(ObjectStoreContract):
    """A bucket with neither."""

    @pytest.fixture
    def store(self, server, clock):
        return S3Store(server.client(), server.new_bucket(locks=False), versioned=False, now=clock)


class OnMinio:
    @pytest.fixture
    def server(self, minio_server):
        return minio_server


class OnSeaweedFS:
    """Lists are in the order of folders: keys that lie as Muniment's do are in their own, and disorder is refused."""

    @pytest.fixture
    def server(self, seaweedfs_server):
        return seaweedfs_server

    def test_keys_come_in_ascending_order_below_a_prefix_and_after_a_key(self, store):
        keys = ["log/tile/0/001", "log/tile/0/001.p/17", "log/tile/0/x001/000", "log/tile/1/000", "segments/01/a"]
        for key in keys:
            store.create(key, b"")
        assert list(store.keys("")) == keys
        assert list(store.keys("log/tile/0/")) == keys[:3]
        assert list(store.keys("", after=keys[1])) == keys[2:]
        assert list(store.keys("log/", after="log/tile/0/x")) == keys[2:4]

    def test_keys_that_it_lists_in_another_order_are_refused_and_none_is_left_out(self, store):
        for key in ("a/1", "a/10", "a-b/1"):
            store.create(key, b"")
        with pytest.raises(KeysDisordered):
            list(store.keys("", after="a/1"))


class TestVaultOnMinio(OnMinio, Vault):
    """MinIO, vault."""


class TestKeysOnMinio(OnMinio, Keys):
    """MinIO, keys."""


class TestVaultWithThePolicyAlone(OnMinio, Vault):
    """With what deploy/s3-policy.json allows."""

    @pytest.fixture
    def store(self, server, clock):
        vault = server.new_bucket(locks=True)
        return S3Store(server.client(**server.limited(vault, "keys")), vault, versioned=True, now=clock)


class TestKeysWithThePolicyAlone(OnMinio, Keys):
    """The same for the key bucket."""

    @pytest.fixture
    def store(self, server, clock):
        keys = server.new_bucket(locks=False)
        return S3Store(server.client(**server.limited("vault", keys)), keys, versioned=False, now=clock)


class TestVaultOnSeaweedFS(OnSeaweedFS, Vault):
    """SeaweedFS, vault."""


class TestKeysOnSeaweedFS(OnSeaweedFS, Keys):
    """SeaweedFS, keys."""
