"""What every page needs of its visitor: the theme."""

from django.http import HttpRequest

THEME_COOKIE = "theme"
THEMES = ("auto", "light", "dark")


def theme(request: HttpRequest) -> dict[str, object]:
    """Return the chosen theme, "auto" unless the cookie names another."""
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return {"theme": chosen if chosen in THEMES else THEMES[0]}
