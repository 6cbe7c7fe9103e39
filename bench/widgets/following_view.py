"""A view of rows that grow: it follows their end until somebody moves in them and chooses one."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView


class FollowingView(ScrollView, can_focus=True):
    """Rows to move in. Whoever is one says how many there are (`row_count`) and paints them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "up", show=False, id="transcript.up"),
        Binding("down", "move(1)", "down", show=False, id="transcript.down"),
        Binding("pageup", "page(-1)", "page up", show=False, id="transcript.pageup"),
        Binding("pagedown", "page(1)", "page down", show=False, id="transcript.pagedown"),
        Binding("home", "first", "to the beginning", show=False, id="transcript.first"),
        Binding("end", "follow", "follow the end", show=False, id="transcript.follow"),
    ]

    following = reactive(True)
    """Whether the newest line is kept in sight."""
    cursor = reactive(-1)
    """The chosen row, for marks and searches; -1: none while the end is followed."""

    class FollowChanged(Message):
        """The view began or ceased to follow the end."""

        def __init__(self, following: bool) -> None:
            self.following = following
            super().__init__()

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._inside = False

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        raise NotImplementedError

    def saw_end(self) -> None:
        """The end is in sight, or was until now."""

    def chose(self) -> None:
        """A row was chosen: the one under `cursor`."""

    # -- the size -----------------------------------------------------------------------------

    def fit(self) -> None:
        """The height follows the number of rows, the place the end."""
        self._inside = True
        try:
            self._grow(Size(self.size.width, self.row_count))
            if self.following:
                self.saw_end()
                self.scroll_to(y=self.max_scroll_y, animate=False, force=True)
        finally:
            self._inside = False

    def _grow(self, size: Size) -> None:
        """Sets the height. While there is a scrollbar already, no other widget need be moved."""
        if self.show_vertical_scrollbar and size.height > self.container_size.height:
            self.set_reactive(FollowingView.virtual_size, size)
            self.vertical_scrollbar.window_virtual_size = size.height
        else:
            self.virtual_size = size

    def last_in_sight(self) -> bool:
        """Whether the last row is on the screen."""
        return self.scroll_offset.y + self.size.height >= self.row_count - 1

    # -- moving -------------------------------------------------------------------------------

    def go_to_row(self, row: int) -> None:
        """Chooses a row and brings it to the middle."""
        self.following = False
        self.cursor = max(0, min(row, self.row_count - 1))
        self.scroll_to(y=self.cursor - self.size.height // 2, animate=False, force=True)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Scrolled up by hand the view ceases to follow; scrolled to the end it follows again."""
        super().watch_scroll_y(old_value, new_value)
        if not self._inside and round(old_value) != round(new_value):
            self.following = new_value >= self.max_scroll_y and self.cursor < 0

    def watch_following(self, following: bool) -> None:
        """Following there is no chosen row."""
        if following:
            self.cursor = -1
            self.fit()
        else:
            self.saw_end()
        self.refresh()
        self.post_message(self.FollowChanged(following))

    def watch_cursor(self, cursor: int) -> None:
        """Keeps the chosen row in sight."""
        self.refresh()
        if cursor < 0:
            return
        top, rows = self.scroll_offset.y, max(1, self.size.height)
        if not top <= cursor < top + rows:
            self.scroll_to(
                y=cursor if cursor < top else cursor - rows + 1, animate=False, force=True
            )
        self.chose()

    def action_move(self, by: int) -> None:
        """Chooses a row further up or down; past the last one the view follows the end."""
        if not self.row_count:
            return
        start = self.cursor if self.cursor >= 0 else self.row_count
        row = max(0, start + by)
        if row >= self.row_count:
            self.following = True
            return
        self.following = False
        self.cursor = row

    def action_page(self, by: int) -> None:
        """Moves by so many screenfuls."""
        self.action_move(by * max(1, self.size.height - 1))

    def action_first(self) -> None:
        """To the beginning."""
        self.action_move(-self.row_count - 1)

    def action_follow(self) -> None:
        """To the end, and stays there."""
        self.following = True
        self.fit()

    def on_click(self, event: events.Click) -> None:
        """Chooses the clicked row."""
        row = self.scroll_offset.y + event.y
        if 0 <= row < self.row_count:
            self.following = False
            self.cursor = row

    def on_resize(self) -> None:
        """The rows follow the size."""
        self.fit()
