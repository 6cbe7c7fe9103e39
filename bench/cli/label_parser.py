"""What may be written after `bench sheet`, `bench label` and `bench printers`."""

from __future__ import annotations

import argparse
from pathlib import Path

from bench.printer_settings import RESOLUTIONS, SIZES

SCREENS = (
    *("receive", "diagnose", "console", "ship", "vendor", "record", "labels"),
    *("trouble", "scanner", "equipment", "go", "every"),
)
"""What `--screen` may name."""
PAPERS = ("a4", "letter")
ANY = ""
"""What `--print` is without a printer's letters."""


def sheet_options(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `bench sheet`; `--settings` is there already."""
    what = "only the codes of this screen, with those of every screen: " + ", ".join(SCREENS)
    parser.add_argument("--screen", choices=SCREENS, metavar="NAME", help=what)
    parser.add_argument("--paper", choices=PAPERS, default="a4", help="default: a4")
    what = "FILE.pdf, or FILE.png, of which each page is one; default: stdout, unless a terminal"
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", default=Path("-"), help=what)
    _force(parser)


def label_options(parser: argparse.ArgumentParser) -> None:
    """Adds a subcommand for each sort of label."""
    from bench.cli.parser import EPILOG, station_options

    station_options(parser)
    subs = parser.add_subparsers(dest="sort", metavar="SORT", required=True, help="which label")
    for name, about in (
        ("rma", "the label that a unit gets when it is received"),
        ("ship", "how the unit goes back: speed, who pays, what it still waits for"),
        ("vendor", "the vendor's RMA number, for the outside of the box"),
        ("packet", "the cover of the packet for the vendor"),
    ):
        one = subs.add_parser(name, help=about, description=about.capitalize(), epilog=EPILOG)
        what = "the RMA number, or the serial or MAC of the unit"
        one.add_argument("number", metavar="NUMBER", help=what)
        _where_to(one)
    for name, about in (
        ("ports", "the labels of the console cables of the settings"),
        ("printers", "the labels of the printers of the settings"),
    ):
        one = subs.add_parser(name, help=about, description=about.capitalize(), epilog=EPILOG)
        one.add_argument("letters", metavar="LETTERS", nargs="*", help="only these; default: all")
        _where_to(one)


def _where_to(parser: argparse.ArgumentParser) -> None:
    from bench.cli.parser import station_options

    station_options(parser)
    place = parser.add_mutually_exclusive_group(required=True)
    what = "FILE.pdf, FILE.png or FILE.zpl; - writes a PDF to stdout"
    place.add_argument("-o", "--output", type=Path, metavar="FILE", help=what)
    what = "send it now, to a printer by its letters, or to the first that takes such labels"
    place.add_argument(
        "--print", dest="printer", metavar="PRINTER", nargs="?", const=ANY, help=what
    )
    what = "the label stock in inches (default: 2x1); a printer has its own"
    parser.add_argument("--size", choices=SIZES, help=what)
    what = "dots per inch (default: 203); a printer has its own"
    parser.add_argument("--dpi", type=int, choices=RESOLUTIONS, help=what)
    _force(parser)


def _force(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--force", action="store_true", help="replace FILE where it is there")
