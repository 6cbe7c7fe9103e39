"""The screen mode: menus can be read, nothing foreign acts, no order harms it."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bench.widgets.screen_mode import LATEST, PER_SECOND, Picture, ScreenMode
from tests.evidence.console_poison import POISON, acting
from tests.widgets.show import Show, rows


class Bytes:
    """Raw bytes that grow."""

    def __init__(self, data: bytes = b"") -> None:
        self.data = data

    @property
    def size(self) -> int:
        """How many."""
        return len(self.data)

    def read(self, offset: int, length: int) -> bytes:
        """Some of them."""
        return self.data[offset : offset + length]


def painted(data: bytes, step: int = 0) -> list[str]:
    """The rows of a picture, fed whole or in steps."""
    picture = Picture()
    step = step or max(1, len(data))
    for at in range(0, len(data), step):
        picture.feed(data[at : at + step])
    return [line.rstrip() for line in picture.screen.display]


def test_a_menu() -> None:
    """Placed, framed in the old ways and in the new one; the same in whatever pieces it comes."""
    menu = (
        b"\x1b[2J\x1b[1;1H\x1b(0lqk\x1b(B\x1b]0;title\x07\x1b[2;1H\xba Boot \xba"
        b"\x1b[3;1H\x1b[7m\xe2\x95\x94 Setup\x1b[0m\x1b[4;3H\x1b[31mend"
    )
    for step in (0, 1, 2, 3, 7):
        assert painted(menu, step)[:4] == ["┌─┐", "║ Boot ║", "╔ Setup", "  end"]


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(POISON),
            st.binary(max_size=6),
            st.from_regex(rb"\A\x1b\[\??[0-9;]{0,9}[@-~]\Z"),
        ),
        max_size=20,
    ),
    st.integers(1, 9),
)
def test_no_order_harms_it(pieces: list[bytes], step: int) -> None:
    """It stays 80 x 24, whatever comes in whatever pieces."""
    picture = Picture()
    data = b"".join(pieces)
    for at in range(0, len(data), step):
        picture.feed(data[at : at + step])
    assert (picture.screen.columns, picture.screen.lines) == (80, 24)
    picture.feed(b"\x18\x1b\\\x1bc\x1b[H after")
    assert picture.screen.display[0].startswith(" after")


async def test_poison() -> None:
    """Nothing that acts is in a cell."""
    widget = ScreenMode()
    async with Show(widget).run_test(size=(80, 24)):
        for at in range(0, len(POISON), 8):
            widget.show(Bytes(b"".join(one + b" after\r\n" for one in POISON[at : at + 8])))
            widget.tick(0)
            assert acting("".join(rows(widget))) == set()


async def test_menu_on_the_widget() -> None:
    """A coloured bar becomes a reversed one; the text stands where it belongs."""
    widget = ScreenMode()
    async with Show(widget).run_test(size=(80, 24)):
        widget.show(Bytes(b"\x1b[2;3H\x1b[44mSetup\x1b[0m \x1b[1mBoot\x1b[?25l"))
        widget.tick(0)
        assert rows(widget)[1] == "  Setup Boot"
        strip = widget.render_line(1)
        assert [s.text for s in strip if s.style and s.style.reverse] == ["Setup"]
        assert [s.text for s in strip if s.style and s.style.bold] == ["Boot"]
        widget.show(None)
        assert set(rows(widget)) == {""}


async def test_no_more_than_the_screen_can_paint() -> None:
    """The latest bytes only, and of those so many a second."""
    widget = ScreenMode()
    async with Show(widget).run_test(size=(80, 24)):
        source = Bytes(b"x" * (10 * LATEST))
        widget.show(source)
        assert widget.behind == LATEST
        widget.tick(0)
        first = widget.behind
        widget.tick(0.01)
        assert 0 < first - widget.behind <= PER_SECOND * 0.01
        source.data += b"y" * (10 * LATEST)
        widget.tick(0.02)
        assert widget.behind <= LATEST
