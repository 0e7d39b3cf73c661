"""The frame of a static page in a file that is handed over: no script, nothing loaded, readable on any device."""

from typing import Final

_PAGE: Final = """\
<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: {width_rem}rem; padding: 0 1rem; }}
table {{ border-collapse: collapse; width: 100%; }}
th, td {{ border-bottom: 1px solid #bbb; padding: .3rem .6rem; text-align: left; vertical-align: top; }}
td {{ overflow-wrap: anywhere; }}
{styles}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
{body}
</main>
</body>
</html>
"""


def page(*, language: str, title: str, body: str, styles: str, width_rem: int) -> bytes:
    """Return a page. `title` and `body` are HTML: what comes from mail is escaped; `styles` are lines of CSS."""
    text = _PAGE.format(language=language, title=title, body=body, styles=styles, width_rem=width_rem)
    return text.encode("utf-8", "backslashreplace")
