"""The README's key table is the program's own bindings; run with BENCH_WRITE_KEYS=1 to renew it."""

from __future__ import annotations

import os
import re
from pathlib import Path

from textual.binding import Binding

from bench.app import BenchApp
from bench.scan.commands import code

README = Path(__file__).parents[2] / "README.md"
HEAD = "| key | command code | what it does |\n| --- | --- | --- |\n"


def own_bindings() -> list[Binding]:
    """The bindings of the program itself."""
    return [binding for binding in BenchApp.BINDINGS if isinstance(binding, Binding)]


def table() -> str:
    """The table as the bindings have it."""
    rows = []
    for binding in own_bindings():
        verb = re.fullmatch(r"app\.offer\('(\w+)'\)", binding.action)
        command = f"`{code(verb[1])}`" if verb else ""
        rows.append(f"| `{binding.key}` | {command} | {binding.tooltip or binding.description} |")
    return HEAD + "\n".join(rows) + "\n"


def test_readme_key_table_is_true() -> None:
    """Every key of the program stands in the README, and no other."""
    text = README.read_text("utf-8")
    found = re.search(r"(<!-- keys: .*? -->\n)(.*?)(<!-- end keys -->)", text, re.DOTALL)
    assert found, "README.md has lost the markers of its key table"
    if os.environ.get("BENCH_WRITE_KEYS"):
        text = text.replace(found[0], found[1] + table() + found[3])
        README.write_text(text, "utf-8")
        found = re.search(r"(<!-- keys: .*? -->\n)(.*?)(<!-- end keys -->)", text, re.DOTALL)
        assert found
    assert found[2] == table()


def test_every_binding_can_be_rebound_and_explained() -> None:
    """Each binding has an id, for a key map, and words for the help."""
    for binding in own_bindings():
        assert binding.id, binding
        assert binding.tooltip or binding.description, binding
    assert len({binding.id for binding in own_bindings()}) == len(own_bindings())
