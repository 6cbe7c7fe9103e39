"""A folder of captures with sealed recordings, and what the store knows, for packets."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bench.clock import FixedClock
from bench.evidence.capture_format import META, meta_json, read_meta
from bench.evidence.capture_reader import CaptureReader
from bench.evidence.packet import PacketFacts
from bench.evidence.packet_zip import packet_zip
from bench.evidence.redaction import Redactor
from bench.evidence.redaction_known import word
from bench.evidence.redaction_result import key_for
from bench.evidence.sharing import known_of, prepare, share
from bench.hardware.capture_recovery import recover
from bench.policy.facts import Route
from bench.policy.vendor_case import VendorCase
from bench.settings import Settings
from bench.store.records import Rma, Unit
from bench.workflow.badge_key import make_key
from bench.workflow.capture import CaptureRecord
from bench.workflow.catalogue import load_catalogue
from bench.workflow.console_rules import load_console_rules
from bench.workflow.copies import COPIES
from bench.workflow.packets import (
    NotLooked,
    Sources,
    gather,
)
from tests.evidence.captures_by_hand import Writer
from tests.workflow.helpers import NOW

SERIAL, OTHER = "0331082021000456", "0331082021000999"
RMA = "270-000-017"
CLOCK = FixedClock(NOW)
TYPED = "typed-By-Bench-9"
DOUBT = b"the secret place of mine\r\n"
PANIC = b"Kernel panic - not syncing: VFS: Unable to mount root fs\r\n"
CASE = VendorCase(
    Route.THREE_LEGGED,
    symptom="The customer sees no light.",
    troubleshooting="Another socket.\nAnother cable.",
    output="BIOS error 0x11",
)


@dataclass
class Shelf:
    """A folder of captures, and how recordings come into it."""

    settings: Settings

    @property
    def root(self) -> Path:
        """The folder."""
        return self.settings.captures

    def record(self, data: bytes, number: int = 1, serial: str = SERIAL) -> CaptureRecord:
        """A sealed recording, into which bench typed a password, as the history keeps it."""
        folder = self.root / "2026-11-18" / f"142640-A-{number:08x}"
        writer = Writer(folder)
        meta = replace(read_meta(folder), id=f"{number:08x}" * 4, serial=serial, rma=RMA)
        (folder / META).write_bytes(meta_json(meta))
        writer.raw(b"")
        if data:
            writer.said(data)
            writer.sent(TYPED.encode() + b"\r", secret=True)
        sealed = recover(folder)
        return CaptureRecord(
            capture=sealed.id,
            folder=folder.relative_to(self.root).as_posix(),
            seal=sealed.seal,
            bytes=sealed.bytes,
            started=sealed.started,
            ended=sealed.ended,
            baud=9600,
        )

    def copy(self, record: CaptureRecord, *words: str) -> Path:
        """The copy that the Console screen writes once somebody has looked."""
        key = key_for(make_key(self.settings.badge_key), RMA)
        rules = load_console_rules(self.settings).redaction
        with CaptureReader(self.root / record.folder).poll_all() as reader:
            known = [*known_of(reader), *map(word, words)]
            ready = prepare(reader, Redactor(rules, key, known, [SERIAL]))
            (self.root / COPIES).mkdir(exist_ok=True)
            return share(reader, ready, self.root / COPIES, looked=True)

    def gather(
        self, known: Sources, looked: Sequence[str] = (), words: Sequence[str] = ()
    ) -> PacketFacts:
        """The packet's facts."""
        return gather(known, self.settings, CLOCK, looked, words)

    def after_looking(self, known: Sources) -> PacketFacts:
        """The same by a technician who looks at everything that he is asked about."""
        looked: list[str] = []
        while True:
            try:
                return self.gather(known, looked)
            except NotLooked as asked:
                looked.append(asked.seen)
                if len(looked) > 9:
                    raise


def known(*captures: CaptureRecord, **more: Any) -> Sources:
    """What the store knows of an appliance that was diagnosed."""
    unit = Unit("u", SERIAL, SERIAL, "Pulse Secure", "PSA-3000", service_level="platinum")
    checks = {check.id: check.name for check in load_catalogue(Settings().bench_file).checks}
    rma = Rma(
        *("r", RMA, "u"),
        ticket="T-4711",
        symptom="It hangs at its start.",
        findings="A capacitor has burst.",
        checks={"power": "failed"},
    )
    given: dict[str, Any] = {
        "unit": unit,
        "rma": rma,
        "case": CASE,
        "replacement": Unit("o", OTHER, OTHER, "Pulse Secure", "PSA-3000"),
        "captures": captures,
        "check_names": tuple(checks.items()),
        "technician": "Ana",
    }
    return Sources(**given | more)


def packed(facts: PacketFacts) -> dict[str, str]:
    """The files of the zip."""
    with zipfile.ZipFile(io.BytesIO(packet_zip(facts))) as made:
        return {name: made.read(name).decode() for name in made.namelist()}
