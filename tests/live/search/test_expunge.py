"""The contract, on OpenSearch."""

from tests.contract.search.test_expunge import *  # noqa: F403 - its tests and fixtures
