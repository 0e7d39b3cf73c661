"""Every address of the product."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from config import api, api_page, tour
from discovery.views import health

urlpatterns = [
    path("", include("accounts.urls")),
    path("", include("archive.urls")),
    path("", include("discovery.urls")),
    path("", include("gdpr.urls")),
    path("healthz", health.live, name="healthz"),  # as load balancers are mostly told to ask
    path("readyz", health.ready, name="readyz"),
    path("language", login_not_required(set_language), name="set_language"),
    path("tour/", tour.page, name="tour"),
    path("api/v1/", api_page.page, name="api"),
    path("api/v1/openapi.json", api.openapi, name="api-document"),
    path("api/v1/", api.routes()),
]
handler404 = "config.api.missing"
handler500 = "config.api.failed"
