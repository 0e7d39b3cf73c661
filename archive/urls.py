"""Retention: rules, what is due, destruction."""

from django.urls import path

from archive.views import disposals, retention, reviewing, rule_changes, rules

urlpatterns = [
    path("retention/", retention.overview, name="retention"),
    path("retention/evaluate", retention.evaluate, name="retention-evaluate"),
    path("retention/rules/", rules.rules_page, name="retention-rules"),
    path("retention/rules/new", rules.new_rule, name="retention-rule-new"),
    path("retention/rules/<slug:rule_id>/", rules.rule_page, name="retention-rule"),
    path("retention/rules/<slug:rule_id>/change", rules.change_rule, name="retention-rule-change"),
    path("retention/changes/<uuid:draft_id>/", rule_changes.change_page, name="retention-change"),
    path("retention/changes/<uuid:draft_id>/act", rule_changes.act, name="retention-change-act"),
    path("retention/library", rules.library_page, name="retention-library"),
    path("retention/due/", retention.due_page, name="retention-due"),
    path("retention/disposals/", disposals.disposals_page, name="retention-disposals"),
    path("retention/disposals/<uuid:disposal_id>/", disposals.disposal_page, name="retention-disposal"),
    path("retention/disposals/<uuid:disposal_id>/act", disposals.act, name="retention-disposal-act"),
    path(
        "retention/disposals/<uuid:disposal_id>/certificate", disposals.certificate_page, name="retention-certificate"
    ),
    path(
        "retention/disposals/<uuid:disposal_id>/certificate.json",
        disposals.certificate_file,
        name="retention-certificate-file",
    ),
    path("retention/events/", reviewing.events_page, name="retention-events"),
    path("retention/events/<int:event_id>/withdraw", reviewing.withdraw_event, name="retention-event-withdraw"),
    path("retention/review/", reviewing.review_page, name="retention-review"),
]
