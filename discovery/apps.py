"""Name the app, and say how requests about its pages read."""

from django.apps import AppConfig


class DiscoveryConfig(AppConfig):
    name = "discovery"

    def ready(self) -> None:
        from accounts import approving  # noqa: PLC0415 - models are there only now
        from archive.services import holds, lost_holds  # noqa: PLC0415
        from discovery import described  # noqa: PLC0415

        approving.register(holds.RELEASE, described.release)
        approving.register(lost_holds.LET_GO, described.lost)
