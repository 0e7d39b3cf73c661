"""Requests of data subjects."""

urlpatterns: list = []
