"""Name the app, and say how its requests for approval read."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import approving, described  # noqa: PLC0415 - models are there only now
        from accounts.services import matters  # noqa: PLC0415

        approving.register(matters.CUSTODIAN, described.custodian)
