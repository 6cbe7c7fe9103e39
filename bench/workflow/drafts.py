"""Half-entered work, parked until its unit is scanned again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bench.store.records import Draft
from bench.workflow.desk import Desk


def park(desk: Desk, key: str, title: str, step: str, fields: Mapping[str, Any]) -> None:
    """Keeps what was entered so far; with nothing entered, drops what was kept."""
    if not any(fields.values()):
        desk.store.drop_draft(key)
        return
    draft = Draft(key, title, step, dict(fields), desk.clock.now(), desk.actor)
    desk.store.save_draft(draft)


def parked(desk: Desk, key: str) -> Draft | None:
    """What was parked under this key; None where nothing was."""
    return desk.store.draft(key)
