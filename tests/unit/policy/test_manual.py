"""docs/retention.md says what the code does: its example runs, its table is the library."""

import re
from datetime import date
from pathlib import Path

from muniment.policy import france

MANUAL = (Path(__file__).parents[3] / "docs" / "retention.md").read_text()


def test_the_example_runs():
    code = re.search(r"```python\n(.*?)```", MANUAL, re.DOTALL).group(1)
    exec(compile(code, "docs/retention.md", "exec"), {})


def test_the_table_is_the_library():
    rows = re.findall(r"^\| `(fr-[a-z-]+)` \|.*\| ([a-z]+) \| ([a-z]+) \|$", MANUAL, re.MULTILINE)
    library = france.library(valid_from=date(2026, 1, 1))
    assert rows == [(rule.id, rule.source.force.value, rule.source.checked.value) for rule in library]


def test_every_module_named_exists():
    named = set(re.findall(r"\(`([a-z_]+\.py)`\)", MANUAL))
    folder = Path(france.__file__).parent
    assert {name for name in named if not (folder / name).exists()} == set()
