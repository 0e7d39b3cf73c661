"""Name the app, and say how its requests for approval and its codes in the audit trail read."""

from django.apps import AppConfig


class ArchiveConfig(AppConfig):
    name = "archive"

    def ready(self) -> None:
        from accounts import approving, guards, trail_words  # noqa: PLC0415 - models are there only now
        from archive import described  # noqa: PLC0415
        from archive.guards import GUARDS, PROTECTS  # noqa: PLC0415
        from archive.models import Cause, HoldKind  # noqa: PLC0415
        from archive.services import rules  # noqa: PLC0415

        approving.register(Cause.DISPOSAL.value, described.disposal)
        approving.register(rules.APPROVAL_KIND, described.rule_change)
        guards.register(PROTECTS, GUARDS)
        trail_words.register("kind", dict(HoldKind.choices))
        trail_words.register("cause", dict(Cause.choices))
