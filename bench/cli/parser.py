"""What may be written after `bench`: every subcommand and option, in argparse alone."""

from __future__ import annotations

import argparse
from pathlib import Path

from bench import __version__
from bench.cli.console_parser import capture_options, ports_options, replay_options
from bench.cli.label_parser import label_options, sheet_options
from bench.cli.technician_parser import technician_options
from bench.settings import database_of

EPILOG = "Exit codes: 0 done, 1 something was wrong with the data, 2 wrong usage or settings."
QUIET = argparse.SUPPRESS


def build_parser() -> argparse.ArgumentParser:
    """The parser for the whole command line."""
    parser = argparse.ArgumentParser(
        prog="bench",
        description="The RMA receiving bench. Without a subcommand, opens the full-screen program.",
        epilog=EPILOG,
    )
    parser.add_argument("--version", action="version", version=f"rma-bench {__version__}")
    parser.add_argument("--demo", action="store_true", help="open a throw-away demo, with a tour")
    station_options(parser, None)
    subs = parser.add_subparsers(dest="command", metavar="SUBCOMMAND")
    _decide(_sub(subs, "decide", "what the policy says of one return, or of each row of a file"))
    _show(_sub(subs, "show", "everything known of a unit, by its serial"))
    _due(_sub(subs, "due", "what is late or soon will be: vendors, originals, customers"))
    _import(_sub(subs, "import", "read expected returns or shipment history from a CSV file"))
    _export(_sub(subs, "export", "write RMAs, units, events or a billing list as CSV or JSON"))
    _db(_sub(subs, "db", "for the owner of a warehouse's server: prepare its database"))
    station_options(_sub(subs, "doctor", "look over the whole bench, and say what to mend"))
    _verify(_sub(subs, "verify", "prove that the history of every unit is whole"))
    _backup(_sub(subs, "backup", "make a backup, while benches go on working"))
    _restore(_sub(subs, "restore", "put a backup in the place of the database"))
    _sheet(_sub(subs, "sheet", "write the sheet of command barcodes, to print and hang up"))
    label_options(_sub(subs, "label", "write a label to a file, or send it to a printer"))
    station_options(_sub(subs, "printers", "which label printers are set up, and how each is"))
    ports_options(_sub(subs, "ports", "which console cables are plugged in, and their names"))
    capture_options(_sub(subs, "capture", "record a console without the screen"))
    replay_options(_sub(subs, "replay", "show a recorded console again, at its own speed"))
    technician_options(_sub(subs, "technician", "who may work at the benches, and their badges"))
    return parser


def _sub(
    subs: argparse._SubParsersAction[argparse.ArgumentParser], name: str, about: str
) -> argparse.ArgumentParser:
    return subs.add_parser(name, help=about, description=about.capitalize() + ".", epilog=EPILOG)


def _settings(parser: argparse.ArgumentParser, default: object = QUIET) -> None:
    what = "the settings file (default: $BENCH_SETTINGS, else the user's)"
    parser.add_argument("--settings", type=Path, metavar="FILE", default=default, help=what)


def station_options(parser: argparse.ArgumentParser, default: object = QUIET) -> None:
    """The options that the program and every subcommand on the database take."""
    _settings(parser, default)
    for name, metavar, kind, what in (
        ("--database", "WHERE", _where, "the database: a file, or postgresql://USER@HOST/NAME"),
        ("--station", "NAME", str, "which bench this is"),
        ("--technician", "NAME", str, "who works here"),
    ):
        parser.add_argument(name, metavar=metavar, type=kind, default=default, help=what)


def _where(text: str) -> Path | str:
    try:
        return database_of(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"not a URL for a database: {error}") from None


def _decide(parser: argparse.ArgumentParser) -> None:
    _settings(parser)
    parser.add_argument(
        "--cases",
        metavar="FILE.csv",
        help="decide every row; one JSON object a line. - reads stdin",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object instead of sentences")
    day = "YYYY-MM-DD"
    for option, dest, metavar, what in (
        ("--brand", "brand", "BRAND", "the maker, as Yealink"),
        ("--channel", "channel", "direct|reseller", "how the customer buys"),
        ("--shipped", "shipped_on", day, "the day the unit was shipped to the customer"),
        ("--opened", "opened_on", day, "the day the RMA was opened with support"),
        ("--received", "received_on", day, "the day the unit arrived here"),
        ("--outcome", "outcome", "no_trouble_found|repair|replace", "what the diagnosis found"),
        ("--original-packaging", "original_packaging", "yes|no", "whether it came back too"),
        ("--rush-paid-by-customer", "rush_paid_by_customer", "yes|no", "asked for, and paid"),
        ("--chain", "chain", "CHAIN", "units it replaced, oldest first: shipped>opened;…"),
        ("--contract-ends", "contract_ends_on", day, "the last day of the service contract"),
    ):
        parser.add_argument(option, dest=dest, metavar=metavar, help=what)


def _show(parser: argparse.ArgumentParser) -> None:
    station_options(parser)
    parser.add_argument("serial", metavar="SERIAL", help="as on the label; case does not matter")
    parser.add_argument("--json", action="store_true", help="a JSON object instead of sentences")


def _due(parser: argparse.ArgumentParser) -> None:
    station_options(parser)
    parser.add_argument("--json", action="store_true", help="a JSON array instead of a table")


def _import(parser: argparse.ArgumentParser) -> None:
    station_options(parser)
    parser.add_argument("file", metavar="FILE", type=Path, help="the CSV file")
    parser.add_argument(
        "--kind", choices=("expected", "shipments", "all"), help="default: by what is in it"
    )
    parser.add_argument(
        "--map",
        action="extend",
        nargs="+",
        default=[],
        metavar="HEADER=FIELD",
        help='which field a column is, as --map "Device no=serial"; an empty field leaves it out',
    )
    parser.add_argument("--dry-run", action="store_true", help="write nothing, report the same")
    parser.add_argument("--again", action="store_true", help="also a file that was imported before")
    parser.add_argument("--encoding", default="", help="the file's encoding (default: found out)")


def _export(parser: argparse.ArgumentParser) -> None:
    station_options(parser)
    parser.add_argument(
        "--what",
        choices=("rmas", "units", "events", "advances", "all"),
        default="rmas",
        help="default: rmas; advances: originals of advance replacements that are overdue, for "
        "billing; all: everything, as JSON lines that bench import takes again",
    )
    parser.add_argument(
        "--format", choices=("csv", "json"), default="csv", help="default: csv; json is one array"
    )
    what = "only what is open at the bench; of advances: what nobody has billed yet"
    parser.add_argument("--open-only", action="store_true", help=what)
    _output(parser)


def _db(parser: argparse.ArgumentParser) -> None:
    station_options(parser)
    actions = parser.add_subparsers(
        dest="action", metavar="ACTION", required=True, help="what to do"
    )
    migrate = actions.add_parser("migrate", help="bring the tables up to date, after a backup")
    station_options(migrate)
    first = migrate.add_mutually_exclusive_group()
    what = "where the backup goes (default: [backup] folder of the settings)"
    first.add_argument("--backup", type=Path, metavar="DIR", help=what)
    first.add_argument("--no-backup", action="store_true", help="there is a backup already")
    role = actions.add_parser("grant", help="let a role work at benches")
    station_options(role)
    role.add_argument("role", metavar="ROLE", help="a role of the server, made with createuser")


def _verify(parser: argparse.ArgumentParser) -> None:
    station_options(parser)
    what = "compare with a backup, or with its manifest: shows events cut off at the end"
    parser.add_argument("--against", type=Path, metavar="BACKUP", help=what)
    what = "also add up the events of each RMA, and compare (slower)"
    parser.add_argument("--deep", action="store_true", help=what)


def _backup(parser: argparse.ArgumentParser) -> None:
    station_options(parser)
    what = "where to (default: [backup] folder of the settings, else beside the database)"
    parser.add_argument("folder", metavar="DIR", type=Path, nargs="?", help=what)


def _restore(parser: argparse.ArgumentParser) -> None:
    station_options(parser)
    parser.add_argument("file", metavar="FILE", type=Path, help="a backup, or an export of all")
    parser.add_argument("--yes", action="store_true", help="do not ask")


def _sheet(parser: argparse.ArgumentParser) -> None:
    _settings(parser)
    sheet_options(parser)


def _output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="default: stdout")
    parser.add_argument("--force", action="store_true", help="replace FILE where it is there")
