"""`bench decide --cases`: a whole file, with whatever can be wrong in one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

HEADER = "brand,channel,shipped_on,opened_on,received_on,outcome,original_packaging\n"
GOOD = "Yealink,direct,2026-10-20,2026-11-11,,repair,yes\n"


def lines(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    return tmp_path / "cases.csv"


def test_a_bad_row_does_not_stop_the_others(bench: Any, cases: Path) -> None:
    bad = "Yealink,direct,2026-02-30,2026-11-11,,repair,yes\n"
    cases.write_text(HEADER + GOOD + bad + "\n" + GOOD)
    ran = bench("decide", "--cases", cases)
    assert ran.code == 1
    found = lines(ran.out)
    assert [answer["line"] for answer in found] == [2, 3, 5]
    assert "error" not in found[0]
    assert "error" not in found[2]
    assert found[1].keys() == {"line", "error"}
    assert "2026-02-30" in found[1]["error"]
    assert "1 row could not be read" in ran.err


def test_all_good_is_zero(bench: Any, cases: Path) -> None:
    cases.write_text(HEADER + GOOD * 3)
    ran = bench("decide", "--cases", cases)
    assert (ran.code, ran.err, len(lines(ran.out))) == (0, "", 3)
    assert lines(ran.out)[0]["speed"] == "rush"


def test_columns_go_by_name(bench: Any, cases: Path) -> None:
    cases.write_bytes(
        "\ufeffOutcome;Ticket;BRAND ;Opened_On;shipped_on;channel\r\n"
        "repair;T-1;Snom;2026-11-11;2026-10-20;direct\r\n".encode()
    )
    ran = bench("decide", "--cases", cases)
    assert ran.code == 0
    assert lines(ran.out)[0]["speed"] == "rush"
    assert '"Ticket"' in ran.err


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"a,b,c\n1,2,3\n", "none of the columns"),
        (b"brand,Brand\nSnom,Snom\n", "more than once"),
        (b'"brand,channel\nSnom,direct\n', "not closed"),
        (b"PK\x03\x04rest", "spreadsheet"),
        (b"," * 500, "columns"),
    ],
)
def test_a_file_that_is_no_table(bench: Any, cases: Path, content: bytes, says: str) -> None:
    cases.write_bytes(content)
    ran = bench("decide", "--cases", cases)
    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err


def test_no_such_file(bench: Any, tmp_path: Path) -> None:
    for name in ("nowhere.csv", "."):
        ran = bench("decide", "--cases", tmp_path / name)
        assert (ran.code, ran.out) == (2, "")
        assert "directory" in ran.err


def test_only_the_header(bench: Any, cases: Path) -> None:
    cases.write_text(HEADER)
    assert bench("decide", "--cases", cases) == (0, "", "")


def test_cells_too_many_and_too_few(bench: Any, cases: Path) -> None:
    cases.write_text("brand,channel\nSnom\nSnom,direct,2026-01-01\n")
    short, long = lines(bench("decide", "--cases", cases).out)
    assert "channel" in short["missing"]
    assert "3 cells" in long["error"]


def test_an_open_quote_costs_only_what_it_swallows(bench: Any, cases: Path) -> None:
    cases.write_text(HEADER + GOOD + '"Snom,direct\n' + GOOD)
    ran = bench("decide", "--cases", cases)
    good, bad = lines(ran.out)
    assert (good["line"], bad["line"], ran.code) == (2, 3, 1)
    assert "lines 3 to 4" in bad["error"]


def test_huge_cells(bench: Any, cases: Path) -> None:
    huge = "x" * 10_001 + ",direct\n"
    cases.write_text("brand,channel\n" + huge + "x" * 200_000 + ",direct\nSnom,direct\n")
    found = lines(bench("decide", "--cases", cases).out)
    assert "at most 10,000" in found[0]["error"]
    assert found[-1]["line"] == 4
    assert "error" not in found[-1]


def test_a_line_break_in_a_cell_keeps_the_count(bench: Any, cases: Path) -> None:
    cases.write_text('brand,channel\n"Sn\nom",direct\nSnom,direct\n')
    assert [answer["line"] for answer in lines(bench("decide", "--cases", cases).out)] == [2, 4]


def test_cp1252_is_said(bench: Any, cases: Path) -> None:
    cases.write_bytes(b"brand,channel\nM\xfcller,direct\n\x81,direct\n")
    ran = bench("decide", "--cases", cases)
    found = lines(ran.out)
    assert "cp1252" in ran.err
    assert "M\\u00fcller" in ran.out
    assert "cannot be read" in found[1]["error"]


def test_utf_16_from_a_spreadsheet(bench: Any, cases: Path) -> None:
    cases.write_bytes((HEADER + GOOD).replace(",", "\t").encode("utf-16"))
    assert lines(bench("decide", "--cases", cases).out)[0]["speed"] == "rush"


def test_output_is_plain_ascii_json(bench: Any, cases: Path) -> None:
    cases.write_text("brand,channel\n\x1b[2J\u202e😀,direct\n")
    out = bench("decide", "--cases", cases).out
    assert out.isascii()
    assert "\x1b" not in out


def test_no_other_facts_beside_a_file(bench: Any, cases: Path) -> None:
    cases.write_text(HEADER)
    assert bench("decide", "--cases", cases, "--brand", "Snom").code == 2


def test_stdin(process: Any) -> None:
    ran = process("decide", "--cases", "-", stdin=(HEADER + GOOD).encode())
    assert ran.code == 0
    assert lines(ran.out)[0]["line"] == 2


def test_many_rows_at_once(bench: Any, cases: Path) -> None:
    """More rows than go out in one piece, none lost at the end."""
    cases.write_text(HEADER + GOOD * 1234)
    found = lines(bench("decide", "--cases", cases).out)
    assert [answer["line"] for answer in found] == list(range(2, 1236))
