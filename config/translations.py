"""Compile the translations: `python -m config.translations`, a step of `make setup`. Needs no gettext tools."""

from pathlib import Path

import polib

LOCALE = Path(__file__).parent / "locale"


def compile_all(locale: Path = LOCALE) -> list[Path]:
    """Write each catalogue's .mo beside its .po, whole or not at all; return what was written."""
    written = []
    for source in sorted(locale.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        fresh = target.with_suffix(".mo.new")
        polib.pofile(str(source)).save_as_mofile(str(fresh))
        fresh.replace(target)
        written.append(target)
    return written


if __name__ == "__main__":
    compile_all()
