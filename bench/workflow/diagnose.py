"""Diagnosing: symptom, checks, findings, and the one outcome that decides the way back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bench.policy.facts import Outcome
from bench.store.records import Step
from bench.text import clean_text
from bench.workflow.desk import Desk
from bench.workflow.steps import Saved, record


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What was found onsite."""

    outcome: Outcome
    symptom: str = ""
    checks: Mapping[str, str] = field(default_factory=dict)
    """Check id to "passed" or "failed"; a check that was not done is left out."""
    findings: str = ""


def diagnose(desk: Desk, op_id: str, rma_id: str, diagnosis: Diagnosis) -> Saved:
    """Saves a diagnosis; a later one replaces it. Raises Refused before the unit is received."""
    data = {
        "outcome": diagnosis.outcome.value,
        "symptom": clean_text(diagnosis.symptom, 2000),
        "checks": dict(diagnosis.checks),
        "findings": clean_text(diagnosis.findings, 4000),
    }
    return record(desk, op_id, rma_id, Step.DIAGNOSED, data)
