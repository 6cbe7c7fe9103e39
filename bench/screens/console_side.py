"""The left column of the Console screen: cables, what was read, what is wrong, what is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from textwrap import wrap

from textual.content import Content

from bench.evidence.facts import FactKind
from bench.evidence.failures import Failure
from bench.evidence.serial_check import Verdict
from bench.text import printable
from bench.widgets.marks import DONE, HOLD, NONE, REFUSED, SIGNS, STYLES, sign
from bench.widgets.unit_card import heading, line
from bench.workflow.cables import Cable, Life

WALL = 1_000_000_000
SHOWN_FAILURES = 6
FACT_WORDS = {
    FactKind.MODEL: "model",
    FactKind.FIRMWARE: "version",
    FactKind.MAC: "MAC",
    FactKind.HARDWARE_ID: "hardware",
    FactKind.BOOTLOADER: "loader",
}
TimeText = Callable[[int], str]
"""A moment in nanoseconds since 1970 as the clock on the wall: 14:01:07."""


def bytes_text(count: int) -> str:
    """41 212 bytes: thousands apart, as they are read out."""
    return f"{count:,}".replace(",", " ")


def mark_of(cable: Cable) -> str:
    """The one thing that a glance at a cable should tell."""
    if cable.refused and not cable.live:
        return REFUSED
    if cable.life is Life.IDLE:
        return NONE
    if cable.broken:
        return REFUSED
    return HOLD if cable.understanding.failures else DONE


def _loops(cable: Cable) -> bool:
    loop = cable.understanding.boot_loop
    return loop is not None and not loop.came_up


def quiet_for(cable: Cable, now_ns: int) -> str:
    """How long ago the last byte came."""
    status = cable.status
    if status is None or not status.last_ns:
        return "nothing yet"
    seconds = max(0.0, (now_ns - status.last_ns) / WALL)
    if seconds < 10:
        return f"last {seconds:.1f} s"
    return f"silent {int(seconds)} s" if seconds < 120 else f"silent {int(seconds // 60)} min"


def doing(cable: Cable, now_ns: int) -> str:
    """What a cable is doing, in one line."""
    if cable.life is Life.IDLE:
        return cable.refused or ("ready" if cable.there else "not plugged in")
    size = bytes_text(cable.reader.size if cable.reader else 0)
    words = {
        Life.GONE: f"UNPLUGGED, {size} bytes kept",
        Life.LOST: f"ended from outside, {size} bytes",
        Life.ENDED: f"sealed, {size} bytes",
    }
    return words.get(cable.life) or f"{size} bytes, {quiet_for(cable, now_ns)}"


def rate(cable: Cable) -> str:
    """Bits a second, as far as they are known."""
    status = cable.status
    if status is None or cable.life is Life.IDLE:
        return ""
    if status.state == "searching":
        return "listening"
    return str(status.baud) if status.baud else "network"


def cable_rows(cables: Sequence[Cable], chosen: str, now_ns: int, width: int) -> list[Content]:
    """Each cable in three short lines; the chosen one stands out."""
    rows = [heading("CABLES")]
    for cable in cables:
        mark = mark_of(cable)
        model = cable.unit.model if cable.unit else ("no unit" if cable.live else "")
        name = f"{cable.name:<3}{printable(model)}"
        room = max(4, width - 3 - len(rate(cable)))
        head = Content.assemble(
            sign(mark), " ", (f"{name[:room]:<{room}}", "bold"), (rate(cable), "$quiet")
        )
        head = head.stylize("on $chosen") if cable.name == chosen else head
        rows.append(head.stylize(f"@click=app.offer('TURN{cable.name}')"))
        if cable.unit and cable.unit.serial:
            rows.append(Content(f"   {printable(cable.unit.serial)}"))
        style = STYLES[REFUSED] if cable.refused or cable.life is Life.GONE else "$quiet"
        rows.append(Content.styled(f"   {printable(doing(cable, now_ns))}"[:width], style))
    return rows


def fact_rows(cable: Cable) -> list[Content]:
    """What the console said of its unit, beside what was scanned."""
    facts, verdict = cable.understanding.facts, cable.verdict
    rows = [heading("READ FROM IT")]
    differs = verdict is not None and verdict.verdict is Verdict.DIFFERENT
    told = facts.latest(FactKind.SERIAL)
    serial = verdict.said if verdict and verdict.said else told.value if told else ""
    same = verdict is not None and verdict.verdict is Verdict.SAME
    style = "bold $refused" if differs else "bold $done" if same else ""
    mark = f"  {SIGNS[DONE]}" if same else f"  {SIGNS[REFUSED]}" if differs else ""
    rows.append(line("serial", serial + mark if serial else "", style))
    if cable.unit is not None and differs:
        rows.append(line("scanned", cable.unit.serial, "bold"))
    for kind, word in FACT_WORDS.items():
        fact = facts.latest(kind)
        if fact is not None:
            rows.append(line(word, fact.value))
    return rows


def failure_rows(cable: Cable, clock: TimeText, width: int) -> list[Content]:
    """What is wrong with it, the worst first."""
    rows, found = [heading("WRONG WITH IT")], worst_first(cable)
    room = max(8, width - 13)
    for failure in found[:SHOWN_FAILURES]:
        mark = REFUSED if failure.severity == "bad" else HOLD
        first, *more = wrap(failure_words(failure), room)
        at = (clock(failure.wall_ns), "$quiet")
        rows.append(Content.assemble(sign(mark), f" {first:<{room}} ", at))
        rows += [Content(f"  {row}") for row in more]
    if len(found) > SHOWN_FAILURES:
        rows.append(Content.styled(f"  and {len(found) - SHOWN_FAILURES} more", "$quiet"))
    rows.append(starts_row(cable))
    if cable.comparison is not None:
        rows += wrapped(cable.comparison.sentence, width)
    if not found and not _loops(cable):
        rows.insert(1, Content.styled("nothing that is known", "$quiet"))
    return rows


def worst_first(cable: Cable) -> list[Failure]:
    """The failures of a cable's unit in the order in which they matter."""
    return sorted(cable.understanding.failures, key=lambda one: one.severity != "bad")


def failure_words(failure: Failure) -> str:
    """What is wrong, and how often that was said."""
    times = f" ×{failure.count}" if failure.count > 1 else ""
    return printable(failure.title) + times


def starts_row(cable: Cable) -> Content:
    """How often it started."""
    starts, loop = cable.understanding.boots.count, _loops(cable)
    word = "starts again and again" if loop else "starts seen"
    style = "bold $refused" if loop else ""
    return Content.assemble(sign(REFUSED if loop else NONE), (f" {word} {starts}", style))


def wrapped(text: str, width: int) -> list[Content]:
    """A sentence on as many lines as it needs."""
    return [Content.styled(row, "$quiet") for row in wrap(printable(text), width - 2)]


def kept_rows(cable: Cable, clock: TimeText) -> list[Content]:
    """What is on disk, and what was lost."""
    rows, status, reader = [heading("KEPT")], cable.status, cable.reader
    if reader is None:
        return [*rows, Content.styled("nothing", "$quiet")]
    size = bytes_text(reader.size)
    if cable.meta is not None:
        rows.append(Content(f"{size} bytes, sealed"))
        rows.append(Content.styled(f"seal {cable.meta.seal[:16]}…", "$quiet"))
    elif status is not None:
        on_disk = clock(status.synced_ns) if status.synced_ns else "not yet"
        rows.append(Content(f"{size} bytes, on disk {on_disk}"))
        if status.held:
            held = f"{bytes_text(status.held)} bytes wait in memory: the disk is full"
            rows.append(Content.styled(held, "bold $refused"))
    if status is not None and status.dropped:
        told = f"{bytes_text(status.dropped)} bytes LOST"
        rows.append(Content.styled(told, "bold $refused"))
        rows.append(Content.styled("disk and memory are full", "bold $refused"))
    losses = cable.losses()
    gaps = cable.totals()["gaps"]
    lost = "this cable cannot tell losses" if losses is None else f"{losses} lost on the line"
    style = "bold $refused" if losses else "$quiet"
    rows.append(Content.assemble((lost, style), (f", {gaps} gaps" if gaps else "", "$hold bold")))
    if cable.order is not None and cable.order.said:
        style = "$refused bold" if cable.order.failed else "$quiet"
        rows.append(Content.styled(f"{cable.order.title}: {printable(cable.order.said)}", style))
    return rows


def side(
    cables: Sequence[Cable], chosen: Cable | None, clock: TimeText, now_ns: int, width: int
) -> Content:
    """The whole column."""
    rows = cable_rows(cables, chosen.name if chosen else "", now_ns, width)
    if chosen is not None and chosen.reader is not None:
        for group in (
            fact_rows(chosen),
            failure_rows(chosen, clock, width),
            kept_rows(chosen, clock),
        ):
            rows += [Content(""), *group]
    return Content("\n").join(rows)


def folded(cables: Sequence[Cable], chosen: Cable | None, now_ns: int, width: int) -> Content:
    """The same in three lines, for a narrow screen."""
    first = Content("   ").join(
        Content.assemble(
            sign(mark_of(cable)),
            (f" {cable.name}", "bold" if cable is chosen else ""),
            (" " + " · ".join(filter(None, (rate(cable), doing(cable, now_ns)))), "$quiet"),
        ).stylize("on $chosen" if cable is chosen and len(cables) > 1 else "")
        for cable in cables
    )
    rows = [first.truncate(width, ellipsis=True)]
    if chosen is not None and chosen.reader is not None:
        facts = [row for row in fact_rows(chosen)[1:] if "not known" not in row.plain]
        said = Content("  ").join(Content(" ".join(r.plain.split())) for r in facts)
        rows.append(
            (said if facts else Content("nothing read from it yet")).truncate(width, ellipsis=True)
        )
        rows.append(_wrong_in_short(chosen).truncate(width, ellipsis=True))
    return Content("\n").join(rows)


def _wrong_in_short(cable: Cable) -> Content:
    """The worst of what is wrong, in one line without times."""
    pieces = [
        Content.assemble(sign(REFUSED if one.severity == "bad" else HOLD), f" {failure_words(one)}")
        for one in worst_first(cable)[:3]
    ]
    if _loops(cable) or not pieces:
        pieces.insert(0, starts_row(cable))
    if cable.understanding.failures or _loops(cable):
        return Content("   ").join(pieces).stylize(f"bold {STYLES[REFUSED]}")
    return Content.assemble(("nothing wrong that is known", "$quiet"), "   ", *pieces)


def wall_text(wall_ns: int, local: Callable[[datetime], datetime]) -> str:
    """A moment of a capture as the clock on the wall: 14:01:07."""
    return f"{local(datetime.fromtimestamp(wall_ns / WALL, UTC)):%H:%M:%S}"
