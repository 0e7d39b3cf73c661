"""The search engine that the settings name: a Tantivy folder, or OpenSearch."""

from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from muniment.engines.opensearch import Connection, Layout, OpenSearchEngine
from muniment.engines.port import SearchEngine
from muniment.engines.tantivy import TantivyEngine


def engine(data: Path) -> SearchEngine:
    """Return the engine; nothing is asked of a server yet. Raises `ImproperlyConfigured` in a sentence."""
    urls = tuple(settings.MUNIMENT_SEARCH_URL)
    if not urls:
        return TantivyEngine(data / "index")
    if not all(url.startswith(("http://", "https://")) for url in urls):
        raise ImproperlyConfigured(
            "MUNIMENT_SEARCH_URL has a node without http:// or https://: write https://HOST:9200, several with commas."
        )
    if any("@" in url for url in urls):
        raise ImproperlyConfigured(
            "MUNIMENT_SEARCH_URL has a user in it: write it in MUNIMENT_SEARCH_USER and MUNIMENT_SEARCH_PASSWORD."
        )
    certificates = settings.MUNIMENT_SEARCH_CERTIFICATES
    if certificates and not Path(certificates).is_file():
        raise ImproperlyConfigured(f"MUNIMENT_SEARCH_CERTIFICATES is {certificates!r}: there is no such file.")
    return OpenSearchEngine(
        Connection(
            urls=urls,
            user=settings.MUNIMENT_SEARCH_USER,
            password=settings.MUNIMENT_SEARCH_PASSWORD,
            certificates=certificates,
            seconds=settings.MUNIMENT_SEARCH_SECONDS,
        ),
        Layout(
            name=settings.MUNIMENT_SEARCH_NAME,
            shards=settings.MUNIMENT_SEARCH_SHARDS,
            replicas=settings.MUNIMENT_SEARCH_REPLICAS,
            full_gib=settings.MUNIMENT_SEARCH_FULL_GIB,
        ),
    )
