"""Requests of data subjects."""

from django.urls import path

from gdpr.views import carrying, register, requests

urlpatterns = [
    path("requests/", register.requests_page, name="requests"),
    path("requests/new", register.new, name="request-new"),
    path("requests/information", register.information, name="request-information"),
    path("requests/erasures/<uuid:disposal_id>", carrying.approval_page, name="request-approval"),
    path("requests/<uuid:request_id>/", requests.request_page, name="request"),
    path("requests/<uuid:request_id>/act", requests.act, name="request-act"),
    path("requests/<uuid:request_id>/person", requests.person_page, name="request-person"),
    path("requests/<uuid:request_id>/messages", requests.messages_page, name="request-messages"),
    path("requests/<uuid:request_id>/history", requests.history_page, name="request-history"),
    path("requests/<uuid:request_id>/letters/<int:letter_id>", requests.letter_page, name="request-letter"),
    path("requests/<uuid:request_id>/carry-out", carrying.carry_out_page, name="request-carry-out"),
    path("requests/<uuid:request_id>/certificate", carrying.certificate_page, name="request-certificate"),
    path("requests/<uuid:request_id>/certificate.json", carrying.certificate_file, name="request-certificate-file"),
    path("requests/<uuid:request_id>/copy.zip", carrying.pack_file, name="request-pack"),
]
