"""Every queue that a task is sent to has a worker, and personal data has one that steps back."""

from pathlib import Path

from django.conf import settings

from config.supervisor import services

COMMANDS = {
    service.name: list(service.command) for service in services(root=Path("/app"), python="python", web_port=8000)
}


def queues_of(command):
    return command[command.index("--queues") + 1].split(",") if "--queues" in command else []


def test_every_queue_is_served_by_one_worker():
    served = sorted(queue for command in COMMANDS.values() for queue in queues_of(command))

    assert served == sorted({route["queue"] for route in settings.CELERY_TASK_ROUTES.values()})


def test_the_search_for_personal_data_leaves_the_processor_to_others():
    assert (COMMANDS["personal"][:3], queues_of(COMMANDS["personal"])) == (["nice", "-n", "10"], ["personal"])
