"""Name the app."""

from django.apps import AppConfig


class JournalingConfig(AppConfig):
    name = "journaling"
