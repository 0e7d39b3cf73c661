"""The app of requests; it says how its requests for approval and its codes in the audit trail read."""

from django.apps import AppConfig


class GdprConfig(AppConfig):
    """Requests of data subjects (GDPR Articles 15 to 22)."""

    name = "gdpr"
    verbose_name = "Requests"

    def ready(self) -> None:
        from accounts import approving, guards, trail_words  # noqa: PLC0415 - models are there only now
        from archive.models import Cause  # noqa: PLC0415
        from gdpr import described  # noqa: PLC0415
        from gdpr.guards import GUARDS, PROTECTS  # noqa: PLC0415
        from gdpr.models import Channel, IdentityMethod, Outcome, RefusalGround, RequestState, Right  # noqa: PLC0415
        from gdpr.services.acting import Act  # noqa: PLC0415

        approving.register(Cause.ERASURE.value, described.erasure)
        guards.register(PROTECTS, GUARDS)
        words = {
            "act": Act,
            "state": RequestState,
            "right": Right,
            "channel": Channel,
            "method": IdentityMethod,
            "ground": RefusalGround,
            "outcome": Outcome,
        }
        for name, choices in words.items():
            trail_words.register(name, dict(choices.choices))
