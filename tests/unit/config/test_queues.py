"""Every queue that a task is sent to has a worker; live mail shares none with what is slow; no task outlives its lock."""

import re
from pathlib import Path

from celery import current_app
from django.conf import settings

from config import queues
from config.supervisor import services

ROOT = Path(__file__).parents[3]
COMMANDS = {
    service.name: list(service.command) for service in services(root=Path("/app"), python="python", web_port=8000)
}


def queues_of(command):
    return command[command.index("--queues") + 1].split(",") if "--queues" in command else []


def test_every_queue_is_served_by_one_worker():
    served = sorted(queue for command in COMMANDS.values() for queue in queues_of(command))

    assert served == sorted({route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}) == sorted(queues.LIMITS)


def test_what_nobody_waits_for_leaves_the_processor_to_others():
    assert (COMMANDS["bulk"][:3], queues_of(COMMANDS["bulk"])) == (["nice", "-n", "10"], ["bulk", "personal"])


def test_live_mail_and_the_sweep_wait_behind_nothing_slow():
    assert [queues_of(COMMANDS[name]) for name in ("worker", "sweep")] == [["catalogue", "index"], ["sweep"]]


def test_every_task_has_its_queue_and_its_limits():
    current_app.loader.import_default_modules()
    ours = {name for name in current_app.tasks if name.partition(".")[0] in {"archive", "discovery", "gdpr"}}

    assert (ours - set(queues.QUEUES), set(settings.CELERY_TASK_ANNOTATIONS)) == (set(), set(queues.QUEUES))


def test_redis_gives_no_task_away_that_can_still_run():
    assert max(hard for _soft, hard in queues.LIMITS.values()) < queues.REDIS["visibility_timeout"]
    assert all(soft < hard for soft, hard in queues.LIMITS.values())


def test_nothing_is_queued_but_through_the_door_that_nobody_waits_at():
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for app in ("accounts", "archive", "config", "demo", "discovery", "gdpr", "journaling")
        for path in (ROOT / app).rglob("*.py")
        if path != ROOT / "archive" / "queueing.py"
        for line in path.read_text().splitlines()
        if re.search(r"\.(delay|send_task|apply_async)\(", line) and "super()" not in line
    ]

    assert found == []
