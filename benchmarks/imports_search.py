"""The half of `imports.py` that runs inside an archive: kinds of queries as JSON in, latencies as JSON out."""

import json
import statistics
import sys
import time
from datetime import UTC, datetime

import django

ROUNDS = 200
PAGE = 50


def main() -> None:
    """Ask each kind of query in turn, with a warm index, and write what it took."""
    django.setup()
    from archive.wiring import archive  # noqa: PLC0415 - after the setup
    from muniment.engines.port import Scope, SearchRequest  # noqa: PLC0415
    from muniment.query.parser import parse  # noqa: PLC0415

    engine, today = archive().engine, datetime.now(UTC).date()
    found = {}
    for kind, (queries, _) in json.load(sys.stdin).items():
        trees = [parse(query, today=today) for query in queries]
        requests = [SearchRequest(query=tree, scope=Scope(everything=True), limit=PAGE) for tree in trees]
        totals = [engine.search(request).total for request in requests]
        times = []
        for number in range(ROUNDS):
            before = time.perf_counter()
            engine.search(requests[number % len(requests)])
            times.append((time.perf_counter() - before) * 1000)
        times.sort()
        ours = {"p50_ms": statistics.median(times), "p99_ms": times[int(ROUNDS * 0.99)], "totals": totals}
        found[kind] = {"muniment": ours}
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
