"""Search and reading."""

from django.urls import path

from discovery.views import messages, personal, preferences, retention, search, state

urlpatterns = [
    path("", search.search_page, name="search"),
    path("help/", search.help_page, name="help"),
    path("coverage/", state.coverage_page, name="coverage"),
    path("status/", state.status_page, name="status"),
    path("health/live", state.live, name="health-live"),
    path("health/ready", state.ready, name="health-ready"),
    path("personal-data/", personal.figures_page, name="personal-data"),
    path("theme", preferences.set_theme, name="set-theme"),
    path("messages/<uuid:message_id>", messages.read, name="message"),
    path("messages/<uuid:message_id>/headers", messages.headers, name="message-headers"),
    path("messages/<uuid:message_id>/journey", messages.journey, name="message-journey"),
    path("messages/<uuid:message_id>/structure", messages.structure, name="message-structure"),
    path("messages/<uuid:message_id>/source", messages.source, name="message-source"),
    path("messages/<uuid:message_id>/proof", messages.proof, name="message-proof"),
    path("messages/<uuid:message_id>/retention", retention.message_retention, name="message-retention"),
    path("messages/<uuid:message_id>/labels", retention.change_label, name="message-labels"),
    path("messages/<uuid:message_id>/body", messages.body, name="message-body"),
    path("messages/<uuid:message_id>/raw.eml", messages.raw, name="message-raw"),
    path("messages/<uuid:message_id>/parts/<str:path>", messages.part, name="message-part"),
]
