"""The app of requests."""

from django.apps import AppConfig


class GdprConfig(AppConfig):
    """Requests of data subjects (GDPR Articles 15 to 22)."""

    name = "gdpr"
    verbose_name = "Requests"
