"""Command scripts against devices that are played as text: prompts, echo, pages, refusals, stop."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from bench.datafile import data_dir
from bench.evidence.console_lines import KEPT, LONGEST_LINE
from bench.evidence.profiles import load_profiles
from bench.evidence.script import PAGES, QUIET, SETTLE, TALKS_ON, WAKES, Runner
from bench.evidence.script_steps import Action, Ask, Done, Failed, Progress, Script, Send

PROFILES = load_profiles(data_dir() / "console.toml")
STEP = 0.1

Device = Callable[[bytes], bytes]
"""What a device says to what it is sent."""


def script(brand: str, wanted: str) -> Script:
    """A script that ships."""
    found = PROFILES.profile_for(brand).script(wanted)
    assert found
    return found


class Play:
    """A runner and a device that answers at once, in a time of its own."""

    def __init__(self, runner: Runner, device: Device, size: int = 0) -> None:
        self.runner, self.device, self.size = runner, device, size
        self.now = 0.0
        self.sent: list[Send] = []
        self.actions: list[Action] = []

    def run(self, seconds: float = 1000.0) -> Action:
        """Until it ends or asks; returns the last action."""
        if not self.actions:
            self._take(self.runner.start(self.now))
        until = self.now + seconds
        while not self.runner.over and not self.runner.asking and self.now < until:
            self.now += STEP
            self._take(self.runner.tick(self.now))
        return self.actions[-1]

    def say(self, data: bytes) -> None:
        """The device speaks by itself, in pieces of `size` bytes."""
        size = self.size or len(data) or 1
        for at in range(0, len(data), size):
            self._take(self.runner.feed(data[at : at + size], self.now))

    def _take(self, actions: list[Action]) -> None:
        self.actions += actions
        for action in actions:
            if isinstance(action, Send):
                self.sent.append(action)
                self.say(self.device(action.data))

    @property
    def bytes_sent(self) -> list[bytes]:
        """Everything that the device got."""
        return [one.data for one in self.sent]


def answers(table: Mapping[bytes, bytes]) -> Device:
    """A device that knows these answers, and echoes nothing of its own."""
    return lambda sent: table.get(sent, b"")


VERSION = (
    b"show version\r\nCisco IOS Software, Version 15.2(7)E\r\nProcessor board ID FOC1234X0YZ\r\n"
)
CISCO = {
    b"\r": b"\r\n\r\nUsername: ",
    b"ana\r": b"ana\r\nPassword: ",
    b"s3cret\r": b"\r\n\r\nswitch-1>",
    b"show version\r": VERSION + b"\r\nswitch-1>",
}


def test_log_in_and_show_version() -> None:
    play = Play(
        Runner(script("Cisco", "version"), {"user": "ana", "password": "s3cret"}), answers(CISCO)
    )
    done = play.run()
    assert isinstance(done, Done)
    assert done.output.splitlines()[:2] == [
        "> show version",
        "Cisco IOS Software, Version 15.2(7)E",
    ]
    assert done.output.endswith("Processor board ID FOC1234X0YZ")
    assert play.bytes_sent == [b"\r", b"ana\r", b"s3cret\r", b"show version\r"]
    assert [one.secret for one in play.sent] == [False, False, True, False]
    progress = [one for one in play.actions if isinstance(one, Progress)]
    assert [(one.done, one.total) for one in progress] == [(0, 2), (0, 2), (1, 2), (2, 2)]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 50])
def test_however_the_bytes_come(size: int) -> None:
    runner = Runner(script("Cisco", "version"), {"user": "ana", "password": "s3cret"})
    done = Play(runner, answers(CISCO), size).run()
    assert isinstance(done, Done)
    assert "Processor board ID FOC1234X0YZ" in done.output


def test_nothing_is_sent_before_the_line_is_quiet() -> None:
    play = Play(Runner(script("Cisco", "version")), answers({}))
    play.run(QUIET - 2 * STEP)
    play.say(b"Hit any key to stop autoboot:  3 ")
    play.run(1.0)
    play.say(b"\b\b\b 2 ")
    play.run(1.0)
    assert play.bytes_sent == []
    play.run(QUIET)
    assert play.bytes_sent == [b"\r"]


def test_a_device_that_goes_on_talking() -> None:
    play = Play(Runner(script("Cisco", "version")), answers({}))
    while not play.runner.over:
        play.say(b".")
        play.run(1.0)
    failed = play.actions[-1]
    assert isinstance(failed, Failed)
    assert "does not stop talking" in failed.what
    assert play.bytes_sent == []
    assert play.now <= TALKS_ON + 2


def test_a_prompt_that_stands_there_needs_no_enter() -> None:
    play = Play(Runner(script("Cisco", "version"), seen=b"\r\nswitch-1>"), answers(CISCO))
    assert isinstance(play.run(), Done)
    assert play.bytes_sent == [b"show version\r"]


def test_the_technician_is_asked_and_has_time() -> None:
    play = Play(Runner(script("Cisco", "version")), answers(CISCO))
    assert play.run() == Ask("user", "The device asks for a user name.", False)
    play.now += 3600
    play._take(play.runner.give("ana", play.now))
    asked = play.run()
    assert isinstance(asked, Ask)
    assert (asked.name, asked.secret) == ("password", True)
    play.now += 3600
    play._take(play.runner.give("s3cret", play.now))
    assert isinstance(play.run(), Done)


def test_secrets_are_forgotten_and_not_told() -> None:
    runner = Runner(script("Cisco", "version"), {"user": "ana", "password": "s3cret"})
    play = Play(runner, answers(CISCO))
    play.run()
    told = repr(play.actions) + repr(vars(runner)) + repr(vars(runner._output))
    assert "s3cret" not in told
    assert b"s3cret\r" in play.bytes_sent


def test_stopping_forgets_them_too() -> None:
    runner = Runner(script("Cisco", "version"), {"password": "s3cret"})
    runner.start(0.0)
    runner.stop()
    assert "s3cret" not in repr(vars(runner))
    assert runner.feed(b"Username: ", 1.0) == runner.tick(9.0) == runner.give("x", 9.0) == []


@pytest.mark.parametrize(
    "told", [b"\r\n% Login invalid\r\n\r\nUsername: ", b"\r\nUsername: ", b"\r\nPassword: "]
)
def test_a_wrong_password_is_given_once(told: bytes) -> None:
    device = answers({**CISCO, b"s3cret\r": told})
    play = Play(Runner(script("Cisco", "version"), {"user": "ana", "password": "s3cret"}), device)
    failed = play.run()
    assert isinstance(failed, Failed)
    assert failed.what == "The device refuses this name or password."
    assert play.bytes_sent.count(b"s3cret\r") == 1


def test_a_question_for_a_new_password_gets_no_answer() -> None:
    device = answers({b"\r": b"\r\nNew Password: "})
    play = Play(Runner(script("Cisco", "version"), {"password": "s3cret"}), device)
    failed = play.run()
    assert isinstance(failed, Failed)
    assert "No prompt came" in failed.what
    assert play.bytes_sent == [b"\r"]


def test_pages_are_turned_and_leave_no_trace() -> None:
    pages = iter(
        [
            b"\b\b\b\b\b\b\b\b\b         \b\b\b\b\b\b\b\b\bline 2\r\n --More-- ",
            b"\r          \rline 3\r\n\r\nswitch-1#",
        ]
    )

    def device(sent: bytes) -> bytes:
        return next(pages) if sent == b" " else b"show version\r\nline 1\r\n --More-- "

    play = Play(Runner(script("Cisco", "version"), seen=b"switch-1#"), device)
    done = play.run()
    assert isinstance(done, Done)
    assert done.output.splitlines() == ["> show version", "line 1", "line 2", "line 3"]
    assert play.bytes_sent == [b"show version\r", b" ", b" "]


def test_pages_without_end() -> None:
    play = Play(Runner(script("Cisco", "version"), seen=b"switch-1#"), lambda _: b"x\r\n --More-- ")
    failed = play.run()
    assert isinstance(failed, Failed)
    assert failed.what == "The output does not end."
    assert play.bytes_sent.count(b" ") == PAGES


def test_half_a_line_is_no_prompt() -> None:
    play = Play(Runner(script("Cisco", "version"), seen=b"switch-1>"), answers({}))
    play.run(QUIET + 1)
    play.say(b"show version\r\nuptime is 3 days\r\nswitch-1>")
    play.now += SETTLE / 2
    play._take(play.runner.tick(play.now))
    play.say(b" is how the prompt looks\r\nbanner>")
    play.run(1.0)  # longer than a pause in a line; but it is another prompt than before
    play.say(b"\r\nrest\r\nswitch-1>")
    done = play.run()
    assert isinstance(done, Done)
    assert done.output.splitlines()[-1] == "rest"


def test_a_message_behind_the_prompt() -> None:
    late = b"switch-1>*Mar  1 00:01:02: %LINK-3-UPDOWN: Interface Gi0/1 up\r\n"
    device = answers({**CISCO, b"show version\r": VERSION + late})
    done = Play(Runner(script("Cisco", "version"), seen=b"switch-1>"), device).run()
    assert isinstance(done, Done)
    assert "%LINK-3-UPDOWN" in done.output


def test_a_prompt_that_counts() -> None:
    device = answers(
        {
            b"show version\r": b"show version\r\nSwitch : 800618-00-01 1516N-41234\r\n\x1b[K"
            b"* X440.2 # ",
            b"show switch\r": b"show switch\r\nSysName: X440\r\n* X440.3 # ",
        }
    )
    done = Play(Runner(script("Extreme", "version"), seen=b"X440.1 # "), device).run()
    assert isinstance(done, Done)
    assert "1516N-41234" in done.output
    assert "SysName: X440" in done.output


def test_colours_in_a_prompt() -> None:
    device = answers(
        {
            b"uname -a\r": b"uname -a\r\nLinux box 2.6.32\r\n"
            b"\x1b]0;root@box\x07\x1b[01;32mroot@box\x1b[0m:~# "
        }
    )
    done = Play(Runner(script("", "system"), seen=b"\x1b[32mroot@box\x1b[0m:~# "), device).run()
    assert isinstance(done, Done)
    assert done.output == "> uname -a\nLinux box 2.6.32"


def test_the_menu_of_a_pulse_console() -> None:
    menu = b"\r\nWelcome!\r\nSerial Number: 0331122017001\r\n  1. Network Settings\r\nChoice: "
    play = Play(Runner(script("Pulse Secure", "menu")), lambda sent: menu)
    done = play.run()
    assert isinstance(done, Done)
    assert "Serial Number: 0331122017001" in done.output
    assert play.bytes_sent == [b"\r"]


def test_enable_asks_for_its_own_password() -> None:
    device = answers(
        {
            b"enable\r": b"enable\r\nPassword: ",
            b"more\r": b"\r\nswitch-1#",
            b"show logging\r": b"show logging\r\nSyslog logging: enabled\r\nswitch-1#",
        }
    )
    play = Play(Runner(script("Cisco", "log"), {"enable_password": "more"}, b"switch-1>"), device)
    done = play.run()
    assert isinstance(done, Done)
    assert "Syslog logging: enabled" in done.output
    assert play.bytes_sent == [b"enable\r", b"more\r", b"show logging\r"]


def test_no_rights_for_enable() -> None:
    device = answers(
        {
            b"enable\r": b"enable\r\nPassword: ",
            b"more\r": b"\r\n% Access denied\r\n\r\nswitch-1>",
        }
    )
    play = Play(Runner(script("Cisco", "log"), {"enable_password": "more"}, b"switch-1>"), device)
    failed = play.run()
    assert isinstance(failed, Failed)
    assert "refuses" in failed.what


def test_enable_without_a_question() -> None:
    play = Play(
        Runner(script("Cisco", "log"), seen=b"switch-1>"),
        answers({b"enable\r": b"enable\r\nswitch-1>"}),
    )
    failed = play.run()
    assert isinstance(failed, Failed)
    assert failed.what == "The device gives no further rights."


@pytest.mark.parametrize("prompt", [b"rommon 1 > ", b"switch: ", b"loader> ", b"=> ", b"U-Boot> "])
def test_in_a_loader_nothing_is_logged_in(prompt: bytes) -> None:
    play = Play(Runner(script("", "version")), answers({b"\r": b"\r\n" + prompt}))
    failed = play.run()
    assert isinstance(failed, Failed)
    assert failed.what == "The device stands in its boot loader."
    assert play.bytes_sent == [b"\r"]


def test_a_script_for_the_loader() -> None:
    device = answers(
        {
            b"version\r": b"version\r\nU-Boot 2021.04 (May 01 2022)\r\n=> ",
            b"bdinfo\r": b"bdinfo\r\nethaddr = 00:15:65:aa:bb:cc\r\n=> ",
        }
    )
    done = Play(Runner(script("Yealink", "loader"), seen=b"=> "), device).run()
    assert isinstance(done, Done)
    assert "ethaddr = 00:15:65:aa:bb:cc" in done.output


def test_waiting_sends_nothing() -> None:
    play = Play(Runner(script("Yealink", "loader")), answers({}))
    failed = play.run()
    assert isinstance(failed, Failed)
    assert failed.what == "No prompt came, 5 seconds after wait for a prompt."
    assert play.bytes_sent == []


def test_press_return_to_get_started() -> None:
    told = iter([b"\r\nPress RETURN to get started.\r\n\r\n", b"\r\nswitch-1>"])
    device = answers({b"show version\r": VERSION + b"switch-1>"})
    play = Play(
        Runner(script("Cisco", "version")),
        lambda sent: next(told) if sent == b"\r" else device(sent),
    )
    assert isinstance(play.run(), Done)
    assert play.bytes_sent == [b"\r", b"\r", b"show version\r"]


def test_waking_has_an_end() -> None:
    play = Play(Runner(script("Cisco", "version")), lambda _: b"Press RETURN to get started.\r\n")
    assert isinstance(play.run(), Failed)
    assert play.bytes_sent == [b"\r"] * (1 + WAKES)


def test_a_command_that_the_device_does_not_know() -> None:
    told = b"show version\r\n     ^\r\n% Invalid input detected at '^' marker.\r\n\r\nswitch-1>"
    play = Play(
        Runner(script("Cisco", "version"), seen=b"switch-1>"), answers({b"show version\r": told})
    )
    failed = play.run()
    assert isinstance(failed, Failed)
    assert failed.what.startswith("The device does not know “show version”: % Invalid input")


def test_a_device_that_says_nothing() -> None:
    play = Play(Runner(script("Cisco", "version")), answers({}))
    failed = play.run()
    assert isinstance(failed, Failed)
    assert failed.what == "No prompt came, 30 seconds after log in."
    assert "Press Enter" in failed.todo


def test_a_flood_is_bounded() -> None:
    runner = Runner(script("Cisco", "version"), seen=b"switch-1>")
    play = Play(runner, answers({}))
    play.run(QUIET + 1)
    for _ in range(40):
        play.say(b"x" * 60_000)  # never a line end
        play.say(b"a line\r\n" * 1000)
    assert len(runner.output) < 2 * KEPT
    assert len(runner._lines._rest) <= LONGEST_LINE
    play.say(b"switch-1>")
    done = play.run()
    assert isinstance(done, Done)
    assert "further lines stand in the capture" in done.output


def test_the_output_holds_nothing_that_steers() -> None:
    told = b"show version\r\n\x1b]52;c;cHduZWQ=\x07\x9b6n\x00\xe2\x80\xaeversion 1\r\nswitch-1>"
    done = Play(
        Runner(script("Cisco", "version"), seen=b"switch-1>"), answers({b"show version\r": told})
    ).run()
    assert isinstance(done, Done)
    assert all(line.isprintable() for line in done.output.splitlines())
    assert "version 1" in done.output
