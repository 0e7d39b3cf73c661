"""The contract, on OpenSearch."""

from tests.contract.search.test_order_and_pages import *  # noqa: F403 - its tests and fixtures
