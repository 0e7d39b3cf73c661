"""Compile the translations: `python -m config.translations`, a step of `make setup`. Needs no gettext tools."""

from pathlib import Path

import polib

ROOT = Path(__file__).parents[1]


def catalogues(root: Path = ROOT) -> list[Path]:
    """Return the catalogues of the project: one of `config`, and one of each app that has its own."""
    return sorted(root.glob("*/locale/*/LC_MESSAGES/*.po"))


def compile_all(root: Path = ROOT) -> list[Path]:
    """Write each catalogue's .mo beside its .po, whole or not at all; return what was written."""
    written = []
    for source in catalogues(root):
        target = source.with_suffix(".mo")
        fresh = target.with_suffix(".mo.new")
        polib.pofile(str(source)).save_as_mofile(str(fresh))
        fresh.replace(target)
        written.append(target)
    return written


if __name__ == "__main__":
    compile_all()
