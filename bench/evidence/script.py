"""Command scripts on a console: log in, run a command, keep what it prints. Pure.

A runner sends nothing before the technician starts it, and waits until the line is quiet: a key in
the wrong second stops a boot. It is told what the device says (`feed`) and what time it is (`tick`,
some ten times a second), and returns what is to be done.
"""

from __future__ import annotations

from collections.abc import Mapping

from bench.evidence.console_lines import Lines, Output, begins_with_prompt, same_prompt
from bench.evidence.script_steps import (
    QUESTIONS,
    Action,
    Ask,
    Do,
    Done,
    Failed,
    Progress,
    Script,
    Send,
    Step,
)
from bench.text import clean_line

__all__ = ["Action", "Ask", "Done", "Failed", "Progress", "Runner", "Script", "Send"]

QUIET = 1.5
"""Seconds without a byte before the first one is sent; a loader's countdown ticks each second."""
TALKS_ON = 60.0
"""Seconds after which a device that never falls silent is given up."""
SETTLE = 0.2
"""Seconds without a byte after which an unfinished line may be a prompt, not half of something."""
STRANGER = 3.0
"""Seconds after which also another prompt than the one seen before counts."""
PAGES = 2000
"""Pages that are turned at most; a device may say "more" for ever."""
ALL_IN_ALL = 900.0
"""Seconds that a script may take."""
WAKES = 3
"""Times that "press Enter" is answered."""
NEW_LINES = 3
"""First lines of an answer that may say that the command is not known."""
_ELSEWHERE = {
    "loader": ("The device stands in its boot loader.", "Boot it, or choose a loader script."),
    "shell": ("The device shows a system shell.", "Choose the script for the shell."),
    "menu": ("The device shows a menu of numbers.", "Choose the script for the menu."),
    "user": ("The device gives no further rights.", "Log in as one who may, then start again."),
}
_REFUSED = ("The device refuses this name or password.", "Ask for the right one, then start again.")


class Runner:
    """Runs one script once. Never blocks; a secret is forgotten when it was sent.

    `values` are answers that are known already, `seen` the unfinished last line of the console.
    """

    def __init__(
        self, script: Script, values: Mapping[str, str] | None = None, seen: bytes = b""
    ) -> None:
        self.script = script
        self.over = False
        """Whether it ended: nothing is sent any more."""
        self.asking = ""
        """The name of what the device asks for, while the technician is asked."""
        self._values = dict(values or {})
        self._given: set[str] = set()
        self._lines, self._output = Lines(), Output()
        self._lines.feed(seen)
        self._at = -1
        self._began = self._last = self._step_began = 0.0
        self._pages = self._wakes = self._said = 0
        self._prompt = self._behind = ""
        self._judged = False

    def start(self, now: float) -> list[Action]:
        """Begins; nothing is sent before the line has been quiet."""
        self._began = self._last = now
        return [Progress(0, len(self.script.steps), "wait until the device is silent")]

    def feed(self, data: bytes, now: float) -> list[Action]:
        """Takes what the device said."""
        if self.over or not data:
            return []
        self._last, self._judged = now, False
        for line in self._lines.feed(data):
            done = self._finished_line(line)
            if done:
                return done
        return []

    def tick(self, now: float) -> list[Action]:
        """Looks at what was said, and at the time."""
        if self.over or self.asking:
            return []
        silent = now - self._last
        if now - self._began > ALL_IN_ALL:
            return self._fail("This takes too long.", "Look at the console, then start again.")
        if self._at < 0:
            return self._when_quiet(silent, now)
        if silent >= SETTLE and not self._judged:
            return self._judge(silent, now)
        if max(silent, (now - self._step_began) / 10) >= self._step.seconds:
            return self._no_prompt()
        return []

    def give(self, value: str, now: float) -> list[Action]:
        """The technician's answer to `Ask`."""
        name, self.asking = self.asking, ""
        if self.over or not name:
            return []
        self._values[name] = value
        self._began += now - self._last  # the technician's time is not the script's
        self._last = self._step_began = now
        return self._answer(name)

    def stop(self) -> None:
        """Ends it: nothing is sent any more, secrets are forgotten."""
        self.over, self.asking = True, ""
        self._values.clear()

    @property
    def output(self) -> str:
        """What the commands printed so far."""
        return self._output.text()

    @property
    def _step(self) -> Step:
        return self.script.steps[max(self._at, 0)]

    # --- steps

    def _when_quiet(self, silent: float, now: float) -> list[Action]:
        if silent >= QUIET:
            return self._next(now)
        if now - self._began > TALKS_ON:
            todo = "Wait until it has booted, then start again."
            return self._fail("The device does not stop talking.", todo)
        return []

    def _next(self, now: float) -> list[Action]:
        self._at += 1
        total = len(self.script.steps)
        if self._at == total:
            self.stop()
            return [Progress(total, total, "done"), Done(self.output)]
        self._step_began = self._last = now
        self._judged, self._said = False, 0
        return [Progress(self._at, total, self._step.words), *self._begin(now)]

    def _begin(self, now: float) -> list[Action]:
        step, manner = self._step, self.script.manner
        if step.do is Do.RUN:
            self._lines.drop()
            self._behind = ""
            self._output.begin(step.text)
            return [Send(step.text.encode() + manner.enter)]
        known = (*step.until, "login", "password")
        if step.do is Do.WAIT or manner.named(self._lines.unfinished, known):
            return []  # judged at the next tick
        self._lines.drop()
        return [Send((b"enable" if step.do is Do.ENABLE else b"") + manner.enter)]

    def _finished_line(self, line: str) -> list[Action]:
        step, manner = self._step, self.script.manner
        if self._at < 0:
            return []
        if step.do is Do.RUN:
            if self._output.line(line) and line:
                self._said += 1
                if self._said <= NEW_LINES and manner.is_a("unknown", line):
                    return self._unknown(line)
                if self._prompt and begins_with_prompt(line, self._prompt):
                    self._behind = self._prompt
        elif manner.is_a("refused", line):
            return self._fail(*_REFUSED)
        elif step.do is Do.LOGIN and manner.is_a("wake", line):
            return self._wake()
        return []

    # --- prompts

    def _judge(self, silent: float, now: float) -> list[Action]:
        """What the unfinished line asks for, now that nothing more comes."""
        step, manner = self._step, self.script.manner
        text = self._lines.unfinished or self._behind
        asked = ("pager",) if step.do is Do.RUN else ("pager", "password", "login", "wake")
        first = () if "loader" in step.until else ("loader",)  # "loader>" looks like a host's name
        name = manner.named(text, (*first, *step.until, *asked, "refused", *_ELSEWHERE))
        if name in step.until:
            return self._reached(text, silent, now)
        self._judged = True
        if name == "pager":
            return self._turn_page()
        if name == "login":
            return self._answer("user")
        if name == "password":
            return self._answer("enable_password" if step.do is Do.ENABLE else "password")
        if name == "wake":
            return self._wake()
        if name == "refused":
            return self._fail(*_REFUSED)
        return self._elsewhere(name)

    def _reached(self, text: str, silent: float, now: float) -> list[Action]:
        another = self._prompt and not same_prompt(text, self._prompt)
        if self._step.do is Do.RUN and another and silent < STRANGER:
            return []  # perhaps a line of output that stopped half way
        self._judged, self._prompt = True, text
        return self._next(now)

    def _elsewhere(self, name: str) -> list[Action]:
        """A prompt of another sort; in the output of a command it may be a line like any other."""
        quiet = (Do.RUN, Do.WAIT) if name == "user" else (Do.RUN,)
        if name not in _ELSEWHERE or self._step.do in quiet:
            return []
        return self._fail(*_ELSEWHERE[name])

    def _turn_page(self) -> list[Action]:
        self._pages += 1
        self._lines.drop()
        if self._pages > PAGES:
            return self._fail("The output does not end.", "Look at it in the capture.")
        return [Send(self.script.manner.pager_answer)]

    def _wake(self) -> list[Action]:
        self._wakes += 1
        self._lines.drop()
        return [Send(self.script.manner.enter)] if self._wakes <= WAKES else []

    def _answer(self, name: str) -> list[Action]:
        """Answers a question once; asked again means that the answer was wrong."""
        if name in self._given:
            return self._fail(*_REFUSED)
        words, secret = QUESTIONS[name]
        if name not in self._values:
            self.asking = name
            return [Ask(name, words, secret)]
        self._given.add(name)
        self._lines.drop()
        return [Send(self._values.pop(name).encode() + self.script.manner.enter, secret)]

    # --- ends

    def _unknown(self, line: str) -> list[Action]:
        what = f"The device does not know {self._step.words}: {clean_line(line, 80)}"
        return self._fail(what, "Choose the script of its brand, or type the command yourself.")

    def _no_prompt(self) -> list[Action]:
        after = f"{self._step.seconds:.0f} seconds after {self._step.words}"
        todo = "Press Enter on the console; where a prompt comes, start again."
        return self._fail(f"No prompt came, {after}.", todo)

    def _fail(self, what: str, todo: str) -> list[Action]:
        self.stop()
        return [Failed(what, todo, self.output)]
