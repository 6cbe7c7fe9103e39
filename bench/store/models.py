"""The tables as peewee models. They never leave this package and know no database of their own:
each query is told on which connection it runs."""

from __future__ import annotations

from peewee import BlobField, ForeignKeyField, IntegerField, Model, TextField


class Base(Model):
    """What all tables share."""

    class Meta:
        """STRICT is set by the migrations: peewee would send it to PostgreSQL too."""

        legacy_table_names = False


class MetaRow(Base):
    """Facts about the database itself."""

    key = TextField(primary_key=True)
    value = TextField()

    class Meta:
        """Named for what it holds."""

        table_name = "meta"


class UnitRow(Base):
    """`records.Unit`, with the keys that it is found by."""

    id = TextField(primary_key=True)
    serial = TextField()
    serial_key = TextField()
    brand = TextField()
    model = TextField()
    mac = TextField()
    customer = TextField()
    channel = TextField(null=True)
    service_level = TextField()
    order_no = TextField()
    shipped_on = TextField(null=True)
    contract_ends_on = TextField(null=True)
    # Not a foreign key: an import may name an ancestor that nobody has seen yet.
    replaces_id = TextField(null=True)
    version = IntegerField()
    brand_key = TextField()
    near_key = TextField()
    customer_key = TextField()

    class Meta:
        """Serials are unique within a brand only."""

        table_name = "unit"
        indexes = (
            (("serial_key", "brand_key"), True),
            (("near_key",), False),
            (("customer_key",), False),
        )


UnitRow.add_index(UnitRow.index(UnitRow.mac, where=(UnitRow.mac != ""), name="unit_mac"))


class RmaRow(Base):
    """`records.Rma`, and whether it is open."""

    id = TextField(primary_key=True)
    number = TextField(unique=True)
    unit = ForeignKeyField(UnitRow, on_delete="RESTRICT")
    state = TextField()
    ticket = TextField()
    customer = TextField()
    address = TextField()
    channel = TextField(null=True)
    service_level = TextField()
    opened_on = TextField(null=True)
    due_on = TextField(null=True)
    blind = IntegerField()
    received_at = TextField(null=True)
    received_on = TextField(null=True, index=True)
    original_packaging = IntegerField(null=True)
    condition = TextField()
    accessories = TextField()
    symptom = TextField()
    checks = TextField()
    findings = TextField()
    outcome = TextField(null=True)
    diagnosed_at = TextField(null=True)
    contact = TextField(null=True)
    contact_tries = IntegerField()
    quote_accepted = IntegerField(null=True)
    quote_cents = IntegerField(null=True)
    packaging_accepted_by = TextField()
    packaging_accepted_why = TextField()
    rush_paid_by_customer = IntegerField(null=True)
    override_speed = TextField(null=True)
    override_payer = TextField(null=True)
    override_reason = TextField()
    held_why = TextField()
    replacement = ForeignKeyField(UnitRow, null=True, on_delete="RESTRICT", index=False)
    tracking = TextField()
    carrier = TextField()
    shipped_at = TextField(null=True, index=True)
    closed_at = TextField(null=True)
    closed_why = TextField()
    captures = IntegerField()
    console_serial = TextField()
    board_serial = TextField()
    contact_again_on = TextField(null=True)
    sent_ahead_on = TextField(null=True)
    sent_ahead_why = TextField(null=True)
    advance_due_on = TextField(null=True)
    billed_on = TextField(null=True)
    vendor = TextField(null=True)
    wakes_on = TextField(null=True)
    mark = TextField()
    rank = IntegerField()
    why_here = TextField()
    since = TextField(null=True)
    version = IntegerField()
    is_open = IntegerField()
    case_open = IntegerField()
    advance_open = IntegerField()

    class Meta:
        """Its other indexes are partial, over the open ones: see below."""

        table_name = "rma"


_OPEN = RmaRow.is_open == 1
RmaRow.add_index(RmaRow.index(RmaRow.unit, unique=True, where=_OPEN, name="rma_one_open"))
RmaRow.add_index(
    RmaRow.index(
        RmaRow.is_open,
        RmaRow.rank,
        RmaRow.since,
        RmaRow.id,
        where=_OPEN,
        name="rma_queue",
    )
)
RmaRow.add_index(
    RmaRow.index(RmaRow.is_open, RmaRow.state, RmaRow.mark, where=_OPEN, name="rma_open_state")
)
RmaRow.add_index(RmaRow.index(RmaRow.is_open, RmaRow.wakes_on, where=_OPEN, name="rma_wakes"))
RmaRow.add_index(RmaRow.index(RmaRow.id, where=(RmaRow.case_open == 1), name="rma_case_open"))
RmaRow.add_index(
    RmaRow.index(RmaRow.advance_due_on, where=(RmaRow.advance_open == 1), name="rma_advance_open")
)


class EventRow(Base):
    """`records.Event`; triggers keep it append-only and each unit's `seq` without gaps."""

    op_id = TextField(primary_key=True)
    unit = ForeignKeyField(UnitRow, on_delete="RESTRICT", index=False)
    rma = ForeignKeyField(RmaRow, null=True, on_delete="RESTRICT", index=False)
    seq = IntegerField()
    step = TextField()
    at = TextField(index=True)
    actor = TextField()
    station = TextField()
    data = TextField()
    reverses = ForeignKeyField(
        "self", column_name="reverses", null=True, on_delete="RESTRICT", unique=True
    )
    technician_id = TextField(null=True)
    hash = BlobField()

    class Meta:
        """An event is reversed at most once."""

        table_name = "event"
        indexes = (
            (("unit", "seq"), True),
            (("rma", "seq"), False),
            (("station", "at"), False),
        )


class AliasRow(Base):
    """`records.Alias`."""

    key = TextField(primary_key=True)
    unit = ForeignKeyField(UnitRow, on_delete="RESTRICT", index=False)
    scanned = TextField()
    op = ForeignKeyField(EventRow, column_name="op_id", on_delete="RESTRICT", unique=True)

    class Meta:
        """A text means one unit; a unit may have several."""

        table_name = "alias"
        indexes = ((("unit", "key"), False),)


class LetterRow(Base):
    """`records.Letter`, and whether something is still to be done with it."""

    id = TextField(primary_key=True)
    rma = ForeignKeyField(RmaRow, on_delete="RESTRICT", index=False)
    unit = ForeignKeyField(UnitRow, on_delete="RESTRICT", index=False)
    kind = TextField()
    to = TextField()
    subject = TextField()
    body = TextField()
    state = TextField()
    message_id = TextField(unique=True)
    at = TextField()
    actor = TextField()
    station = TextField()
    tries = IntegerField()
    next_try_at = TextField(null=True)
    why = TextField()
    sent_at = TextField(null=True)
    claimed_by = TextField()
    claimed_at = TextField(null=True)
    version = IntegerField()
    unfinished = IntegerField()

    class Meta:
        """The outbox is a partial index, over the unfinished ones: see below."""

        table_name = "letter"
        indexes = ((("rma", "at"), False),)


LetterRow.add_index(
    LetterRow.index(
        LetterRow.unfinished,
        LetterRow.state,
        LetterRow.next_try_at,
        LetterRow.id,
        where=(LetterRow.unfinished == 1),
        name="letter_unfinished",
    )
)


class PrintJobRow(Base):
    """`records.PrintJob`, and whether something is still to be done with it."""

    id = TextField(primary_key=True)
    sort = TextField()
    title = TextField()
    content = TextField()
    station = TextField()
    printer = TextField()
    unit = ForeignKeyField(UnitRow, null=True, on_delete="RESTRICT", index=False)
    rma = ForeignKeyField(RmaRow, null=True, on_delete="RESTRICT", index=False)
    state = TextField()
    at = TextField()
    actor = TextField()
    tries = IntegerField()
    next_try_at = TextField(null=True)
    why = TextField()
    sent_at = TextField(null=True)
    claimed_by = TextField()
    claimed_at = TextField(null=True)
    again_of = TextField()
    version = IntegerField()
    unfinished = IntegerField()

    class Meta:
        """A station's queue is a partial index, and so is what it has printed: see below."""

        table_name = "print_job"
        indexes = ((("rma", "at"), False),)


for _name, _where in (
    ("print_job_unfinished", PrintJobRow.unfinished == 1),
    ("print_job_finished", PrintJobRow.unfinished == 0),
):
    PrintJobRow.add_index(
        PrintJobRow.index(
            *(PrintJobRow.station, PrintJobRow.at, PrintJobRow.id), where=_where, name=_name
        )
    )
PrintJobRow.add_index(
    PrintJobRow.index(
        PrintJobRow.again_of, where=(PrintJobRow.again_of != ""), name="print_job_again_of"
    )
)


class RmaLettersRow(Base):
    """The letters that a station's RMA numbers begin with, and its last running number."""

    letters = TextField(primary_key=True)
    station = TextField(unique=True)
    running = IntegerField()

    class Meta:
        """One row a station; no two stations write the same row."""

        table_name = "rma_letters"


class DraftRow(Base):
    """`records.Draft`."""

    key = TextField(primary_key=True)
    title = TextField()
    step = TextField()
    fields = TextField()
    at = TextField(index=True)
    actor = TextField()

    class Meta:
        """Few rows, always."""

        table_name = "draft"


class ImportBatchRow(Base):
    """One file that was imported, known by its content."""

    file_sha256 = TextField(primary_key=True)
    name = TextField()
    rows = IntegerField()
    at = TextField()
    actor = TextField()

    class Meta:
        """The hash is the key, so that a file cannot be imported twice."""

        table_name = "import_batch"


class CounterRow(Base):
    """Running numbers of before: `rma:2026` counted the RMAs of that year (see RmaLettersRow)."""

    name = TextField(primary_key=True)
    value = IntegerField()

    class Meta:
        """One row a counter."""

        table_name = "counter"


class TechnicianRow(Base):
    """`records.Technician`, with the key that keeps names apart."""

    id = TextField(primary_key=True)
    name = TextField()
    name_key = TextField(unique=True)
    badge_hash = TextField(null=True, unique=True)
    supervisor = IntegerField()
    active = IntegerField()
    added_at = TextField()
    added_by = TextField()
    changed_at = TextField()
    changed_by = TextField()
    version = IntegerField()

    class Meta:
        """Nobody is deleted: their steps stay."""

        table_name = "technician"


MODELS = (
    *(MetaRow, UnitRow, RmaRow, EventRow, AliasRow, DraftRow, ImportBatchRow, CounterRow),
    *(TechnicianRow, LetterRow, PrintJobRow, RmaLettersRow),
)
