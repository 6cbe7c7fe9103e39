"""The packet of five parts on the Vendor screen: made, looked through, copied, and kept."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from bench.evidence.packet import PARTS, PacketFacts, missing
from bench.evidence.packet_text import packet_text
from bench.policy.facts import Route
from bench.policy.vendor_case import VendorCase
from bench.screens.clipboard import to_clipboard
from bench.screens.dialogs import Entry
from bench.screens.sharing import HIDE, SHARE, LookFirst
from bench.widgets.marks import DONE, HOLD
from bench.widgets.strips import Read
from bench.workflow import vendor
from bench.workflow.desk import Refused
from bench.workflow.packets import Kept, NotLooked, gather, keep_packet, sources
from bench.workflow.views import UnitView

if TYPE_CHECKING:
    from bench.screens.vendor_doing import VendorDoing

Then = Callable[[Kept], Awaitable[None]]


class Packets:
    """Makes packets for the case in hand."""

    def __init__(self, doing: VendorDoing) -> None:
        self.doing = doing

    async def make(self, view: UnitView) -> None:
        """Keeps the packet, and copies its text. Raises Refused with what is missing."""

        async def made(kept: Kept) -> None:
            """Nothing is asked: the packet is for another time."""

        await self._gather(view, (), (), made)

    async def open_ticket(self, view: UnitView) -> None:
        """Makes the packet, then asks for the number of the ticket that it went with."""

        async def made(kept: Kept) -> None:
            self._ask_number(view, kept)

        await self._gather(view, (), (), made)

    def _ask_number(self, view: UnitView, kept: Kept) -> None:
        rma_id = view.rma.id if view.rma else ""

        async def opened(number: str) -> None:
            await self.doing.save(
                lambda d, op: vendor.open_ticket(
                    d, op, rma_id, number, kept.sha256, kept.path.name
                ),
                "vendor ticket opened",
            )

        async def answered(number: str) -> None:
            if number:
                await self.doing.sure_of_number(number, opened)

        title = "The packet is on the clipboard. Open the ticket with it: what is its number?"
        self.doing.host.ask(Entry(title, "number", takes_scans=True), answered)

    async def _gather(
        self, view: UnitView, looked: tuple[str, ...], words: tuple[str, ...], then: Then
    ) -> None:
        host = self.doing.host
        case = view.rma.vendor if view.rma and view.rma.vendor else VendorCase(Route.THREE_LEGGED)
        known = await host.in_store(lambda desk: sources(desk, view, case))
        try:
            facts = await asyncio.to_thread(gather, known, host.settings, host.clock, looked, words)
        except NotLooked as not_looked:
            self._look(view, not_looked, looked, words, then)
            return
        if lacking := missing(facts):
            names = ", ".join(PARTS[part] for part in lacking)
            raise Refused(f"the packet lacks: {names}", "choose the step to fill it")
        kept = await asyncio.to_thread(keep_packet, host.settings.captures, facts)
        text = await asyncio.to_thread(packet_text, facts)  # of a long recording it takes a while
        self._tell(view, facts, kept, text)
        await then(kept)

    def _look(
        self,
        view: UnitView,
        found: NotLooked,
        looked: tuple[str, ...],
        words: tuple[str, ...],
        then: Then,
    ) -> None:
        """Nothing is handed out before somebody has looked at what may be a secret."""
        host = self.doing.host

        async def answered(answer: str) -> None:
            if answer == SHARE:
                await self._gather(view, (*looked, found.seen), words, then)
            elif answer == HIDE:
                host.ask(Entry("A word to hide in the packet", "word"), hidden)

        async def hidden(word: str) -> None:
            more = (*words, word) if len(word) > 1 else words
            await self._gather(view, looked, more, then)

        host.ask(LookFirst(found.prepared), answered)

    def _tell(self, view: UnitView, facts: PacketFacts, kept: Kept, text: str) -> None:
        to_clipboard(self.doing.body.app, text)
        problem = facts.problems[0] if facts.problems else ""
        what = problem or f"text on the clipboard, all of it in {kept.path}"
        mark = HOLD if problem else DONE
        self.doing.host.say(Read(view.unit.serial, what, mark, "packet made"))
