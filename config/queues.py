"""The queues: which task waits in which, how long each kind may take, and how Redis is spoken to.

    catalogue  live mail: segments that were just sealed      index  messages that wait for the index
    bulk       segments in quantity that nobody waits for     sweep  what finds all that was lost
    text       attachments, a segment at a time               personal  personal data, 20 segments at a time
    slow       runs over all mail, destruction, holds         exports  bundles and copies: minutes to hours

A task of live mail never waits behind one of another queue, as long as each queue of the second column has a worker
of its own (`config.supervisor`; docs/operations.md). Why Redis needs no priorities: docs/decisions/0024-queues.md.
"""

from typing import Any, Final

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE

# A task that passes the soft limit ends with an exception, at the hard one its process is killed; the sweep finds what
# it left. Tasks of these queues go in turns of seconds; the limits are for a store or a database that hangs.
LIMITS: Final = {  # soft, hard; in seconds
    "catalogue": (10 * MINUTE, 12 * MINUTE),
    "index": (10 * MINUTE, 12 * MINUTE),
    "bulk": (10 * MINUTE, 12 * MINUTE),
    "sweep": (30 * MINUTE, 35 * MINUTE),
    "text": (20 * MINUTE, 25 * MINUTE),  # each message is noted when it is done
    "personal": (20 * MINUTE, 25 * MINUTE),
    "slow": (4 * HOUR, 4 * HOUR + 10 * MINUTE),  # VACUUM FULL takes a minute for each 2 to 3 GiB (decision 20)
    "exports": (8 * HOUR, 8 * HOUR + 10 * MINUTE),  # an export that is run again goes on
}
# Redis gives a task to another worker when nobody confirmed it for so long: longer than any task can run.
VISIBILITY_SECONDS: Final = max(hard for _soft, hard in LIMITS.values()) + 20 * MINUTE

QUEUES: Final = {
    "archive.tasks.catalogue_segments": "catalogue",
    "archive.tasks.catalogue_bulk": "bulk",
    "archive.tasks.index_pending": "index",
    "archive.tasks.extract_text": "text",
    "archive.tasks.scan_personal_data": "personal",
    "archive.tasks.stamp_log": "slow",
    "archive.tasks.complete_holds": "slow",
    "archive.tasks.evaluate_retention": "slow",
    "archive.tasks.count_rule_change": "slow",
    "archive.tasks.dispose": "slow",
    "archive.tasks.resume_destruction": "slow",
    "archive.tasks.pack": "slow",
    "archive.tasks.sweep": "sweep",
    "discovery.tasks.make_export": "exports",
    "discovery.tasks.sweep_exports": "sweep",
    "gdpr.tasks.make_pack": "exports",
    "gdpr.tasks.carry_out": "slow",
    "gdpr.tasks.sweep": "slow",
}
ROUTES: Final = {task: {"queue": queue} for task, queue in QUEUES.items()}
ANNOTATIONS: Final = {
    task: {"soft_time_limit": LIMITS[queue][0], "time_limit": LIMITS[queue][1]} for task, queue in QUEUES.items()
}

# Whoever queues a task waits for Redis no longer than some seconds; the sweep finds what it did not take.
PUBLISH_RETRIES: Final = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.1}
REDIS: Final[dict[str, Any]] = {
    "visibility_timeout": VISIBILITY_SECONDS,
    "socket_connect_timeout": 2,
    "socket_timeout": 2,  # a worker asks for a second at a time
    "socket_keepalive": True,
    "health_check_interval": 10,
}
