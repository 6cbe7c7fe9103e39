"""The queue of labels and what a person does with it: nothing lost, nothing twice in silence."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bench.labels.label import LONGEST_FIELD, LabelContent
from bench.printer_settings import LabelSort
from bench.store.records import PrintJob, PrintState
from bench.workflow.desk import Refused
from bench.workflow.people import NobodyAtWork
from bench.workflow.printing import (
    came_out,
    cancel,
    enqueue,
    jobs,
    move,
    reprint,
    retry,
    waiting,
)
from tests.workflow.helpers import NOW, World
from tests.workflow.print_helpers import ask, now, put, reprint_of, words

S = PrintState
one_engine = pytest.mark.engines("sqlite")


def test_a_label_is_kept_as_it_was_asked_for(world: World) -> None:
    rma_id = world.received("AB-01")
    unit_id = world.store.rma(rma_id).unit_id
    job = enqueue(world.desk, "op-x", words(), "B", unit_id, rma_id)
    assert now(world, job) == job
    assert (job.id, job.state, job.printer, job.sort) == ("op-x", S.QUEUED, "B", LabelSort.RMA)
    assert (job.station, job.actor, job.at, job.next_try_at) == ("Bench 2", "Ana", NOW, NOW)
    assert (job.unit_id, job.rma_id, job.title) == (unit_id, rma_id, "RMA label BKDC-FGHX")
    assert LabelContent.from_json(job.content) == words()
    assert world.store.print_jobs_of(rma_id) == [job]


def test_the_same_op_id_makes_no_second_label(world: World) -> None:
    job = ask(world, "op-x")
    put(world, job, S.SENT)
    assert ask(world, "op-x", number="XXXX-XXXX") == now(world, job)
    assert len(jobs(world.desk)) == 1


@one_engine
def test_foreign_text_is_cleaned_and_has_an_end(world: World) -> None:
    job = ask(world, serial="\x1b[2J\u202e\ud800" + "9" * 20_000)
    assert len(job.content) < 2 * LONGEST_FIELD
    assert len(LabelContent.from_json(job.content).fields["serial"]) == LONGEST_FIELD
    title = "RMA label\n\x1b[31m" + "x" * 500
    named = enqueue(world.desk, world.op(), replace(words(), title=title), "B")
    assert named.title.startswith("RMA label [31mxx")
    assert len(named.title) == 100
    nameless = enqueue(world.desk, world.op(), replace(words(), title="\x1b"), "B")
    assert nameless.title == "rma label"


@one_engine
@pytest.mark.parametrize("letters", ["", "b", "B B", "\x1b[2J" * 99])
def test_letters_that_no_printer_can_have(world: World, letters: str) -> None:
    with pytest.raises(Refused, match="no printer can be called"):
        ask(world, printer=letters)
    job = ask(world)
    with pytest.raises(Refused, match="no printer can be called"):
        move(world.desk, world.op(), job.id, letters)
    assert waiting(world.desk) == 1


def test_the_list_has_what_is_left_first(world: World) -> None:
    made = {state: put(world, ask(world), state) for state in S}
    last = put(world, ask(world), S.SENT)
    first = [made[s] for s in (S.QUEUED, S.SENDING, S.UNSURE, S.FAILED)]
    assert jobs(world.desk) == [*first, last, made[S.CANCELLED], made[S.SENT]]
    assert jobs(world.desk, 5) == [*first, last]
    assert jobs(world.desk, 3) == first[:3]
    assert waiting(world.desk) == 4


@one_engine
def test_other_stations_have_their_own(world: World) -> None:
    job = ask(world)
    there = replace(world.desk, station="Bench 3")
    assert (jobs(there), waiting(there)) == ([], 0)
    for act in (cancel, retry, came_out, reprint):
        with pytest.raises(Refused, match="belongs to Bench 2: see to it there"):
            act(there, world.op(), job.id)


# --- cancel, came out


@pytest.mark.parametrize("state", [S.QUEUED, S.FAILED, S.UNSURE])
def test_a_label_that_is_not_wanted_any_more(world: World, state: PrintState) -> None:
    job = put(world, ask(world), state)
    over = cancel(world.desk, world.op(), job.id)
    assert (over.state, over.why, over.next_try_at) == (S.CANCELLED, "cancelled by Ana", None)
    assert cancel(world.desk, world.op(), job.id) == over, "once more does no harm"
    assert waiting(world.desk) == 0


@one_engine
def test_what_went_to_the_printer_cannot_be_called_back(world: World) -> None:
    job = put(world, ask(world), S.SENDING)
    with pytest.raises(Refused, match="is being sent right now: wait a moment"):
        cancel(world.desk, world.op(), job.id)
    put(world, job, S.SENT)
    with pytest.raises(Refused, match="was sent: print it again if it did not come out"):
        cancel(world.desk, world.op(), job.id)
    with pytest.raises(Refused, match="not in the database any more"):
        cancel(world.desk, world.op(), "nothing")


@one_engine
def test_only_of_an_unsure_one_it_is_asked_whether_it_came_out(world: World) -> None:
    job = ask(world)
    with pytest.raises(Refused, match="waits for its printer: cancel it"):
        came_out(world.desk, world.op(), job.id)
    put(world, job, S.UNSURE)
    out = came_out(world.desk, world.op(), job.id)
    assert (out.state, out.why) == (S.SENT, "it came out, says Ana")
    assert out.sent_at == world.clock.now()
    assert came_out(world.desk, world.op(), job.id) == out


# --- again


def test_what_may_have_come_out_says_reprint_when_it_is_tried_again(world: World) -> None:
    job = put(world, ask(world), S.UNSURE, claimed_by="run x", tries=1)
    again = retry(world.desk, world.op(), job.id)
    assert (again.state, again.tries, again.claimed_by) == (S.QUEUED, 0, "")
    assert again.why == "did not come out, says Ana"
    assert reprint_of(again) == 1
    # The answer to the commit was lost: the same once more is no second reprint.
    assert reprint_of(retry(world.desk, world.op(), job.id)) == 1


@pytest.mark.parametrize("state", [S.QUEUED, S.FAILED])
def test_what_did_not_come_out_is_tried_again_as_it_is(world: World, state: PrintState) -> None:
    later = NOW + timedelta(hours=1)
    job = put(world, ask(world), state, tries=7, next_try_at=later, why="out of paper")
    again = retry(world.desk, world.op(), job.id)
    assert (again.state, again.tries, again.content) == (S.QUEUED, 0, job.content)
    assert again.next_try_at == world.clock.now()


@one_engine
def test_one_tried_at_once_wakes_the_one_before_it(world: World) -> None:
    later = NOW + timedelta(hours=1)
    first = put(world, ask(world), S.QUEUED, next_try_at=later)
    other = put(world, ask(world, printer="C"), S.QUEUED, next_try_at=later)
    retry(world.desk, world.op(), ask(world).id)
    assert now(world, first).next_try_at == world.clock.now()
    assert now(world, other).next_try_at == later, "that printer is not mended"


def test_a_reprint_is_a_label_of_its_own(world: World) -> None:
    job = put(world, enqueue(world.desk, world.op(), words(), "B"), S.SENT)
    world.wait(minutes=5)
    again = reprint(world.desk, "op-again", job.id)
    assert (again.id, again.again_of, again.state) == ("op-again", job.id, S.QUEUED)
    assert (again.printer, again.title, again.at) == ("B", job.title, world.clock.now())
    assert LabelContent.from_json(again.content) == replace(words(), reprint=1)
    assert reprint(world.desk, "op-again", job.id) == again
    assert now(world, job).state is S.SENT


def test_each_printing_of_a_label_has_its_own_number(world: World) -> None:
    job = put(world, ask(world), S.SENT)
    second = put(world, reprint(world.desk, world.op(), job.id), S.UNSURE)
    third = reprint(world.desk, world.op(), job.id, "C")
    assert (reprint_of(third), third.printer, third.again_of) == (2, "C", job.id)
    retried = retry(world.desk, world.op(), second.id)
    assert reprint_of(retried) == 3, "2 is on another one already"
    put(world, third, S.CANCELLED)
    fourth = reprint(world.desk, world.op(), third.id)
    assert (reprint_of(fourth), fourth.again_of) == (4, job.id)


@one_engine
def test_what_waits_still_is_not_printed_again(world: World) -> None:
    job = ask(world)
    with pytest.raises(Refused, match="RMA label BKDC-FGHX waits for its printer"):
        reprint(world.desk, world.op(), job.id)
    put(world, job, S.SENDING)
    with pytest.raises(Refused, match="is being sent right now"):
        reprint(world.desk, world.op(), job.id)
    assert len(jobs(world.desk)) == 1


@one_engine
def test_words_that_cannot_be_read_any_more(world: World) -> None:
    job = put(world, ask(world), S.SENT, content='{"damaged": 1}')
    with pytest.raises(Refused, match="cannot be read any more: print it from its unit"):
        reprint(world.desk, world.op(), job.id)
    relative = put(world, ask(world), S.SENT, again_of=job.id)
    assert reprint_of(reprint(world.desk, world.op(), relative.id)) == 1


# --- another printer


@pytest.mark.parametrize("state", [S.QUEUED, S.FAILED])
def test_another_printer_gets_it(world: World, state: PrintState) -> None:
    job = put(world, ask(world), state, tries=3)
    moved = move(world.desk, world.op(), job.id, "C")
    assert (moved.printer, moved.state, moved.tries) == ("C", S.QUEUED, 0)
    assert moved.why == "moved from B by Ana"
    assert move(world.desk, world.op(), job.id, "C") == moved


@one_engine
def test_what_may_have_come_out_is_not_moved(world: World) -> None:
    job = put(world, ask(world), S.UNSURE)
    with pytest.raises(Refused, match="may have come out: look at the printer, and say first"):
        move(world.desk, world.op(), job.id, "C")
    assert now(world, job).printer == "B"


# --- who


@one_engine
def test_a_label_follows_from_a_step_but_its_fate_is_somebodys(world: World) -> None:
    job: PrintJob = put(world, ask(world), S.FAILED)
    nobody = replace(world.desk, technician_id="somebody who left")
    assert enqueue(nobody, world.op(), words(), "B").state is S.QUEUED
    for act in (cancel, retry, reprint):
        with pytest.raises(NobodyAtWork):
            act(nobody, world.op(), job.id)
    with pytest.raises(NobodyAtWork):
        move(nobody, world.op(), job.id, "C")
    assert now(world, job) == job
