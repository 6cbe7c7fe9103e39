"""Keeping a start as a good one: what later starts of this model are compared with."""

from __future__ import annotations

from bench.screens.dialogs import Confirm
from bench.screens.host import Host
from bench.screens.recording import Recording
from bench.text import printable
from bench.widgets.marks import DONE
from bench.widgets.strips import Read
from bench.workflow.cables import Cable
from bench.workflow.known_good_boots import good_boot_of


async def keep_good_start(host: Host, recording: Recording, cable: Cable) -> None:
    """Asks, then keeps the last start of a cable. Raises Refused, DataError."""
    consoles = recording.consoles
    rules = consoles.rules.redaction
    good = await recording.in_thread(lambda: good_boot_of(cable, host.settings, rules))
    steps, serial = len(good.milestones), cable.unit.serial if cable.unit else ""

    async def sure(answer: str) -> None:
        if answer:
            await recording.in_thread(lambda: consoles.keep_good(good))
            said = f"kept: starts of {good.model} are compared with it"
            host.say(Read(serial, f"{steps} steps", DONE, said))
            recording.show()

    first, last = good.milestones[0], good.milestones[-1]
    detail = (
        f"{steps} steps, from “{first}” to “{last}”. From now on every start is compared with it."
    )
    question = f"Keep this as a good start of {good.brand} {good.model}?"
    host.ask(Confirm(printable(question), printable(detail)), sure)
