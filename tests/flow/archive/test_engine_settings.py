"""The engine that the settings name, and settings that name none."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from archive.engines import engine
from muniment.engines.opensearch import OpenSearchEngine
from muniment.engines.tantivy import TantivyEngine


def test_without_an_address_the_index_is_a_folder(settings, tmp_path):
    settings.MUNIMENT_SEARCH_URL = []

    assert isinstance(engine(tmp_path), TantivyEngine)


def test_with_addresses_it_is_a_cluster_and_nothing_is_asked_of_it_yet(settings, tmp_path):
    settings.MUNIMENT_SEARCH_URL = ["https://one.invalid:9200", "https://two.invalid:9200"]

    made = engine(tmp_path)

    assert isinstance(made, OpenSearchEngine)
    assert str(made._server) == "OpenSearch at https://one.invalid:9200, https://two.invalid:9200"


@pytest.mark.parametrize(
    ("setting", "value", "sentence"),
    [
        ("MUNIMENT_SEARCH_URL", ["search.example:9200"], "without http:// or https://"),
        ("MUNIMENT_SEARCH_URL", ["https://me:secret@search.example:9200"], "MUNIMENT_SEARCH_USER"),
        ("MUNIMENT_SEARCH_CERTIFICATES", "/nowhere.pem", "there is no such file"),
    ],
)
def test_a_wrong_setting_is_named_and_no_password_is_told(settings, tmp_path, setting, value, sentence):
    settings.MUNIMENT_SEARCH_URL = ["https://search.example:9200"]
    setattr(settings, setting, value)

    with pytest.raises(ImproperlyConfigured, match=sentence) as error:
        engine(tmp_path)

    assert "secret" not in str(error.value)
