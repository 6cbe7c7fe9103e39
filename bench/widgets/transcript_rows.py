"""Which row of a transcript view is a line, and which tells an event."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from bench.widgets.transcript_source import EventRow


class Rows:
    """Lines and the events between them, numbered as one run of rows."""

    def __init__(self) -> None:
        self.lines = 0
        self.events: Sequence[EventRow] = ()
        self._places: list[int] = []

    def update(self, lines: int, events: Sequence[EventRow]) -> None:
        """Takes over how much there is now; cheap while the events are the same."""
        self.lines = lines
        if events is not self.events:
            self.events = events
            self._places = [event.above + i for i, event in enumerate(events)]

    def __len__(self) -> int:
        # An event may be above a line that the lines have not reached yet.
        return max(self.lines + len(self.events), self._places[-1] + 1 if self._places else 0)

    def at(self, row: int) -> EventRow | int:
        """The event on a row, or the number of the line on it."""
        index = bisect_left(self._places, row)
        if index < len(self._places) and self._places[index] == row:
            return self.events[index]
        return row - index

    def of_line(self, number: int) -> int:
        """The row of a line."""
        low, high = 0, len(self.events)
        while low < high:
            middle = (low + high) // 2
            if self.events[middle].above <= number:
                low = middle + 1
            else:
                high = middle
        return number + low

    def line_near(self, row: int) -> int:
        """The number of the line on a row, or of the next one below an event."""
        place = self.at(row)
        number = place.above if isinstance(place, EventRow) else place
        return max(0, min(self.lines - 1, number))
