"""Every address of the product."""

from django.urls import include, path

urlpatterns = [
    path("", include("accounts.urls")),
    path("", include("discovery.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
]
