"""What may be asked of a capture over its control socket, and the answers. Nothing is trusted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bench.evidence.capture_format import Kind
from bench.hardware.capture_session import Refused, Session
from bench.text import clean_line

BREAK_MS = 250
"""Milliseconds of a break where none are given: 1/4 s is what consoles expect (POSIX tcsendbreak:
at least 0.25 s)."""
_BREAK_LIMIT = 5000
_TEXT_LIMIT = 500
_BAUD_LIMIT = 12_000_000


def answer(session: Session, request: dict[str, Any]) -> dict[str, Any]:
    """Does what a request asks, and tells how it went: {"ok": true, …} or the error and its text.

    Errors: "request" (not understood), "refused" (not possible now), "disk" (not written).
    """
    step = _STEPS.get(str(request.get("do")))
    try:
        if step is None:
            raise ValueError("nothing that a capture can do")
        return {"ok": True, **(step(session, request) or {})}
    except Refused as error:
        return {"ok": False, "error": "refused", "text": str(error)}
    except OSError as error:
        return {"ok": False, "error": "disk", "text": clean_line(str(error))}
    except (ValueError, TypeError) as error:
        return {"ok": False, "error": "request", "text": clean_line(str(error))}


def _status(session: Session, _request: dict[str, Any]) -> dict[str, Any]:
    return session.status()


def _send(session: Session, request: dict[str, Any]) -> None:
    session.send(bytes.fromhex(request.get("hex", "")), request.get("secret") is True)


def _break(session: Session, request: dict[str, Any]) -> None:
    session.send_break(_whole(request.get("ms", BREAK_MS), _BREAK_LIMIT))


def _baud(session: Session, request: dict[str, Any]) -> dict[str, Any]:
    wanted = request.get("baud")
    session.set_rate(0 if wanted == "auto" else _whole(wanted, _BAUD_LIMIT))
    return {"baud": session.baud}


def _lines(session: Session, request: dict[str, Any]) -> None:
    dtr, rts = (_yes_no(request.get(name)) for name in ("dtr", "rts"))
    session.set_lines(dtr, rts)


def _noted(kind: Kind) -> Callable[[Session, dict[str, Any]], dict[str, Any]]:
    def note(session: Session, request: dict[str, Any]) -> dict[str, Any]:
        at = request.get("o", session.writer.size)
        at = 0 if at == 0 else _whole(at, session.writer.size)
        text = clean_line(_text(request.get("text", "")), _TEXT_LIMIT)
        session.writer.record(kind, text=text, o=at)
        return {"o": at}

    return note


def _sync(session: Session, _request: dict[str, Any]) -> None:
    session.writer.sync()


def _rma(session: Session, request: dict[str, Any]) -> None:
    names = ("rma", "serial", "model")
    known = {name: clean_line(_text(request[name])) for name in names if name in request}
    session.writer.rename(**known)


def _close(session: Session, request: dict[str, Any]) -> dict[str, Any]:
    session.close(clean_line(_text(request.get("why", "asked"))))
    return {"seal": session.writer.meta.seal}


_STEPS: dict[str, Callable[[Session, dict[str, Any]], dict[str, Any] | None]] = {
    "status": _status,
    "send": _send,
    "break": _break,
    "baud": _baud,
    "lines": _lines,
    "mark": _noted(Kind.MARK),
    "note": _noted(Kind.NOTE),
    "sync": _sync,
    "rma": _rma,
    "close": _close,
}


def _whole(value: object, most: int) -> int:
    if type(value) is int and 1 <= value <= most:
        return value
    raise ValueError(f"{value!r:.40} is no whole number from 1 to {most}")


def _yes_no(value: object) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    raise ValueError(f"{value!r:.40} is neither true nor false")


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    raise ValueError(f"{value!r:.40} is no text")
