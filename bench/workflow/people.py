"""Who may act: the person of a badge, who is at work, and who is a supervisor.

With nobody enrolled, the technician of the settings acts and nothing is asked for.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.scan.badge import badge_hash, badge_text, fingerprint
from bench.store.records import Technician
from bench.workflow.badge_key import KeyTrouble, read_key
from bench.workflow.desk import Desk, Refused

if TYPE_CHECKING:
    from bench.store.queries import Reads
    from bench.store.store import Tx

log = logging.getLogger("bench")
SCAN_BADGE = "scan your badge"


class NobodyAtWork(Refused):
    """Refused because nobody has said who acts, or who acts is no longer enrolled."""

    def __init__(self, what: str = "nobody is at work here") -> None:
        super().__init__(what, SCAN_BADGE)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a scan says of who is at work."""

    enrolled: bool
    """Badges are in use here."""
    person: Technician | None = None
    """Whose badge it is, or who is at work; None: nobody's."""


def standing(desk: Desk) -> Standing:
    """Whether badges are in use, and who is at work."""
    enrolled = desk.store.enrolled()
    person = desk.store.technician(desk.technician_id) if desk.technician_id else None
    return Standing(enrolled, person if person is not None and person.active else None)


def whose(desk: Desk, *texts: str) -> Standing:
    """Whose badge this is, by the first of its texts that is somebody's.

    Raises Refused for a badge that is not in use any more, KeyTrouble.
    """
    if not desk.store.enrolled():
        return Standing(enrolled=False)
    key = key_of(desk)
    hashes = [badge_hash(key, text) for text in texts if badge_text(text)]
    people = map(desk.store.technician_by_badge, hashes)
    person = next((person for person in people if person is not None), None)
    if person is not None and not person.active:
        raise Refused("this badge is not in use any more", "ask your supervisor")
    return Standing(True, person)


def supervisor_of(desk: Desk, badge: str) -> Technician:
    """The supervisor whose badge this is. Raises Refused where it is nobody's, or not one's."""
    person = whose(desk, badge).person
    if person is None:
        log.warning("badge refused at %s: unknown, asked for a supervisor's", desk.station)
        raise Refused("unknown badge: it is nobody's here", "scan the badge of a supervisor")
    if not person.supervisor:
        raise Refused(f"{person.name} is not a supervisor", "scan the badge of a supervisor")
    return person


def key_of(desk: Desk, fresh: Reads | None = None) -> bytes:
    """The key of all badges, as this bench has it. Raises KeyTrouble where it has not."""
    wanted = (fresh or desk.store).badge_key()
    key = read_key(desk.badge_key)
    remedy = f"copy the file from a bench that has it to {desk.badge_key}"
    if key is None:
        raise KeyTrouble("this bench has no badge key, so it knows no badge", remedy)
    if wanted and fingerprint(key) != wanted:
        raise KeyTrouble("this bench's badge key is not the one of this database", remedy)
    return key


# --- inside a transaction


def refuse_nobody(desk: Desk, tx: Tx) -> None:
    """Raises NobodyAtWork unless whoever acts may act now; for use inside a transaction."""
    if desk.technician_id is None:
        if tx.enrolled():
            raise NobodyAtWork
        return
    person = tx.technician(desk.technician_id)
    if person is None or not person.active:
        raise NobodyAtWork(f"{desk.actor} is not enrolled any more")


def proved_supervisor(desk: Desk, tx: Tx, by_id: str | None) -> Technician | None:
    """The supervisor who accepts: the one whose badge was read, else who is at work.

    None where nobody is enrolled, so that a name is all there is. Raises Refused where that
    person is no supervisor now; for use inside a transaction.
    """
    if not tx.enrolled():
        return None
    person = tx.technician(by_id or desk.technician_id or "")
    if person is None or not person.active:
        raise Refused("a supervisor is needed for this", "scan the badge of a supervisor")
    if not person.supervisor:
        raise Refused(f"{person.name} is not a supervisor", "scan the badge of a supervisor")
    return person
