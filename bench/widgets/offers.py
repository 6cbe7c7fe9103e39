"""An offer: one thing that can be done now, by command barcode, by key, or by mouse."""

from __future__ import annotations

from dataclasses import dataclass

from textual.content import Content

from bench.scan.commands import code

KEY_SIGNS = {"slash": "/"}
"""Keys whose names are longer than what is printed on them."""


PRESSED = "reverse bold"
"""A key that was pressed and acts in a moment, once it cannot be a scanner's any more."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What NEXT shows: a command verb, the plain word for it, and the key that does the same."""

    verb: str
    word: str
    key: str = ""
    extra: bool = False
    """Loses its code first where room is short, and then its place; help still names it."""
    quiet: bool = False
    """Offered beside what it ticks on the screen, so NEXT does not show it again."""

    @property
    def shown_key(self) -> str:
        """The key as it is printed on a keyboard."""
        return KEY_SIGNS.get(self.key, self.key)

    def content(self, brief: bool = False, pressed: bool = False) -> Content:
        """The offer as one clickable piece of text; `brief` leaves the command code out."""
        key = Content.styled(f"{self.shown_key} ", "$accent bold") if self.key else Content("")
        if pressed:
            key = key.stylize(PRESSED, 0, len(self.shown_key))
        text = self.word if brief else f"{code(self.verb)} {self.word}"
        body = Content(text).stylize("bold", 0, 0 if brief else len(code(self.verb)))
        return Content.assemble(key, body).stylize(f"@click=app.offer('{self.verb}')")


@dataclass(frozen=True, slots=True)
class Next:
    """The one thing to do now, and what else is on offer beside it."""

    text: str
    offers: tuple[Offer, ...] = ()

    def offer(self, verb: str) -> Offer | None:
        """The offer with this verb, if it stands."""
        return next((offer for offer in self.offers if offer.verb == verb), None)
