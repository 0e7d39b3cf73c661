"""The contract, on OpenSearch."""

from tests.contract.search.test_far_pages import *  # noqa: F403 - its tests and fixtures
