"""bench: a returned unit from its box to its return label, by scans, with every rule applied."""

from __future__ import annotations

__version__ = "0.1.0"
