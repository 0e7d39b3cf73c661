"""The contract, on OpenSearch."""

from tests.contract.search.test_personal_data import *  # noqa: F403 - its tests and fixtures
