"""What may be written after `bench technician`."""

from __future__ import annotations

import argparse
from pathlib import Path

ON_OFF = argparse.BooleanOptionalAction


def technician_options(parser: argparse.ArgumentParser) -> None:
    """Adds `list`, `add`, `change` and `new-key`, each with its options."""
    from bench.cli.parser import EPILOG, station_options

    station_options(parser)
    subs = parser.add_subparsers(dest="action", metavar="ACTION", required=True, help="what to do")
    parts = {}
    for name, about in (
        ("list", "everybody who was ever enrolled"),
        ("add", "enrol somebody under a badge"),
        ("change", "another name, badge or right; nobody is ever deleted"),
        ("new-key", "take every badge away and make a new key, where the old one was lost"),
    ):
        text = about.capitalize() + "."
        parts[name] = subs.add_parser(name, help=about, description=text, epilog=EPILOG)
        station_options(parts[name])
    for name in ("add", "change"):
        _person(parts[name])
    parts["add"].add_argument(
        "--supervisor", action="store_true", help="with a supervisor's rights"
    )
    _changes(parts["change"])
    parts["new-key"].add_argument("--yes", action="store_true", help="yes, every badge")


def _person(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="as it is to stand in the history")
    badge = parser.add_mutually_exclusive_group()
    what = "the badge; - reads it from stdin (a badge given here stays in the shell's history)"
    badge.add_argument("--badge", metavar="-|TEXT", help=what)
    badge.add_argument("--make", action="store_true", help="make a badge, and show it this once")
    what = "with --make: write its label, as FILE.pdf or FILE.png, and show it nowhere else"
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help=what)
    parser.add_argument("--force", action="store_true", help="replace FILE where it is there")


def _changes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--name", dest="new_name", metavar="NEW", help="another name")
    parser.add_argument("--supervisor", action=ON_OFF, default=None, help="a supervisor's rights")
    parser.add_argument("--no-badge", action="store_true", help="take the badge away")
    active = parser.add_mutually_exclusive_group()
    active.add_argument("--active", action="store_true", default=None, help="works here again")
    active.add_argument(
        "--inactive", dest="active", action="store_false", default=None, help="works here no more"
    )
