"""The transcript view: what is in sight, that it follows, that nothing foreign acts."""

from __future__ import annotations

from datetime import UTC, timedelta, timezone

from textual.geometry import Size
from textual.pilot import Pilot

from bench.widgets.transcript_painter import clock_time, hits
from bench.widgets.transcript_rows import Rows
from bench.widgets.transcript_source import BAD, EventRow, LineStyle
from bench.widgets.transcript_view import TranscriptView
from tests.evidence.console_poison import POISON, acting
from tests.widgets.show import Growing, Show, rows


async def settled(pilot: Pilot[None], view: TranscriptView) -> list[str]:
    """What is painted after the view took over what is there."""
    view.sync()
    await pilot.pause()
    return rows(view)


async def test_lines_and_events(growing: Growing) -> None:
    """Local times, text, what happened between, marks of what matters."""
    growing.says(b"one\ntwo: disk error\n")
    growing.happens("gone", why="unplugged", o=growing.writer.size)
    growing.happens("back", gap_ns=3_200_000_000, o=growing.writer.size)
    growing.says(b"DRAM: ")
    growing.source.style_of = lambda n: LineStyle(BAD, ((5, 15),)) if n == 1 else LineStyle()
    view = TranscriptView(timezone(timedelta(hours=2)))
    async with Show(view).run_test(size=(90, 12)) as pilot:
        view.show(growing.source)
        assert (await settled(pilot, view))[:6] == [
            "13:06:40.000 ─ ── recording begins · 9600 baud ──",
            "13:06:41.000   one",
            "13:06:41.000 ! two: disk error",
            "13:06:42.000 ! ── cable out · waiting for it ──",
            "13:06:43.000 ‖ ── cable back after 3.2 s · what the device said meanwhile is lost ──",
            "13:06:44.000   DRAM:",
        ]
        severe = [
            segment.text for segment in view.render_line(2) if segment.style and segment.style.bold
        ]
        assert severe == ["! ", "disk error"]


async def test_follows_the_end_until_scrolled_up(growing: Growing) -> None:
    """Then the place stays, and what came below is counted; End follows again."""
    growing.says_lines(range(100))
    view = TranscriptView()
    async with Show(view).run_test(size=(60, 10)) as pilot:
        view.show(growing.source)
        assert (await settled(pilot, view))[-1].endswith("line 99")
        growing.says_lines(range(100, 200))
        assert (await settled(pilot, view))[-1].endswith("line 199")
        await pilot.press("up", "up", "up")
        assert not view.following
        before = await settled(pilot, view)
        growing.says_lines(range(200, 1234))
        after = await settled(pilot, view)
        assert after[:-1] == before[:-1]
        assert after[-1].endswith("1,034 new lines below · End")
        await pilot.press("end")
        assert (await settled(pilot, view))[-1].endswith("line 1233")
        assert view.below == 0


async def test_the_wheel(growing: Growing) -> None:
    """Scrolled up by the wheel it stays; scrolled to the end it follows."""
    growing.says_lines(range(100))
    view = TranscriptView()
    async with Show(view).run_test(size=(60, 10)) as pilot:
        view.show(growing.source)
        await settled(pilot, view)
        view.scroll_relative(y=-5, animate=False)
        await pilot.pause()
        assert not view.following
        view.scroll_end(animate=False)
        await pilot.pause()
        assert view.following


async def test_chosen_row_for_marks(growing: Growing) -> None:
    """Its offset is told; without a choice it is that of the last line."""
    growing.says_lines(range(50))
    view = TranscriptView()
    async with Show(view).run_test(size=(60, 10)) as pilot:
        view.show(growing.source)
        await settled(pilot, view)
        assert view.chosen_offset == growing.reader.line(49).offset
        await pilot.press("up")
        assert view.chosen_offset == growing.reader.line(49).offset
        await pilot.press("pageup", "pageup")
        assert view.chosen_offset == growing.reader.line(49 - 18).offset
        await pilot.press("home")
        assert view.chosen_offset == 0
        await pilot.click(TranscriptView, offset=(20, 4))
        assert view.chosen_offset == growing.reader.line(3).offset
        growing.happens("mark", text="[b]here[/b]", o=growing.reader.line(3).offset)
        assert (await settled(pilot, view))[4].endswith("── mark · [b]here[/b] ──")


async def test_a_search_hit_in_the_middle(growing: Growing) -> None:
    """Brought in sight, chosen, marked."""
    growing.says_lines(range(5000))
    view = TranscriptView()
    async with Show(view).run_test(size=(60, 11)) as pilot:
        view.show(growing.source)
        view.wanted = "LINE 1234"
        number = growing.reader.search(view.wanted)
        assert number == 1234
        view.go_to_line(number)
        assert (await settled(pilot, view))[5].endswith("line 1234")
        marked = [one.text for one in view.render_line(5) if one.style and one.style.reverse]
        assert marked == ["line 1234"]


async def test_hexadecimal(growing: Growing) -> None:
    """The same place in bytes, and back."""
    growing.says_lines(range(1000))
    view = TranscriptView()
    async with Show(view).run_test(size=(90, 11)) as pilot:
        view.show(growing.source)
        view.go_to_line(500)
        await settled(pilot, view)
        view.hexadecimal = True
        row = (await settled(pilot, view))[view.cursor - view.scroll_offset.y]
        at = growing.reader.line(500).offset // 16 * 16
        assert row.startswith(f"{at:08x}  {growing.reader.read(at, 8).hex(' ')}")
        view.hexadecimal = False
        row = (await settled(pilot, view))[view.cursor - view.scroll_offset.y]
        assert row.endswith(("line 499", "line 500"))
        await pilot.resize_terminal(60, 11)
        view.hexadecimal = True
        view.action_follow()
        assert (await settled(pilot, view))[-1].endswith("0d 0a                     ··")


async def test_sideways(growing: Growing) -> None:
    """Long lines are moved under their times, not wrapped."""
    growing.says(b"abcdefgh" * 12 + b"END\n")
    view = TranscriptView()
    async with Show(view).run_test(size=(60, 5)) as pilot:
        view.show(growing.source)
        await settled(pilot, view)
        await pilot.press(*["right"] * 16)
        row = (await settled(pilot, view))[1]
        assert row.startswith("11:06:41.000   ")
        assert row.endswith("END")
        await pilot.press(*["left"] * 16)
        assert view.left == 0


async def test_sequences_shown_or_left_out(growing: Growing) -> None:
    """Quiet text, or the line as a terminal would leave it."""
    growing.says(b"[\x1b[32m  OK  \x1b[0m] \x1b]0;pwned\x07done\n")
    view = TranscriptView()
    async with Show(view).run_test(size=(80, 5)) as pilot:
        view.show(growing.source)
        shown = (await settled(pilot, view))[1]
        assert shown.endswith("[␛[32m  OK  ␛[0m] ␛]0;pwned␇done")
        view.sequences = False
        assert (await settled(pilot, view))[1].endswith("  [  OK  ] done")


async def test_poison(growing: Growing) -> None:
    """Every family of sequences, in the text and in notes: nothing that acts is painted."""
    growing.says(b"".join(b"before " + poison + b" after\n" for poison in POISON))
    for poison in POISON:
        growing.writer.record("note", text=poison.decode("utf-8", "replace"), o=growing.writer.size)
    growing.reader.poll_all()
    view = TranscriptView()
    async with Show(view).run_test(size=(100, 40)) as pilot:
        view.show(growing.source)
        for hexadecimal, sequences in ((False, True), (False, False), (True, True)):
            view.hexadecimal, view.sequences = hexadecimal, sequences
            await settled(pilot, view)
            for top in range(0, view.row_count, view.size.height):
                view.scroll_to(y=top, animate=False, force=True)
                assert acting("".join(rows(view))) == set()


async def test_shrinks_and_grows_with_the_window(growing: Growing) -> None:
    """Following, the end stays in sight."""
    growing.says_lines(range(100))
    view = TranscriptView()
    async with Show(view).run_test(size=(60, 10)) as pilot:
        view.show(growing.source)
        for width, height in ((60, 4), (30, 20), (80, 6)):
            await pilot.resize_terminal(width, height)
            await pilot.pause()
            assert view.size == Size(width, height) or view.size == Size(width - 1, height)
            assert rows(view)[-1].endswith("line 99")
        view.show(None)
        assert set(await settled(pilot, view)) == {""}


def test_rows() -> None:
    """Numbers of rows and lines agree, whatever stands between."""
    rows_ = Rows()
    told = [EventRow(above, 0, "") for above in (0, 0, 2, 5)]
    rows_.update(5, told)
    assert len(rows_) == 9
    assert [rows_.at(row) for row in range(9)] == [*told[:2], 0, 1, told[2], 2, 3, 4, told[3]]
    assert [rows_.at(rows_.of_line(number)) for number in range(5)] == list(range(5))
    assert [rows_.line_near(row) for row in (0, 2, 4, 8)] == [0, 0, 2, 4]


def test_times_that_are_none() -> None:
    """A broken index may tell any number."""
    assert clock_time(1 << 61, UTC) == "--:--:--.---" or len(clock_time(1 << 61, UTC)) == 12
    assert clock_time(0, UTC) == "00:00:00.000"


def test_hits() -> None:
    """Upper and lower case alike; letters that change their length spoil nothing."""
    assert hits("Ab ab", "aB") == [(0, 2), (3, 5)]
    assert hits("İab", "ab") == []
    assert hits("ab", "") == []
