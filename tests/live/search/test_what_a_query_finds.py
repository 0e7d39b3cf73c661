"""The contract, on OpenSearch."""

from tests.contract.search.test_what_a_query_finds import *  # noqa: F403 - its tests and fixtures
