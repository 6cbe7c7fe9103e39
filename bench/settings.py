"""A station's settings: typed, read from one TOML file, each complaint naming file and key."""

from __future__ import annotations

import getpass
import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from enum import StrEnum
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import platformdirs

from bench.datafile import Table, data_dir
from bench.mail_settings import MailSettings, read_mail
from bench.printer_settings import (
    AUTOMATIC,
    LabelSort,
    PrinterSettings,
    label_sorts,
    read_printers,
)
from bench.text import clean_line

THEMES = ("dark", "light", "contrast")
AGE_REFERENCES = ("opened", "received")
BAUDS = (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600)


class Suffix(StrEnum):
    """What a serial scanner sends after each code; `enter` is CR, LF or both."""

    ENTER = "enter"
    TAB = "tab"
    ETX = "etx"
    NONE = "none"


class Line(StrEnum):
    """What a modem line of a console cable is set to when the port is opened."""

    ON = "on"
    OFF = "off"
    LEAVE = "leave"

    @property
    def level(self) -> bool | None:
        """As a port is told: True, False, None to leave it as it is."""
        return {Line.ON: True, Line.OFF: False}.get(self)


@dataclass(frozen=True, slots=True)
class ScannerPort:
    """One [[scanner]] of the settings: a scanner in serial mode and how to talk with it."""

    name: str
    """name: what it is called on the screen."""
    port: str
    """port: its stable name, as /dev/serial/by-id/usb-...; may hold * and ?."""
    suffix: Suffix = Suffix.ENTER
    """suffix: enter (default), tab, etx or none; with none a short silence ends a code."""
    baud: int = 115200
    """baud: bits a second; means nothing for a USB scanner."""
    answer: str = ""
    """answer: "ack": ACK and NAK are sent; the scanner must be set to wait for them."""
    model: str = ""
    """model: a family of data/scanners.toml, for its tones. "": by the maker's USB id."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a station may set. Every field has a default, so no file is needed."""

    station: str = field(default_factory=lambda: platform.node().split(".")[0][:40] or "Bench")
    """[station] name: which bench this is; stands in every event."""
    technician: str = field(default_factory=lambda: _login())
    """[station] technician: who works here; stands in every event."""
    timezone: str = ""
    """[station] timezone: the warehouse's IANA zone, as Europe/Berlin. "": the machine's own."""
    theme: str = "dark"
    """[screen] theme: dark, light or contrast."""
    sound: bool = True
    """[screen] sound: a warning rings the terminal's bell once, a refusal twice."""
    player: str = ""
    """[screen] player: a program that plays a sound file instead, as paplay; auto: the first found;
    "": the terminal's bell."""
    consoles: Mapping[str, str] = field(default_factory=dict)
    """[consoles]: letters on the label of each console cable, and its port."""
    captures: Path = field(default_factory=lambda: default_captures())
    """[console] folder: where what consoles say is kept, a folder for each capture."""
    find_consoles: bool = True
    """[console] find: cables without a letter in [consoles] show up by themselves."""
    console_dtr: Mapping[str, Line] = field(default_factory=dict)
    """[console.dtr]: on, off or leave for cables of [consoles]; others: as the profile says."""
    console_rts: Mapping[str, Line] = field(default_factory=dict)
    """[console.rts]: the same for RTS."""
    keep_days: int = 730
    """[console] keep_days: days after which the bytes of a capture may go, once its RMA is over;
    proof and findings stay. 0: never."""
    consoles_file: Path = field(default_factory=lambda: data_dir() / "console.toml")
    """[console] profiles: the site's own copy of console.toml (rates, prompts, commands)."""
    failures_file: Path = field(default_factory=lambda: data_dir() / "failures.toml")
    """[console] failures: the site's own copy of failures.toml (what goes wrong, in its words)."""
    facts_file: Path = field(default_factory=lambda: data_dir() / "console_facts.toml")
    """[console] facts: the site's own copy of console_facts.toml (serials, models, versions)."""
    known_good_file: Path = field(default_factory=lambda: data_dir() / "known_good.toml")
    """[console] known_good: the site's own copy of known_good.toml (boots to compare with)."""
    redaction_file: Path = field(default_factory=lambda: data_dir() / "redaction.toml")
    """[console] redaction: the site's own copy of redaction.toml (what is hidden in copies)."""
    printers: Mapping[str, PrinterSettings] = field(default_factory=dict)
    """[printers]: letters on the label of each printer, what it is called and how it is reached."""
    automatic_labels: tuple[LabelSort, ...] = (LabelSort.RMA,)
    """[labels] automatic: what prints by itself where a printer takes it: rma at receiving, ship
    once a unit is ready to ship, vendor once the vendor gives its number. []: nothing."""
    label_layouts_file: Path = field(default_factory=lambda: data_dir() / "label_layouts.toml")
    """[labels] layouts: the site's own copy of label_layouts.toml (what stands where)."""
    database: Path | str = field(default_factory=lambda: default_database())
    """[database] path: the SQLite file; or [database] url: the postgresql:// of a warehouse."""
    age_reference: str = "opened"
    """[policy] age_reference: opened (default) or received: the day that age is counted to."""
    policy_file: Path = field(default_factory=lambda: data_dir() / "policy.toml")
    """[policy] file: the site's own copy of policy.toml."""
    brands_file: Path = field(default_factory=lambda: data_dir() / "brands.toml")
    """[policy] brands: the site's own copy of brands.toml."""
    carriers_file: Path = field(default_factory=lambda: data_dir() / "carriers.toml")
    """[policy] carriers: the site's own copy of carriers.toml."""
    bench_file: Path = field(default_factory=lambda: data_dir() / "bench.toml")
    """[policy] bench: the site's own copy of bench.toml (check lists, accessories, reasons)."""
    layouts_file: Path = field(default_factory=lambda: data_dir() / "layouts.toml")
    """[policy] layouts: the site's own copy of layouts.toml (keyboard layouts)."""
    labels_file: Path = field(default_factory=lambda: data_dir() / "labels.toml")
    """[policy] labels: the site's own copy of labels.toml (forms of serials by brand)."""
    clocks_file: Path = field(default_factory=lambda: data_dir() / "clocks.toml")
    """[policy] clocks: the site's own copy of clocks.toml (within how many days, and what then)."""
    holidays_file: Path = field(default_factory=lambda: data_dir() / "holidays.toml")
    """[policy] holidays: the site's own copy of holidays.toml (days on which nobody works)."""
    escalation_file: Path = field(default_factory=lambda: data_dir() / "escalation.toml")
    """[policy] escalation: the site's own copy of escalation.toml (the vendor's reasons)."""

    log: Path = field(default_factory=lambda: default_log())
    """[station] log: where errors of the program are written."""
    lock_after: int = 10
    """[station] lock_after: idle minutes after which a bench with badges locks; 0: never."""
    find_scanners: bool = True
    """[station] find_scanners: scanners in serial mode of known makers are opened by themselves."""
    scanners: tuple[ScannerPort, ...] = ()
    """[[scanner]]: scanners in serial mode, in the order of their lights."""
    only_scanner: bool = False
    """[station] only_scanner: the keyboard scanner that was checked is the only one at this bench,
    so that typed keys act sooner. With a slower one beside it, the first letter of a label would
    act as a key."""
    rma_letters: str = ""
    """[station] rma_letters: what RMA numbers of this station begin with, two letters; "": by its
    name. Counts at its first number; stations that share no database need different ones."""
    badge_key: Path = field(default_factory=lambda: default_badge_key())
    """[station] badge_key: the key that badges are hashed with; the same file on each bench."""
    scanner_file: Path = field(default_factory=lambda: default_scanner_file())
    """[station] scanner: where what the scanner check learned is kept; each bench its own."""

    backup_folder: Path | None = None
    """[backup] folder: where backups go; it must be there. None: `backups` beside the file."""
    backup_daily: int = 7
    """[backup] daily: of how many days the last backup is kept."""
    backup_weekly: int = 4
    """[backup] weekly: of how many weeks the last backup is kept."""
    backup_automatic: bool = True
    """[backup] automatic: the program makes one a day; of a server's database only with a folder
    set here, and best at one bench of the warehouse."""

    mail: MailSettings = field(default_factory=MailSettings)
    """[mail]: the server that takes letters, and who they go to; without one, sent by hand."""

    @property
    def site_known_good(self) -> Path:
        """Good starts that were taken at this bench: they are of captures, and stay with them."""
        return self.captures / "known_good.toml"

    @property
    def zone(self) -> tzinfo | None:
        """The warehouse's time zone; None for the machine's own."""
        return ZoneInfo(self.timezone) if self.timezone else None

    def printer_for(self, sort: LabelSort, chosen: str = "") -> PrinterSettings | None:
        """The printer for a label: the chosen one where it takes the sort, else the first by
        letters that names it, else the first that takes all; None where none does."""
        takes = [one for one in self.printers.values() if one.takes(sort)]

        def order(one: PrinterSettings) -> tuple[bool, bool, str]:
            return one.letters != chosen, sort not in one.labels, one.letters

        return min(takes, key=order, default=None)


def _login() -> str:
    try:
        return getpass.getuser()[:40]
    except (OSError, KeyError):
        return "technician"


def default_database() -> Path:
    """The SQLite file in the user's data directory."""
    return Path(platformdirs.user_data_path("bench", appauthor=False)) / "bench.db"


def default_captures() -> Path:
    """`captures` in the user's data directory."""
    return Path(platformdirs.user_data_path("bench", appauthor=False)) / "captures"


def server_url(text: str) -> str:
    """The URL of a PostgreSQL server. Raises ValueError for a bad one, or one with a password.

    A command line and a settings file are read by others: the password has places of its own.
    """
    parts = urlsplit(text)
    if parts.scheme not in ("postgresql", "postgres") or "://" not in text:
        raise ValueError("begin it with postgresql://")
    if parts.password or "password" in dict(parse_qsl(parts.query)):
        raise ValueError("leave the password out, and put it into ~/.pgpass or $PGPASSFILE")
    try:
        parts.netloc.rpartition("@")[2].encode("idna")
    except UnicodeError:
        raise ValueError("the host is not the name of one") from None
    # Not put together anew: that would drop the slashes of a URL without a host.
    return "postgresql://" + text.partition("://")[2]


def database_of(text: str) -> Path | str:
    """A database as a person names it: a path, or a server's URL. Raises ValueError."""
    return server_url(text) if "://" in text else Path(text)


def default_badge_key() -> Path:
    """The key of the badges, beside the default database."""
    return default_database().with_name("badge.key")


def default_scanner_file() -> Path:
    """What the scanner check learned, beside the default database."""
    return default_database().with_name("scanner.json")


def default_log() -> Path:
    """The log file in the user's log directory."""
    return Path(platformdirs.user_log_path("bench", appauthor=False)) / "bench.log"


def default_file() -> Path:
    """Where the settings file is looked for: $BENCH_SETTINGS, else the user's config directory."""
    named = os.environ.get("BENCH_SETTINGS", "")
    if named:
        return Path(named)
    return Path(platformdirs.user_config_path("bench", appauthor=False)) / "settings.toml"


def load_settings(file: Path | None = None) -> Settings:
    """Reads the settings; without a file, the defaults. Raises DataError naming file and key.

    A file that was named, here or in $BENCH_SETTINGS, must exist; the default one need not.
    """
    path = file or default_file()
    if file is None and not path.exists() and "BENCH_SETTINGS" not in os.environ:
        return Settings()
    return _read(Table.read(path), path.parent)


def _read(table: Table, home: Path) -> Settings:
    base = Settings()
    station, screen = table.table("station", {}), table.table("screen", {})
    database, policy = table.table("database", {}), table.table("policy", {})
    backup = table.table("backup", {})
    consoles, printers = table.table("consoles", {}), table.table("printers", {})
    console, labels = table.table("console", {}), table.table("labels", {})

    def path(t: Table, name: str, default: Path) -> Path:
        text = t.text(name, "")
        return (home / Path(text).expanduser()) if text else default

    settings = Settings(
        station=station.text("name", base.station)[:40],
        technician=station.text("technician", base.technician)[:40],
        timezone=station.text("timezone", ""),
        log=path(station, "log", base.log),
        lock_after=station.number("lock_after", 0, 24 * 60, base.lock_after),
        find_scanners=station.yes("find_scanners", base.find_scanners),
        scanners=_scanners(table.tables("scanner", [])),
        only_scanner=station.yes("only_scanner", base.only_scanner),
        rma_letters=station.text("rma_letters", "").upper(),
        badge_key=path(station, "badge_key", base.badge_key),
        scanner_file=path(station, "scanner", base.scanner_file),
        theme=screen.text("theme", base.theme),
        sound=screen.yes("sound", base.sound),
        player=screen.text("player", base.player),
        captures=path(console, "folder", base.captures),
        find_consoles=console.yes("find", base.find_consoles),
        console_dtr=_lines(console.table("dtr", {}), consoles.names()),
        console_rts=_lines(console.table("rts", {}), consoles.names()),
        keep_days=console.number("keep_days", 0, 36500, base.keep_days),
        consoles_file=path(console, "profiles", base.consoles_file),
        failures_file=path(console, "failures", base.failures_file),
        facts_file=path(console, "facts", base.facts_file),
        known_good_file=path(console, "known_good", base.known_good_file),
        redaction_file=path(console, "redaction", base.redaction_file),
        consoles=_equipment(consoles),
        printers=read_printers(printers, home),
        automatic_labels=label_sorts(labels, "automatic", base.automatic_labels, AUTOMATIC),
        label_layouts_file=path(labels, "layouts", base.label_layouts_file),
        database=_database(database, path(database, "path", default_database())),
        backup_folder=path(backup, "folder", Path()) if backup.text("folder", "") else None,
        backup_daily=backup.number("daily", 1, 1000, base.backup_daily),
        backup_weekly=backup.number("weekly", 0, 1000, base.backup_weekly),
        backup_automatic=backup.yes("automatic", base.backup_automatic),
        age_reference=policy.text("age_reference", base.age_reference),
        policy_file=path(policy, "file", base.policy_file),
        brands_file=path(policy, "brands", base.brands_file),
        carriers_file=path(policy, "carriers", base.carriers_file),
        bench_file=path(policy, "bench", base.bench_file),
        layouts_file=path(policy, "layouts", base.layouts_file),
        labels_file=path(policy, "labels", base.labels_file),
        mail=read_mail(table.table("mail", {}), home),
        clocks_file=path(policy, "clocks", base.clocks_file),
        holidays_file=path(policy, "holidays", base.holidays_file),
        escalation_file=path(policy, "escalation", base.escalation_file),
    )
    _check(settings, station, screen)
    if settings.age_reference not in AGE_REFERENCES:
        raise policy.wrong("age_reference", "opened or received", settings.age_reference)
    for part in (station, screen, database, backup, policy, console, consoles, printers, labels):
        part.done()
    table.done()
    return settings


def _equipment(table: Table) -> dict[str, str]:
    return {name: clean_line(table.text(name), 120) for name in table.names()}


def _lines(table: Table, letters: list[str]) -> dict[str, Line]:
    """A line's policy by cable. A misspelt letter would leave the cable's line driven: refused."""
    for letter in table.names():
        if letter not in letters:
            known = ", ".join(letters) or "none is there"
            raise table.wrong(letter, f"the letters of a cable in [consoles] ({known})", letter)
    return {letter: table.one_of(letter, Line) for letter in table.names()}


def _scanners(tables: list[Table]) -> tuple[ScannerPort, ...]:
    found: list[ScannerPort] = []
    for table in tables:
        scanner = _scanner(table)
        if any(other.name.casefold() == scanner.name.casefold() for other in found):
            raise table.wrong("name", "a name that no other scanner has", scanner.name)
        if any(other.port == scanner.port for other in found):
            raise table.wrong("port", "a port that no other scanner has", scanner.port)
        found.append(scanner)
    return tuple(found)


def _scanner(table: Table) -> ScannerPort:
    name, port = clean_line(table.text("name"), 24), table.text("port")
    if not name:
        raise table.wrong("name", "a name to show", table.text("name"))
    if not port.isprintable() or not port.upper().startswith(("/", "COM")):
        raise table.wrong("port", "a port, as /dev/serial/by-id/usb-...", port)
    scanner = ScannerPort(
        name=name,
        port=port,
        suffix=table.one_of("suffix", Suffix, Suffix.ENTER),
        baud=table.number("baud", BAUDS[0], BAUDS[-1], ScannerPort("", "").baud),
        answer=table.text("answer", ""),
        model=table.text("model", ""),
    )
    if scanner.baud not in BAUDS:
        raise table.wrong("baud", "one of " + ", ".join(map(str, BAUDS)), scanner.baud)
    if scanner.answer not in ("", "ack"):
        raise table.wrong("answer", 'ack or ""', scanner.answer)
    families = _families() if scanner.model else []
    if scanner.model not in ("", *families):
        raise table.wrong("model", "one of " + ", ".join(families), scanner.model)
    table.done()
    return scanner


def _families() -> list[str]:
    """The names that `model` may have."""
    return [entry.text("name") for entry in Table.read(scanners_file()).tables("family")]


def scanners_file() -> Path:
    """The table of scanners in serial mode that ships with bench."""
    return data_dir() / "scanners.toml"


def _database(table: Table, file: Path) -> Path | str:
    text = table.text("url", "")
    if not text:
        return file
    try:
        return server_url(text)
    except ValueError as error:
        raise table.wrong("url", f"a PostgreSQL URL: {error}", "it is not shown here") from None


def _check(settings: Settings, station: Table, screen: Table) -> None:
    if settings.theme not in THEMES:
        raise screen.wrong("theme", "one of " + ", ".join(THEMES), settings.theme)
    try:
        _ = settings.zone
    except (ZoneInfoNotFoundError, ValueError, OSError):
        what = "an IANA time zone, as Europe/Berlin"
        raise station.wrong("timezone", what, settings.timezone) from None
