"""The app of requests; it says how its requests for approval read."""

from django.apps import AppConfig


class GdprConfig(AppConfig):
    """Requests of data subjects (GDPR Articles 15 to 22)."""

    name = "gdpr"
    verbose_name = "Requests"

    def ready(self) -> None:
        from accounts import approving  # noqa: PLC0415 - models are there only now
        from archive.models import Cause  # noqa: PLC0415
        from gdpr import described  # noqa: PLC0415

        approving.register(Cause.ERASURE.value, described.erasure)
