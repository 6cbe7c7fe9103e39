"""The table of consoles: what ships is right and complete, and what is wrong in it is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.datafile import DataError, Table, data_dir
from bench.evidence.profiles import Profiles, lines_of, load_profiles
from bench.evidence.script_steps import Do
from bench.settings import Line, Settings

PROFILES = load_profiles(data_dir() / "console.toml")


@pytest.mark.parametrize(
    ("brand", "model", "wanted"),
    [
        ("Pulse Secure", "PSA-3000", "pulse"),
        ("pulse secure ", "", "pulse"),
        ("Cisco", "C2960", "cisco"),
        ("Juniper", "EX2200", "juniper"),
        ("Yealink", "CP960", "rockchip"),
        ("Yealink", "T54W", "phone"),
        ("Yealink", "", "phone"),
        ("Nobody", "X", "generic"),
        ("", "", "generic"),
    ],
)
def test_the_profile_of_a_device(brand: str, model: str, wanted: str) -> None:
    assert PROFILES.profile_for(brand, model).id == wanted


def test_every_brand_that_comes_back_has_one() -> None:
    brands = Table.read(data_dir() / "brands.toml").tables("brand")
    names = [brand.text("name") for brand in brands]
    assert [name for name in names if PROFILES.profile_for(name).id == "generic"] == []


def test_the_likeliest_rate_stands_first() -> None:
    first = {profile.id: profile.rates[0] for profile in PROFILES.all}
    assert {first[name] for name in ("pulse", "cisco", "juniper", "extreme", "halon")} == {9600}
    assert (first["phone"], first["rockchip"]) == (115200, 1500000)


def test_the_lines_of_a_cable() -> None:
    appliance, phone = PROFILES.profile_for("Cisco"), PROFILES.profile_for("Snom")
    assert (appliance.dtr, appliance.rts) == (True, True)
    assert (phone.dtr, phone.rts) == (False, False)


@pytest.mark.parametrize(
    ("letter", "dtr", "rts", "wanted"),
    [
        ("B", {}, {}, (True, True)),
        ("B", {"B": Line.OFF}, {}, (False, True)),
        ("B", {}, {"B": Line.LEAVE}, (True, None)),
        ("B", {"B": Line.ON}, {"B": Line.OFF}, (True, False)),
        ("C", {"B": Line.OFF}, {"B": Line.OFF}, (True, True)),
        ("", {"B": Line.OFF}, {"B": Line.OFF}, (True, True)),
    ],
)
def test_the_policy_of_a_cable_wins_over_the_profile(
    letter: str,
    dtr: dict[str, Line],
    rts: dict[str, Line],
    wanted: tuple[bool | None, bool | None],
) -> None:
    settings = Settings(console_dtr=dtr, console_rts=rts)
    assert lines_of(PROFILES.profile_for("Cisco"), settings, letter) == wanted


def test_a_cable_may_raise_what_the_profile_lowers() -> None:
    settings = Settings(console_dtr={"B": Line.ON}, console_rts={"B": Line.LEAVE})
    assert lines_of(PROFILES.profile_for("Snom"), settings, "B") == (True, None)


def test_scripts_only_look() -> None:
    looking = ("show ", "cli -c 'show ", "get ", "uname ", "cat /proc", "dir ", "version", "bdinfo")
    sent = {
        step.text
        for profile in PROFILES.all
        for script in profile.scripts
        for step in script.steps
        if step.do is Do.RUN
    }
    assert {one for one in sent if one and not one.startswith(looking)} == {
        "/system routerboard print without-paging",
        "/system resource print without-paging",
    }


def test_no_prompt_takes_for_ever_on_hostile_lines() -> None:
    pieces = ("a", "0", "-", "a ", "a.", "a@", "/#", "((", "a-")
    lines = [piece * (200 // len(piece)) for piece in pieces]
    for profile in PROFILES.all:
        for name in profile.manner.prompts:
            assert [line for line in lines if profile.manner.is_a(name, line)] == []


GOOD = """
[prompts.login]
pattern = 'login:'
examples = ["login: "]
[prompts.user]
pattern = '>'
examples = ["> "]
[[profile]]
id = "generic"
title = "any"
brands = []
rates = [9600]
dtr = "on"
rts = "leave"
silence_seconds = 60
source = "nowhere"
[[profile.script]]
id = "x"
title = "show x"
steps = [{ do = "login", until = ["user"] }, { do = "run", text = "show x", until = ["user"] }]
"""


def _load(folder: Path, text: str) -> Profiles:
    file = folder / "console.toml"
    file.write_text(text)
    return load_profiles(file)


def test_a_small_table(tmp_path: Path) -> None:
    (profile,) = _load(tmp_path, GOOD).all
    assert profile.rts is None
    script = profile.script("x")
    assert script
    assert [step.words for step in script.steps] == ["log in", "“show x”"]
    assert profile.script("y") is None


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("login:'", "login'", "prompts.login.examples"),
        ("login:'", "(login'", "prompts.login.pattern"),
        ("'>'", "'.*'", "prompts.user.pattern"),
        ('examples = ["> "]', "examples = []", "prompts.user.examples"),
        ('["> "]', '["> "]\ncounter_examples = [">"]', "prompts.user.counter_examples"),
        ("[9600]", "[9601]", "profile[1].rates"),
        ("[9600]", "[9600, 9600]", "profile[1].rates"),
        ('"on"', '"maybe"', "profile[1].dtr"),
        ('until = ["user"] }]', 'until = ["usr"] }]', "steps[2].until"),
        ('do = "login"', 'do = "log"', "steps[1].do"),
        ('text = "show x"', 'txt = "show x"', "steps[2].text"),
        ('"show x", until', '"show\\nx", until', "steps[2].text"),
        ('id = "generic"', 'id = "any"', "profile"),
        ("brands = []", 'brands = ["A"]', "profile"),
        ('source = "nowhere"', 'source = " "', "profile[1].source"),
        ('title = "any"', 'title = "any"\ncolour = "red"', "profile[1].colour"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, old: str, new: str, named: str) -> None:
    assert old in GOOD
    with pytest.raises(DataError) as error:
        _load(tmp_path, GOOD.replace(old, new, 1))
    assert named in str(error.value)


def test_two_of_a_name(tmp_path: Path) -> None:
    entry = GOOD[GOOD.index("[[profile]]") :]
    with pytest.raises(DataError, match="an id that no other profile has"):
        _load(tmp_path, GOOD + entry)
