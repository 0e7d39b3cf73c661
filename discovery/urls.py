"""Search and reading."""

urlpatterns = []
