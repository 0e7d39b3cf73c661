"""The archive that the settings name, for tests of what is built from them."""

from tests.flow.web.conftest import empty_archive, filled

__all__ = ["empty_archive", "filled"]  # fixtures
