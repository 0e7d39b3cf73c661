"""Whether a cluster can keep the index; asked at each start."""

from typing import Any, Final

from opensearchpy.exceptions import OpenSearchException

from muniment.engines.opensearch.connection import Server
from muniment.engines.opensearch.indices import Layout
from muniment.engines.port import IndexUnavailable, IndexUnfit

OLDEST: Final = 3  # the oldest that is tested
CLAUSES: Final = 20_000  # a query has up to 1,000 words (query.vocabulary.MAX_WORDS), each in some 13 fields and forms
_CLAUSES_SETTING: Final = "indices.query.bool.max_clause_count"


def check(server: Server, layout: Layout) -> None:
    """Raise `IndexUnfit` where the cluster cannot keep the index, `IndexUnavailable` where it does not answer.

    The latter too where nodes are missing: they may come back.
    Sets how many clauses a query may have, where the cluster lets us.
    """
    version = server.read(lambda client: client.info())["version"]
    nodes = server.read(lambda client: client.cluster.health())["number_of_data_nodes"]
    if why := unfit(version):
        raise IndexUnfit(why)
    _allow_clauses(server)
    if layout.replicas >= nodes:
        raise IndexUnavailable(
            f"MUNIMENT_SEARCH_REPLICAS is {layout.replicas}, and the cluster has {nodes} data nodes just now: while a "
            "copy is missing no message can be erased. Add nodes, or lower it and run `manage.py rebuild index`."
        )


def unfit(version: dict[str, Any]) -> str:
    """Return why a cluster cannot keep the index, "" where it can."""
    if version.get("distribution") != "opensearch":
        return "MUNIMENT_SEARCH_URL names a server that is not OpenSearch."
    if int(str(version["number"]).split(".")[0]) < OLDEST:
        return f"OpenSearch {version['number']} is too old: use {OLDEST}.0 or newer."
    return ""


def _allow_clauses(server: Server) -> None:
    params = {"include_defaults": "true", "flat_settings": "true"}
    found = server.read(lambda client: client.cluster.get_settings(params=params))
    settings = {**found["defaults"], **found["persistent"], **found["transient"]}
    if int(settings.get(_CLAUSES_SETTING, 0)) >= CLAUSES:
        return
    body = {"persistent": {_CLAUSES_SETTING: CLAUSES}}
    try:
        server.write(lambda client: client.cluster.put_settings(body=body))
    except (IndexUnavailable, OpenSearchException) as error:
        raise IndexUnfit(f"Set {_CLAUSES_SETTING} to {CLAUSES} in the cluster: the archive may not.") from error
