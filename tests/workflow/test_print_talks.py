"""Labels on their way to their printers: whatever breaks, none is lost and none is sent twice."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bench.datafile import DataError
from bench.hardware.printer_trouble import Receipt
from bench.hardware.simulated_printer import SimulatedPrinter
from bench.labels.label import LabelContent
from bench.labels.layout import LabelLayouts, render
from bench.printer_settings import PrinterSettings
from bench.settings import Settings
from bench.store.errors import StoreBusy
from bench.store.records import PrintJob, PrintState
from bench.store.store import Store
from bench.workflow.print_talks import CUT_OFF, STALE, Printing
from bench.workflow.printing import came_out, cancel, enqueue, jobs, move, reprint, retry, waiting
from tests.workflow.helpers import NOW, World
from tests.workflow.print_helpers import (
    CUT,
    JAM,
    TWO,
    Printers,
    ask,
    layouts,
    now,
    put,
    reprint_of,
    words,
    worker,
)

S = PrintState
one_engine = pytest.mark.engines("sqlite")


@pytest.fixture
def printers() -> Printers:
    """Printers that take everything."""
    return Printers()


@pytest.fixture
def run(printers: Printers) -> Printing:
    """This run of the program."""
    return worker(printers)


def lane(world: World, run: Printing, letters: str = "B") -> PrintJob | None:
    """One round of a lane; the label as it is after it."""
    job = run.claim(world.desk, letters)
    if job is None:
        return None
    run.talk(job)
    run.settle(world.desk)
    return now(world, job)


# --- sending


def test_what_waits_is_sent_once_and_in_order(
    world: World, run: Printing, printers: Printers
) -> None:
    first, second = ask(world), ask(world, number="BKDC-FGHL")
    world.wait(seconds=20)
    assert run.send_due(world.desk) == 2
    assert run.send_due(world.desk) == 0
    assert printers.got == [("B", first.title), ("B", second.title)]
    sent = now(world, first)
    assert (sent.state, sent.tries, sent.why) == (S.SENT, 1, "ready")
    assert sent.sent_at == world.clock.now()
    assert sent.content == first.content
    assert waiting(world.desk) == 0


@one_engine
def test_the_printer_gets_what_the_preview_shows(
    world: World, run: Printing, printers: Printers
) -> None:
    ask(world)
    run.send_due(world.desk)
    assert printers.pictures == [render(words(), "2x1", 203, layouts())]


@one_engine
def test_what_the_printer_says_of_itself_is_kept(
    world: World, run: Printing, printers: Printers
) -> None:
    ask(world)
    printers.receipt = Receipt("out of paper: it prints when there is some", warns=True)
    job = run.claim(world.desk, "B")
    assert job is not None
    result = run.talk(job)
    assert (result.state, result.warns) == (S.SENT, True)
    (after,) = run.settle(world.desk)
    assert (after.state, after.why) == (S.SENT, printers.receipt.says)
    assert run.settle(world.desk) == [], "told once"


@one_engine
def test_a_label_is_claimed_before_the_printer_hears_of_it(world: World) -> None:
    job, seen = ask(world), []

    class Looking(Printers):
        def send(self, *given: Any) -> Receipt:
            seen.append(now(world, job))
            return super().send(*given)

    lane(world, worker(Looking()))
    assert [(one.state, one.tries) for one in seen] == [(S.SENDING, 1)]


def test_a_jam_waits_longer_and_longer_and_for_ever(
    world: World, run: Printing, printers: Printers
) -> None:
    job, behind = ask(world), ask(world)
    printers.trouble["B"] = JAM
    waits = []
    for _ in range(7):
        after = lane(world, run)
        assert after is not None
        assert (after.state, after.why) == (S.QUEUED, "printer B is out of paper: load it")
        assert after.next_try_at is not None
        waits.append((after.next_try_at - world.clock.now()).total_seconds())
        assert lane(world, run) is None, "not before its time, and nothing overtakes it"
        world.clock.moment = after.next_try_at
    assert waits == [2, 5, 10, 30, 60, 60, 60]
    printers.trouble.clear()
    assert run.send_due(world.desk) == 2
    assert [now(world, one).state for one in (job, behind)] == [S.SENT, S.SENT]
    assert len(printers.got) == 2


def test_a_jam_at_one_printer_holds_no_other(
    world: World, run: Printing, printers: Printers
) -> None:
    ask(world), ask(world, printer="C"), ask(world)
    printers.trouble["B"] = JAM
    held = run.claim(world.desk, "B")
    assert held is not None
    assert run.claim(world.desk, "B") is None, "one at a time"
    other = lane(world, run, "C")
    assert other is not None
    assert other.state is S.SENT
    run.talk(held)
    run.settle(world.desk)
    assert waiting(world.desk) == 2


@one_engine
def test_a_clock_that_was_set_back_holds_nothing_up(
    world: World, run: Printing, printers: Printers
) -> None:
    put(world, ask(world), S.QUEUED, next_try_at=NOW + timedelta(days=300))
    assert run.send_due(world.desk) == 1


def test_what_may_have_come_out_is_never_sent_again_by_itself(
    world: World, run: Printing, printers: Printers
) -> None:
    job, behind = ask(world), ask(world)
    printers.trouble["B"] = CUT
    after = lane(world, run)
    assert after is not None
    assert (after.state, after.next_try_at) == (S.UNSURE, None)
    assert after.why == "printer B went away: look whether it came out"
    printers.trouble.clear()
    world.wait(days=3)
    assert run.send_due(world.desk) == 1
    assert now(world, behind).state is S.SENT
    assert now(world, job).state is S.UNSURE
    retry(world.desk, world.op(), job.id)
    assert run.send_due(world.desk) == 1
    assert printers.pictures[-1] == render(replace(words(), reprint=1), "2x1", 203, layouts())


# --- what cannot be printed


@one_engine
def test_a_label_that_does_not_fit_is_not_tried_again(
    world: World, run: Printing, printers: Printers
) -> None:
    job = ask(world, code="R" * 2000)
    broken = put(world, ask(world), S.QUEUED, content="[]")
    ask(world)
    assert run.send_due(world.desk) == 1
    for one in (now(world, job), now(world, broken)):
        assert one.state is S.FAILED
        assert one.why
    assert len(printers.got) == 1


@one_engine
def test_a_printer_that_is_not_there_fails_and_can_be_changed(
    world: World, run: Printing, printers: Printers
) -> None:
    gone, named = ask(world, printer="X"), ask(world, printer="N")
    assert run.claim(world.desk, "") is None
    news = run.settle(world.desk)
    assert [(job.id, job.state) for job in news] == [(named.id, S.FAILED), (gone.id, S.FAILED)]
    assert news[0].why.startswith("the settings say no address of printer N")
    assert news[1].why.startswith("there is no printer X in the settings: move the label")
    move(world.desk, world.op(), gone.id, "C")
    assert run.send_due(world.desk) == 1
    assert printers.got == [("C", gone.title)]


@one_engine
def test_a_printer_that_left_the_settings_meanwhile(world: World, printers: Printers) -> None:
    run, other = worker(printers), worker(printers, {})
    ask(world)
    job = run.claim(world.desk, "B")
    assert job is not None
    assert other.talk(job).state is S.FAILED
    assert printers.got == []


@one_engine
def test_a_broken_file_of_layouts_is_no_fault_of_the_label(world: World) -> None:
    mended: list[LabelLayouts] = []

    def load() -> LabelLayouts:
        if not mended:
            raise DataError("label_layouts.toml", "rma", "a table")
        return mended[0]

    printers = Printers()
    run = Printing(replace(Settings(), printers=TWO), load, printers.send)
    ask(world)
    after = lane(world, run)
    assert after is not None
    assert after.state is S.QUEUED
    assert "label_layouts.toml: rma: expected a table" in after.why
    mended.append(layouts())
    world.wait(seconds=2)
    assert run.send_due(world.desk) == 1


@one_engine
def test_a_breakdown_of_our_own_is_told_and_kept(world: World) -> None:
    class Broken(Printers):
        def send(self, *_: Any) -> Receipt:
            raise RuntimeError("a bug")

    def undrawn() -> LabelLayouts:
        raise RuntimeError("another bug")

    ask(world)
    for run, state in (
        (Printing(replace(Settings(), printers=TWO), undrawn, Printers().send), S.FAILED),
        (worker(Broken()), S.UNSURE),
    ):
        job = run.claim(world.desk, "B")
        assert job is not None
        with pytest.raises(RuntimeError, match="bug"):
            run.talk(job)
        (after,) = run.settle(world.desk)
        assert after.state is state
        assert "the log says more" in after.why
        retry(world.desk, world.op(), job.id)


# --- what a person does meanwhile


def test_what_a_person_said_meanwhile_stands(world: World, run: Printing) -> None:
    job = ask(world)
    claimed = run.claim(world.desk, "B")
    assert claimed is not None
    other = worker(Printers())
    assert other.claim(world.desk, "B") is None
    assert now(world, job).state is S.UNSURE, "two programs of one station, by mistake"
    retry(world.desk, world.op(), job.id)
    run.talk(claimed)
    assert run.settle(world.desk) == []
    kept = now(world, job)
    assert (kept.state, reprint_of(kept)) == (S.QUEUED, 1), "asked for, so it is printed"
    assert other.claim(world.desk, "B") == now(world, job)


@one_engine
def test_an_undone_receipt_may_take_its_label_with_it(
    world: World, run: Printing, printers: Printers
) -> None:
    rma_id = world.received("AB-01")
    job = enqueue(world.desk, world.op(), words(), "B", None, rma_id)
    for one in world.store.print_jobs_of(rma_id):
        cancel(world.desk, world.op(), one.id)
    assert run.send_due(world.desk) == 0
    assert now(world, job).state is S.CANCELLED


# --- programs that end


@one_engine
def test_the_end_of_the_program_holds_back_what_is_not_sent(
    world: World, run: Printing, printers: Printers
) -> None:
    ask(world), ask(world, printer="C")
    claimed = run.claim(world.desk, "B")
    assert claimed is not None
    run.stop()
    assert run.claim(world.desk, "C") is None
    assert run.talk(claimed).state is S.QUEUED
    run.settle(world.desk)
    assert printers.got == []
    world.wait(seconds=2)
    assert worker(printers).send_due(world.desk) == 2, "what is left goes on"


@one_engine
def test_a_talk_that_the_end_cuts_off_is_stopped(world: World) -> None:
    stopped: list[threading.Event] = []

    class Slow(Printers):
        def send(self, printer: Any, bitmap: Any, title: str, stop: threading.Event) -> Receipt:
            stopped.append(stop)
            raise JAM

    run = worker(Slow())
    ask(world)
    lane(world, run)
    run.stop()
    assert [event.is_set() for event in stopped] == [True]


def test_what_a_program_that_died_was_sending_is_asked_for(
    world: World, run: Printing, printers: Printers
) -> None:
    job, behind = ask(world), ask(world)
    assert run.claim(world.desk, "B") is not None
    again = worker(printers)  # the program starts anew
    assert again.claim(world.desk, "") is None
    (news,) = again.settle(world.desk)
    assert (news.id, news.state, news.why) == (job.id, S.UNSURE, CUT_OFF)
    assert again.send_due(world.desk) == 1
    assert now(world, behind).state is S.SENT


def test_only_its_own_station_takes_over(world: World, run: Printing, printers: Printers) -> None:
    job = ask(world)
    assert run.claim(world.desk, "B") is not None
    there = replace(world.desk, station="Bench 3")
    assert worker(printers).send_due(there) == 0
    assert now(world, job).state is S.SENDING


@one_engine
def test_another_program_of_the_station_has_its_time(
    world: World, run: Printing, printers: Printers
) -> None:
    assert run.claim(world.desk, "B") is None  # it runs already when the other one claims
    job = ask(world)
    other = worker(printers)
    claimed = other.claim(world.desk, "B")
    assert claimed is not None
    ask(world)
    assert run.claim(world.desk, "B") is None
    assert now(world, job).state is S.SENDING
    world.wait(seconds=STALE.total_seconds() + 1)
    behind = run.claim(world.desk, "B")
    assert behind is not None
    assert now(world, job).state is S.UNSURE
    other.talk(claimed)
    (late,) = other.settle(world.desk)
    assert (late.id, late.state) == (job.id, S.SENT), "it lived after all, and knows better"


@one_engine
def test_a_claim_whose_answer_was_lost_sent_nothing(
    world: World, run: Printing, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, real = ask(world), Store.write

    def write(self: Store, op_id: str, work: Any) -> Any:
        real(self, op_id, work)
        raise StoreBusy("the line went dead", "")

    run.claim(world.desk, "C")
    with monkeypatch.context() as then:
        then.setattr(Store, "write", write)
        with pytest.raises(StoreBusy):
            run.claim(world.desk, "B")
    assert now(world, job).state is S.SENDING
    assert run.send_due(world.desk) == 1
    assert run.settle(world.desk)[-1].state is S.SENT


@pytest.mark.parametrize("saved", [False, True])
@one_engine
def test_a_result_that_could_not_be_saved_is_kept(
    world: World, run: Printing, printers: Printers, monkeypatch: pytest.MonkeyPatch, saved: bool
) -> None:
    job, real = ask(world), Store.write
    claimed = run.claim(world.desk, "B")
    assert claimed is not None
    run.talk(claimed)

    def write(self: Store, op_id: str, work: Any) -> Any:
        if saved:
            real(self, op_id, work)
        raise StoreBusy("the line went dead", "")

    with monkeypatch.context() as then:
        then.setattr(Store, "write", write)
        with pytest.raises(StoreBusy):
            run.settle(world.desk)
    assert [one.state for one in run.settle(world.desk)] == [S.SENT]
    assert now(world, job).state is S.SENT
    assert run.send_due(world.desk) == 0
    assert len(printers.got) == 1


def test_of_two_programs_at_once_one_gets_each_label(
    where: Path | str, world: World, printers: Printers
) -> None:
    made = [ask(world) for _ in range(6)]
    runs = [worker(printers), worker(printers)]
    for run in runs:  # both have begun before there is anything to claim of the other
        run.claim(replace(world.desk, station="nowhere"), "")
    gate = threading.Barrier(2)

    def program(run: Printing) -> None:
        with closing(Store.open(where)) as store:
            desk = replace(world.desk, store=store)
            gate.wait()
            for _ in range(30):
                job = run.claim(desk, "B")
                if job is not None:
                    run.talk(job)
                    run.settle(desk)

    threads = [threading.Thread(target=program, args=(run,)) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    after = [now(world, job) for job in made]
    assert [(job.state, job.tries) for job in after] == [(S.SENT, 1)] * 6
    assert len(printers.got) == 6


# --- with a printer that hears and answers


@pytest.fixture
def zebra(tmp_path: Path) -> Iterator[SimulatedPrinter]:
    """A printer on the network."""
    with SimulatedPrinter(tmp_path / "labels", dpi=203) as printer:
        yield printer


@one_engine
def test_from_the_queue_to_the_paper_and_over_a_crash(
    world: World, zebra: SimulatedPrinter
) -> None:
    known = {"B": PrinterSettings("B", "Zebra", at=f"tcp://127.0.0.1:{zebra.port}")}

    def start() -> Printing:
        return Printing(replace(Settings(), printers=known), layouts)

    run, job = start(), ask(world)
    claimed = run.claim(world.desk, "B")
    assert claimed is not None
    assert run.talk(claimed).state is S.SENT
    assert zebra.wait_for(1)
    assert zebra.labels == [render(words(), "2x1", 203, layouts())]
    # The program dies here, before what it knows is saved.
    run = start()
    assert run.claim(world.desk, "B") is None
    assert [one.state for one in run.settle(world.desk)] == [S.UNSURE]
    retry(world.desk, world.op(), job.id)
    assert run.send_due(world.desk) == 1
    assert zebra.wait_for(2)
    assert zebra.labels[1] == render(replace(words(), reprint=1), "2x1", 203, layouts())
    second = reprint(world.desk, world.op(), job.id)
    claimed = run.claim(world.desk, "B")
    assert claimed is not None
    run = start()
    run.claim(world.desk, "B")
    out = came_out(world.desk, world.op(), second.id)
    assert (out.state, reprint_of(out)) == (S.SENT, 2)
    assert (run.send_due(world.desk), len(zebra.labels)) == (0, 2)
    assert [one.state for one in jobs(world.desk)] == [S.SENT, S.SENT]


@one_engine
def test_a_printer_that_is_off_gets_its_labels_when_it_is_on(
    world: World, zebra: SimulatedPrinter
) -> None:
    known = {"B": PrinterSettings("B", "Zebra", at=f"tcp://127.0.0.1:{zebra.port}")}
    run = Printing(replace(Settings(), printers=known), layouts)
    zebra.refusing = True
    made = [ask(world, number=number) for number in ("BKDC-FGHX", "BKDC-FGHL")]
    assert run.send_due(world.desk) == 0
    assert [now(world, job).state for job in made] == [S.QUEUED, S.QUEUED]
    assert now(world, made[0]).why
    zebra.refusing = False
    world.wait(seconds=2)
    assert run.send_due(world.desk) == 2
    assert zebra.wait_for(2)
    contents = [LabelContent.from_json(job.content) for job in made]
    assert zebra.labels == [render(content, "2x1", 203, layouts()) for content in contents]
