"""Dark, light and high contrast: the same shapes, each pair of colours at least 4.5 : 1."""

from __future__ import annotations

from textual.theme import Theme

_DARK = {
    "rush": "#ff9142",
    "ground": "#62b8ff",
    "hold": "#ffd35c",
    "refused": "#ff7b72",
    "done": "#7ee08e",
    "quiet": "#9aa5b1",
    "strip": "#111720",
    "bar": "#161d27",
    "next": "#3a2c1c",
    "rule": "#2a3440",
    "chosen": "#4a3521",
}
_LIGHT = {
    "rush": "#a83c00",
    "ground": "#00569e",
    "hold": "#6f5200",
    "refused": "#b3161b",
    "done": "#136b2a",
    "quiet": "#535d69",
    "strip": "#f1eee7",
    "bar": "#e6e2d8",
    "next": "#ffe9c7",
    "rule": "#c9c4b8",
    "chosen": "#ffe0b0",
}
_CONTRAST = {
    "rush": "#ffa500",
    "ground": "#6cc6ff",
    "hold": "#ffff00",
    "refused": "#ff9a9a",
    "done": "#7dff7d",
    "quiet": "#e0e0e0",
    "strip": "#000000",
    "bar": "#000000",
    "next": "#000000",
    "rule": "#ffffff",
    "chosen": "#00309c",
}
DEFAULTS = _DARK


def _theme(name: str, dark: bool, amber: str, paper: str, ink: str, own: dict[str, str]) -> Theme:
    return Theme(
        name=name,
        primary=amber,
        secondary=own["ground"],
        accent=amber,
        warning=own["hold"],
        error=own["refused"],
        success=own["done"],
        foreground=ink,
        background=paper,
        surface=own["strip"],
        panel=own["bar"],
        dark=dark,
        variables=own
        | {
            "input-selection-background": f"{amber} 40%",
            "block-cursor-background": amber,
            "block-cursor-foreground": paper,
        },
    )


THEMES = {
    "dark": _theme("bench-dark", True, "#ffb454", "#0b0e13", "#eef2f6", _DARK),
    "light": _theme("bench-light", False, "#8a4b00", "#fbfaf6", "#15181c", _LIGHT),
    "contrast": _theme("bench-contrast", True, "#ffcc00", "#000000", "#ffffff", _CONTRAST),
}
BY_NAME = {theme.name: theme for theme in THEMES.values()}
