"""Time the product's queries on PostgreSQL with a million messages, and tell which indexes they used.

    python -m benchmarks.postgresql [--messages 1000000] [--rounds 25] [--explain MS] [--url URL] [--json]

Starts a PostgreSQL of its own (Debian's package postgresql), makes the tables, fills them by COPY, asks each query of
`benchmarks.postgresql.asking` several times. With --explain, what PostgreSQL does for statements that took longer is
printed. With --url an empty database is used, or one that was filled before; it is left as it is.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import asdict

from tests.live.servers.postgresql import postgresql

MEMORY = {
    "shared_buffers": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "512MB",
    "max_wal_size": "8GB",
    "jit": "off",
}
INDEXES = """
    SELECT relname, indexrelname, idx_scan, pg_relation_size(indexrelid) / 1048576.0 FROM pg_stat_user_indexes
    JOIN pg_index USING (indexrelid) WHERE relname LIKE ANY (ARRAY['archive%', 'accounts_audit%'])
    ORDER BY idx_scan, 4 DESC"""


def main() -> None:
    """Fill, ask, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--explain", type=float, default=0, metavar="MS")
    parser.add_argument("--url", default="")
    parser.add_argument("--only", default="", help="queries whose name holds this")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="muniment-bench-"))
        url = arguments.url or stack.enter_context(postgresql(**MEMORY)).new_database("bench")
        os.environ |= {"DATABASE_URL": url, "MUNIMENT_DATA": folder, "DJANGO_SETTINGS_MODULE": "config.settings"}
        run(arguments)


def run(arguments: argparse.Namespace) -> None:
    import django  # noqa: PLC0415 - after the environment is set

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    from archive.models import Message  # noqa: PLC0415
    from archive.services.server import let_go  # noqa: PLC0415
    from benchmarks.postgresql.asking import explained, measure, queries  # noqa: PLC0415
    from benchmarks.postgresql.filling import PER_SEGMENT, Fill  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    fill = Fill(arguments.messages // PER_SEGMENT * PER_SEGMENT)
    began = time.monotonic()
    if not Message.objects.exists():
        fill.all(lambda text: print(f"{time.monotonic() - began:.0f} s: {text}", file=sys.stderr))
    filled = time.monotonic() - began
    connection.force_debug_cursor = True
    asked = []
    wanted = {name: asks for name, asks in queries(fill, arguments.rounds).items() if arguments.only in name}
    for name, asks in wanted.items():
        asked.append(measure(name, asks))
        print(f"{asked[-1].median_ms:9.1f} ms  {name}", file=sys.stderr)
    connection.force_debug_cursor = False
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush(), pg_sleep(1)")
        cursor.execute(INDEXES)
        indexes = cursor.fetchall()
        cursor.execute("SELECT pg_database_size(current_database()) / 1048576.0")
        size = cursor.fetchone()[0]
    if arguments.json:
        rows = [asdict(one) for one in asked]
        print(json.dumps({"filled_seconds": filled, "mib": float(size), "queries": rows}, indent=2))
    else:
        print_all(fill.messages, filled, size, asked, indexes)
    for one in asked:
        if arguments.explain and one.slowest_ms >= arguments.explain:
            print(f"\n== {one.name}: {one.slowest_ms:.0f} ms\n{one.slowest}\n{explained(one.slowest)}")
    let_go()


def print_all(messages: int, filled: float, size: float, asked: list, indexes: list) -> None:
    print(f"{messages} messages filled in {filled:.0f} s, {size:.0f} MiB\n")
    print("| query | statements | pages | median ms | worst ms |\n| --- | --- | --- | --- | --- |")
    for one in asked:
        print(f"| {one.name} | {one.statements} | {one.pages} | {one.median_ms:.1f} | {one.worst_ms:.1f} |")
    print("\n| table | index | scans | MiB |\n| --- | --- | --- | --- |")
    for table, name, scans, mib in indexes:
        print(f"| {table} | {name} | {scans} | {mib:.1f} |")


if __name__ == "__main__":
    main()
