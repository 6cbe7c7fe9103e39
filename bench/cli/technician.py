"""`bench technician`: who may work at the benches. Of a badge, only a keyed hash is kept."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from getpass import getpass

from bench.cli.desk import at_desk, say
from bench.cli.files import output
from bench.cli.pictures import SHEET_FORMS, encoded, wrong_output
from bench.scan.badge import make_badge
from bench.settings import Settings
from bench.store.errors import DuplicateBadge, DuplicateName
from bench.text import printable
from bench.workflow.desk import Desk, Refused
from bench.workflow.enrolling import Changes, Enrolled, change, enrol, renew_key

Asked = str | None
"""The text of a badge; None: the badge stays as it is."""


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Runs the subcommand; returns the exit code."""
    actions: dict[str, Callable[[Desk, argparse.Namespace], int]] = {
        "list": _list,
        "add": _add,
        "change": _change,
        "new-key": _new_key,
    }

    def act(desk: Desk) -> int:
        try:
            return actions[args.action](desk, args)
        except Refused as refused:
            _say(f"{refused.what}; {refused.remedy}")
        except (DuplicateName, DuplicateBadge) as error:
            _say(str(error))
        return 1

    return at_desk("technician", settings, act, must_exist=args.action != "add")


def _say(text: str) -> None:
    say("technician", printable(text))


def _list(desk: Desk, args: argparse.Namespace) -> int:
    rows = [("name", "rights", "badge", "", "since")]
    for person in desk.store.technicians():
        since = desk.clock.local(person.added_at)
        rows.append(
            (
                printable(person.name),
                "supervisor" if person.supervisor else "technician",
                "badge" if person.badge_hash else "no badge",
                "" if person.active else "inactive",
                f"{since:%Y-%m-%d}",
            )
        )
    if len(rows) == 1:
        print("nobody is enrolled: the technician of the settings acts, and no badge is asked for")
        return 0
    wide = [max(len(row[column]) for row in rows) for column in range(5)]
    for row in rows:
        cells = [f"{cell:<{width}}" for cell, width in zip(row, wide, strict=True)]
        print("  ".join(cells).rstrip())
    return 0


def _add(desk: Desk, args: argparse.Namespace) -> int:
    if _wrong_output(args):
        return 2
    badge = _badge(args, needed=True) or ""
    return _hand_out(lambda: enrol(desk, args.name, badge, args.supervisor), badge, args)


def _change(desk: Desk, args: argparse.Namespace) -> int:
    if _wrong_output(args):
        return 2
    if args.no_badge and (args.badge is not None or args.make):
        _say("--no-badge goes with neither --badge nor --make")
        return 2
    badge = "" if args.no_badge else _badge(args, needed=False)
    changes = Changes(args.new_name, badge, args.supervisor, args.active)
    if changes == Changes():
        _say("nothing to change: say what, as --supervisor or --badge - (see --help)")
        return 2
    return _hand_out(lambda: change(desk, args.name, changes), badge or "", args)


def _new_key(desk: Desk, args: argparse.Namespace) -> int:
    if not args.yes:
        _say("this takes every badge away, so that each must be given anew; to do it, say --yes")
        return 2
    number = renew_key(desk)
    print(f"the new key is in {desk.badge_key}: copy the file to the other benches")
    print(f"badges to give anew, with bench technician change NAME --badge -: {number}")
    return 0


def _wrong_output(args: argparse.Namespace) -> bool:
    if args.output and not args.make:
        _say("-o writes the label of a badge that is made here: say --make too")
        return True
    wrong = wrong_output(args.output, SHEET_FORMS, stdout=False) if args.output else ""
    if wrong:
        _say(wrong)
    return bool(wrong)


def _badge(args: argparse.Namespace, *, needed: bool) -> Asked:
    """The badge that was given, made, or read from the terminal without showing it."""
    if args.make:
        return make_badge()
    if args.badge not in (None, "-"):
        return str(args.badge)
    if args.badge is None and not needed:
        return None
    text = getpass("Scan the badge: ") if sys.stdin.isatty() else sys.stdin.readline()
    return text.strip() or "-"


def _hand_out(act: Callable[[], Enrolled], badge: str, args: argparse.Namespace) -> int:
    """Does it, with the one time that a badge made here is shown: on its label, or else here."""
    if not args.output:
        _told(act())
        if args.make:
            print(f"badge, shown only now: {badge}")
        return 0
    from bench.labels.card import card

    encoded([card(args.name, badge)], args.output.suffix)  # what cannot be drawn fails before
    try:
        with output(args.output, args.force) as out:  # first: no badge without its label
            made = act()
            picture = card(made.person.name, badge)
            out.buffer.write(encoded([picture], args.output.suffix))
    except OSError as error:
        _say(f"{args.output}: {error.strerror or error}")
        return 2
    _told(made)
    print(f"the label is in {args.output}: print it at full size, then delete the file")
    return 0


def _told(made: Enrolled) -> None:
    person = made.person
    rights = "supervisor" if person.supervisor else "technician"
    print(f"{printable(person.name)}: {rights}, {'active' if person.active else 'inactive'}")
    for note in made.notes:
        _say(f"note: {note}")
