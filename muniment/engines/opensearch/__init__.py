"""OpenSearch behind the SearchEngine port: indices behind an alias, any number of writers and readers."""

from muniment.engines.opensearch.connection import Connection
from muniment.engines.opensearch.engine import OpenSearchEngine
from muniment.engines.opensearch.indices import Layout

__all__ = ["Connection", "Layout", "OpenSearchEngine"]
