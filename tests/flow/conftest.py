"""What every test of the Django side starts with: texts in English, whatever language the last page was asked in."""

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield
