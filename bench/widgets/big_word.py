"""The answer in letters five rows high, readable from two metres."""

from __future__ import annotations

from textual.content import Content

ROWS = 5
_FONT = {
    "A": ".##. #..# #### #..# #..#",
    "B": "###. #..# ###. #..# ###.",
    "C": ".### #... #... #... .###",
    "D": "###. #..# #..# #..# ###.",
    "E": "#### #... ###. #... ####",
    "F": "#### #... ###. #... #...",
    "G": ".### #... #.## #..# .###",
    "H": "#..# #..# #### #..# #..#",
    "I": "### .#. .#. .#. ###",
    "J": "..## ...# ...# #..# .##.",
    "K": "#..# #.#. ##.. #.#. #..#",
    "L": "#... #... #... #... ####",
    "M": "#...# ##.## #.#.# #...# #...#",
    "N": "#...# ##..# #.#.# #..## #...#",
    "O": ".##. #..# #..# #..# .##.",
    "P": "###. #..# ###. #... #...",
    "Q": ".##. #..# #..# #.#. .#.#",
    "R": "###. #..# ###. #.#. #..#",
    "S": ".### #... .##. ...# ###.",
    "T": "##### ..#.. ..#.. ..#.. ..#..",
    "U": "#..# #..# #..# #..# .##.",
    "V": "#...# #...# #...# .#.#. ..#..",
    "W": "#...# #...# #.#.# ##.## #...#",
    "X": "#...# .#.#. ..#.. .#.#. #...#",
    "Y": "#...# .#.#. ..#.. ..#.. ..#..",
    "Z": "#### ..#. .#.. #... ####",
    "0": ".##. #..# #..# #..# .##.",
    "1": ".#. ##. .#. .#. ###",
    "2": "###. ...# .##. #... ####",
    "3": "###. ...# .##. ...# ###.",
    "4": "#..# #..# #### ...# ...#",
    "5": "#### #... ###. ...# ###.",
    "6": ".##. #... ###. #..# .##.",
    "7": "#### ...# ..#. .#.. .#..",
    "8": ".##. #..# .##. #..# .##.",
    "9": ".##. #..# .### ...# .##.",
    "?": "###. ...# .##. .... .#..",
    "-": "... ... ### ... ...",
    " ": ".. .. .. .. ..",
}


def _dots(word: str) -> list[str]:
    glyphs = [_FONT.get(letter, _FONT["?"]).split() for letter in word.upper()]
    return [".".join(glyph[row] for glyph in glyphs) for row in range(ROWS)]


def big_word(word: str, style: str, width: int) -> Content:
    """The word in `style`: two columns a dot where that fits into `width` columns, else one."""
    dots = _dots(word)
    wide = 2 if len(dots[0]) * 2 <= width else 1
    rows = ["".join(("█" if dot == "#" else " ") * wide for dot in row).rstrip() for row in dots]
    if len(dots[0]) > width:
        return Content.assemble((word, f"bold reverse {style}"))
    return Content("\n".join(rows)).stylize(style)
