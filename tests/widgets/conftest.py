"""A growing capture for the widgets that show one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.widgets.show import Growing


@pytest.fixture
def growing(tmp_path: Path) -> Growing:
    """A capture that has just begun."""
    return Growing(tmp_path / "140322-A-0123abcd")
