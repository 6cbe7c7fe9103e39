"""What may be written after `bench ports`, `bench capture` and `bench replay`."""

from __future__ import annotations

import argparse
import math
from pathlib import Path


def ports_options(parser: argparse.ArgumentParser) -> None:
    """The options of `bench ports`."""
    _settings(parser)
    parser.add_argument("--json", action="store_true", help="a JSON array instead of a table")


def capture_options(parser: argparse.ArgumentParser) -> None:
    """The options of `bench capture`."""
    from bench.cli.parser import station_options

    station_options(parser)
    what = "letters of [consoles], a device, a stable name, rfc2217://HOST:PORT or socket://…"
    parser.add_argument("port", metavar="PORT", help=what)
    what = "bits a second, or auto (default): found by listening"
    parser.add_argument("--baud", type=_baud, default=0, metavar="auto|N", help=what)
    what = "whose console it is: the RMA's number and serial go with the capture"
    parser.add_argument("--rma", default="", metavar="NUMBER", help=what)
    what = "end by itself after so long (default: Ctrl+C ends it)"
    parser.add_argument("--seconds", type=_seconds, metavar="S", help=what)
    what = "the folder of captures (default: [console] folder of the settings)"
    parser.add_argument("--output", type=Path, metavar="DIR", help=what)


def replay_options(parser: argparse.ArgumentParser) -> None:
    """The options of `bench replay`."""
    _settings(parser)
    parser.add_argument("folder", metavar="FOLDER", type=Path, help="the folder of a capture")
    what = "so many times as fast as it was; 0: without any pause (default: 1)"
    parser.add_argument("--speed", type=_speed, default=1.0, metavar="N", help=what)
    what = "no pause is longer than this many seconds"
    parser.add_argument("--max-pause", type=_seconds, metavar="S", help=what)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--text", action="store_true", help="as lines of text with times (default)")
    form.add_argument("--hex", action="store_true", help="as bytes, 16 a line")
    what = "show nothing, write an asciicast for a player, with secrets taken out"
    form.add_argument("--asciicast", type=Path, metavar="FILE", help=what)
    what = "with --asciicast: you have looked at the lines that may hold a secret"
    parser.add_argument("--looked", action="store_true", help=what)
    parser.add_argument("--force", action="store_true", help="replace FILE where it is there")


def _settings(parser: argparse.ArgumentParser) -> None:
    what = "the settings file (default: $BENCH_SETTINGS, else the user's)"
    parser.add_argument(
        "--settings", type=Path, metavar="FILE", default=argparse.SUPPRESS, help=what
    )


def _baud(text: str) -> int:
    if text.strip().lower() == "auto":
        return 0
    if text.isascii() and text.isdecimal() and 50 <= int(text[:9]) <= 12_000_000:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r:.40} is no rate: say auto, or one such as 115200")


def _seconds(text: str) -> float:
    found = _number(text)
    if found <= 0:
        raise argparse.ArgumentTypeError(f"{text!r:.40} is no time: say seconds above 0")
    return found


def _speed(text: str) -> float:
    found = _number(text)
    if found < 0:
        raise argparse.ArgumentTypeError(f"{text!r:.40} is no speed: say 0 or more, such as 10")
    return found


def _number(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        raise argparse.ArgumentTypeError(f"{text!r:.40} is no number")
    return found
