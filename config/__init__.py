"""The composition root: settings, addresses, queue, web entry."""

from config.celery import app as celery_app  # so that every process of ours puts its tasks into the configured queue

__all__ = ("celery_app",)
