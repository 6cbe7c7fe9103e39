"""The doctor's lines on consoles: their tables, cables and captures; looked at, never changed."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bench.evidence.capture_format import META, RAW, Meta, meta_json
from bench.hardware.captures import AUTO, CaptureOptions, start
from bench.hardware.console_ports import ConsolePort
from bench.hardware.pseudo_port import PseudoPort
from bench.settings import Settings
from bench.store.health import Finding, Grade
from bench.workflow import doctor_consoles
from bench.workflow.consoles import KEPT
from bench.workflow.doctor_consoles import console_findings

Tell = Callable[..., list[Finding]]
META_OF = Meta("ab" * 16, "B", "/dev/ttyUSB0", rma="270-000-001", seal="cd" * 32)


@pytest.fixture
def tell(tmp_path: Path) -> Tell:
    """What is said; the names of good findings are enough where all is well."""

    def told(**more: object) -> list[Finding]:
        settings = replace(Settings(), captures=tmp_path / "captures", **more)  # type: ignore[arg-type]
        return list(console_findings(settings))

    return told


def capture(root: Path, name: str, meta: Meta) -> Path:
    folder = root / "captures" / "2026-11-26" / f"101500-{name}"
    folder.mkdir(parents=True)
    (folder / META).write_bytes(meta_json(meta))
    (folder / RAW).write_bytes(b"secret")
    for path in (root / "captures", folder.parent, folder, *folder.iterdir()):
        path.chmod(0o700 if path.is_dir() else 0o600)
    return folder


def bad(findings: list[Finding]) -> list[Finding]:
    return [one for one in findings if one.grade is not Grade.GOOD]


def test_nothing_to_complain_of(tell: Tell, tmp_path: Path) -> None:
    found = tell()
    assert [one.name for one in found] == ["consoles", "cables", "captures"]
    assert bad(found) == []
    assert "none yet" in found[2].text
    kept = capture(tmp_path, "B-kept", META_OF)
    (kept / KEPT).touch(0o600)
    capture(tmp_path, "B-nobodys", replace(META_OF, rma=""))
    found = tell()
    assert bad(found) == []
    assert "2 in " in found[2].text


def test_a_table_that_does_not_load_is_named(tell: Tell, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('[[good]]\nbrnad = "Cisco"\n')
    (one,) = bad(tell(known_good_file=tmp_path / "mine.toml"))
    assert (one.name, one.grade) == ("consoles", Grade.WRONG)
    assert "mine.toml" in one.text


def test_a_cable_that_is_away_or_in_use(tell: Tell, tmp_path: Path) -> None:
    link = tmp_path / "ttyB"
    (one,) = bad(tell(consoles={"B": str(link)}))
    assert (one.name, one.grade) == ("cable B", Grade.HINT)
    assert one.text == f"{link} is not plugged in"
    port = PseudoPort(link, 9600)
    try:
        port.plug()
        found = tell(consoles={"B": str(link)})
        assert bad(found) == []
        assert found[1].text.startswith("B /dev/pts/")
    finally:
        port.close()


def test_who_has_a_cable_is_named_unless_it_is_a_recording(tell: Tell, tmp_path: Path) -> None:
    link = tmp_path / "ttyB"
    port = PseudoPort(link, 9600)
    port.plug()
    options = CaptureOptions(root=tmp_path / "captures", name="B", port=str(link), baud=AUTO)
    elsewhere = replace(options, root=tmp_path / "elsewhere")
    try:
        for wanted, count in ((options, 0), (elsewhere, 1)):
            one = start(wanted)
            try:
                found = bad(tell(consoles={"B": str(link)}))
            finally:
                one.close()
            assert len(found) == count
        assert found[0].name == "cable B"
        assert f"(process {one.pid}) has /dev/pts/" in found[0].text
    finally:
        port.close()


@pytest.mark.parametrize(("group", "todo"), [("plugdev", "group plugdev"), ("", "dialout")])
def test_a_cable_that_may_not_be_opened(
    tell: Tell, monkeypatch: pytest.MonkeyPatch, group: str, todo: str
) -> None:
    port = ConsolePort("ttyS1", "/dev/ttyS1", "/dev/ttyS1", "", False, "", "B", group)
    monkeypatch.setattr(doctor_consoles, "console_ports", lambda *_, **__: [port])
    (one,) = bad(tell(consoles={"B": "/dev/ttyS1"}))
    assert (one.name, one.grade) == ("cable B", Grade.WRONG)
    assert todo in one.todo


def test_captures_that_others_can_read(tell: Tell, tmp_path: Path) -> None:
    folder = capture(tmp_path, "B-1", replace(META_OF, rma=""))
    (folder / RAW).chmod(0o640)
    (one,) = bad(tell())
    assert one.grade is Grade.WRONG
    assert str(folder / RAW) in one.text
    assert os.system(one.todo) == 0
    assert bad(tell()) == []


def test_what_a_crash_left(tell: Tell, tmp_path: Path) -> None:
    cut_off = capture(tmp_path, "B-cut", replace(META_OF, seal=""))
    capture(tmp_path, "B-apart", META_OF)
    before = (cut_off / META).read_bytes()
    first, second = bad(tell())
    assert first.text == "1 recording was cut off, as 101500-B-cut"
    assert second.text == "1 is not in the history of its RMA, as 101500-B-apart"
    assert (cut_off / META).read_bytes() == before
