"""The settings: defaults without a file, what a file may say, and complaints with their place."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bench.datafile import DataError, data_dir
from bench.settings import (
    Line,
    ScannerPort,
    Settings,
    Suffix,
    default_database,
    default_file,
    load_settings,
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of this test's own."""
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.delenv("BENCH_SETTINGS", raising=False)
    return tmp_path / "home"


def write(folder: Path, text: str) -> Path:
    """A settings file."""
    file = folder / "settings.toml"
    file.write_text(text, "utf-8")
    return file


def test_no_file_is_needed(home: Path) -> None:
    settings = load_settings()
    assert settings == Settings()
    assert settings.station
    assert settings.technician
    assert settings.database == default_database()
    assert settings.database.is_relative_to(home)
    assert settings.badge_key == settings.database.with_name("badge.key")
    assert settings.scanner_file == settings.database.with_name("scanner.json")
    assert settings.policy_file == data_dir() / "policy.toml"
    assert settings.layouts_file == data_dir() / "layouts.toml"
    assert settings.zone is None


def test_a_whole_file(tmp_path: Path) -> None:
    settings = load_settings(
        write(
            tmp_path,
            """
[station]
name = "Bench 2"
technician = "Ana R."
timezone = "Europe/Berlin"
lock_after = 0
badge_key = "keys/badge.key"
scanner = "scanner-2.json"
[screen]
theme = "contrast"
sound = false
[database]
path = "data/my.db"
[backup]
folder = "usb"
daily = 3
weekly = 0
automatic = false
[policy]
age_reference = "received"
file = "policy.toml"
brands = "/etc/bench/brands.toml"
carriers = "c.toml"
bench = "b.toml"
layouts = "l.toml"
""",
        )
    )
    assert (settings.station, settings.technician) == ("Bench 2", "Ana R.")
    assert settings.zone == ZoneInfo("Europe/Berlin")
    assert (settings.theme, settings.sound, settings.age_reference) == (
        "contrast",
        False,
        "received",
    )
    assert settings.database == tmp_path / "data/my.db", "beside the settings file"
    assert settings.policy_file == tmp_path / "policy.toml"
    assert settings.brands_file == Path("/etc/bench/brands.toml")
    assert settings.bench_file == tmp_path / "b.toml"
    assert settings.layouts_file == tmp_path / "l.toml"
    assert settings.scanner_file == tmp_path / "scanner-2.json"
    assert settings.backup_folder == tmp_path / "usb"
    assert (settings.backup_daily, settings.backup_weekly) == (3, 0)
    assert settings.backup_automatic is False
    assert (settings.lock_after, settings.badge_key) == (0, tmp_path / "keys/badge.key")


def test_scanners_in_serial_mode(tmp_path: Path) -> None:
    settings = load_settings(
        write(
            tmp_path,
            """
[station]
find_scanners = false
[[scanner]]
name = "Desk"
port = "/dev/serial/by-id/usb-Datalogic_*"
suffix = "none"
baud = 9600
answer = "ack"
model = "datalogic"
[[scanner]]
name = "Dock"
port = "/dev/ttyS0"
""",
        )
    )
    assert settings.find_scanners is False
    assert settings.scanners == (
        ScannerPort(
            "Desk", "/dev/serial/by-id/usb-Datalogic_*", Suffix.NONE, 9600, "ack", "datalogic"
        ),
        ScannerPort("Dock", "/dev/ttyS0", Suffix.ENTER, 115200, "", ""),
    )
    assert (load_settings().find_scanners, load_settings().scanners) == (True, ())


DESK = '[[scanner]]\nname = "Desk"\nport = "/dev/a"\n'


@pytest.mark.parametrize(
    ("text", "key", "expected"),
    [
        ('[[scanner]]\nport = "/dev/a"', "scanner[1].name", "which is missing"),
        ('[[scanner]]\nname = "\\t"\nport = "/dev/a"', "scanner[1].name", "a name to show"),
        ('[[scanner]]\nname = "Desk"', "scanner[1].port", "which is missing"),
        ('[[scanner]]\nname = "Desk"\nport = "ttyS0"', "scanner[1].port", "a port, as /dev/"),
        ('[[scanner]]\nname = "D"\nport = "/dev/\\u0000"', "scanner[1].port", "a port, as /dev/"),
        (DESK + 'suffix = "cr"', "scanner[1].suffix", "one of enter, tab, etx, none"),
        (DESK + "baud = 115000", "scanner[1].baud", "one of 1200, 2400"),
        (DESK + "baud = 1", "scanner[1].baud", "a whole number from 1200 to 921600"),
        (DESK + 'answer = "nak"', "scanner[1].answer", "ack"),
        (DESK + 'model = "blaster"', "scanner[1].model", "one of datalogic, datalogic-escape"),
        (DESK + 'colour = "red"', "scanner[1].colour", "only these keys"),
        (DESK + DESK.replace("Desk", "DESK"), "scanner[2].name", "no other scanner has"),
        (DESK + DESK.replace("Desk", "Dock"), "scanner[2].port", "no other scanner has"),
        ("scanner = 1", "scanner", "a list of tables"),
        ("[station]\nfind_scanners = 1", "station.find_scanners", "true or false"),
    ],
)
def test_a_mistake_in_a_scanner_names_its_place(
    tmp_path: Path, text: str, key: str, expected: str
) -> None:
    file = write(tmp_path, text)
    with pytest.raises(DataError) as caught:
        load_settings(file)
    assert (caught.value.file, caught.value.key) == (str(file), key)
    assert expected in str(caught.value)


CABLES = '[consoles]\nB = "/dev/a"\nXC = "socket://ts1:4001"\n'


def test_the_lines_of_console_cables(tmp_path: Path) -> None:
    text = (
        '[console]\nfind = false\n[console.dtr]\nB = "off"\nXC = "leave"\n[console.rts]\nXC = "on"'
    )
    settings = load_settings(write(tmp_path, CABLES + text))
    assert settings.console_dtr == {"B": Line.OFF, "XC": Line.LEAVE}
    assert settings.console_rts == {"XC": Line.ON}
    assert settings.find_consoles is False
    assert [line.level for line in Line] == [True, False, None]


@pytest.mark.parametrize(
    ("text", "key", "expected"),
    [
        (CABLES + '[console.dtr]\nC = "off"', "console.dtr.C", "in [consoles] (B, XC), found 'C'"),
        (CABLES + '[console.rts]\nb = "off"', "console.rts.b", "in [consoles] (B, XC), found 'b'"),
        ('[console.dtr]\nB = "off"', "console.dtr.B", "in [consoles] (none is there)"),
        (
            CABLES + '[console.dtr]\nB = "low"',
            "console.dtr.B",
            "one of on, off, leave, found 'low'",
        ),
        (CABLES + "[console.rts]\nB = false", "console.rts.B", "one of on, off, leave"),
        (CABLES + '[console]\ndtr = "off"', "console.dtr", "a table"),
    ],
)
def test_a_mistake_in_a_cables_line_names_its_place(
    tmp_path: Path, text: str, key: str, expected: str
) -> None:
    file = write(tmp_path, text)
    with pytest.raises(DataError) as caught:
        load_settings(file)
    assert (caught.value.file, caught.value.key) == (str(file), key)
    assert expected in str(caught.value)


def test_an_empty_file_means_the_defaults(tmp_path: Path) -> None:
    assert load_settings(write(tmp_path, "")) == Settings()


def test_a_home_directory_may_be_written_short(tmp_path: Path, home: Path) -> None:
    settings = load_settings(write(tmp_path, '[database]\npath = "~/bench.db"\n'))
    assert settings.database == home / "bench.db"


@pytest.mark.parametrize(
    ("text", "key", "expected"),
    [
        ('[screen]\ntheme = "pink"', "screen.theme", "one of dark, light, contrast"),
        ("[screen]\nsound = 1", "screen.sound", "true or false"),
        ("[screen]\nsize = 1", "screen.size", "only these keys: player, sound, theme"),
        ('[station]\ntimezone = "Mars/Base"', "station.timezone", "an IANA time zone"),
        ('[station]\ntimezone = "../../etc"', "station.timezone", "an IANA time zone"),
        ("[station]\nlock_after = -1", "station.lock_after", "a whole number from 0 to 1440"),
        ("[backup]\ndaily = 0", "backup.daily", "a whole number from 1 to 1000"),
        ("[backup]\nhourly = 1", "backup.hourly", "only these keys: automatic, daily, folder"),
        ("[station]\nname = 5", "station.name", "a text"),
        ('[policy]\nage_reference = "shipped"', "policy.age_reference", "opened or received"),
        ("[database]\npath = 1", "database.path", "a text"),
        ("[printer]\nport = 1", "printer", "only these keys"),
        ("station = 1", "station", "a table"),
    ],
)
def test_a_mistake_names_file_key_and_what_was_expected(
    tmp_path: Path, text: str, key: str, expected: str
) -> None:
    file = write(tmp_path, text)
    with pytest.raises(DataError) as caught:
        load_settings(file)
    assert (caught.value.file, caught.value.key) == (str(file), key)
    assert expected in str(caught.value)


def test_a_named_file_must_be_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DataError, match="which is not there"):
        load_settings(tmp_path / "none.toml")
    monkeypatch.setenv("BENCH_SETTINGS", str(tmp_path / "none.toml"))
    assert default_file() == tmp_path / "none.toml"
    with pytest.raises(DataError, match="which is not there"):
        load_settings()


def test_the_environment_names_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write(tmp_path, '[station]\nname = "Dock"\n')
    monkeypatch.setenv("BENCH_SETTINGS", str(file))
    assert load_settings().station == "Dock"


def test_long_names_are_cut(tmp_path: Path) -> None:
    settings = load_settings(write(tmp_path, f'[station]\nname = "{"x" * 300}"\n'))
    assert settings.station == "x" * 40


def test_every_field_says_what_it_is() -> None:
    source = (Path(__file__).parents[1] / "bench" / "settings.py").read_text("utf-8")
    for field in fields(Settings):
        after = source[source.index(f"    {field.name}: ") :].split("\n", 2)[1]
        assert after.strip().startswith('"""['), field.name
