"""Captures over the network: a plain TCP server, and a real ser2net that speaks RFC 2217."""

from __future__ import annotations

import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from bench.evidence.capture_format import Kind
from bench.hardware.captures import Running
from bench.hardware.serial_port import PortGone
from tests.hardware.console_device import Captures, Device, raw_of, size_of, until
from tests.hardware.test_capture_process import fields_of

_SER2NET = shutil.which("ser2net", path="/usr/sbin:/sbin:/usr/local/sbin:/usr/bin")
_EVERY = bytes(range(256)) * 200


def test_a_connection_that_is_lost_and_made_again(captures: Captures) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        one = captures.start(f"socket://127.0.0.1:{server.getsockname()[1]}")
        far, _ = server.accept()
        far.sendall(_EVERY)
        until(lambda: size_of(one) == len(_EVERY))
        far.close()
        far, _ = server.accept()
        far.sendall(b"again")
        until(lambda: size_of(one) == len(_EVERY) + 5)
        one.send(b"x" * 60_000)
        got = b""
        while len(got) < 60_000:
            got += far.recv(65536)
        one.close()
        far.close()
    assert raw_of(one) == _EVERY + b"again"
    assert got == b"x" * 60_000
    assert fields_of(one.folder, Kind.GONE) == [{"why": "connection lost", "o": len(_EVERY)}]


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _ready(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


class Server:
    """A real ser2net before a device; `number` is its TCP port."""

    def __init__(self, folder: Path, device: Path, number: int) -> None:
        self.number = number
        config = folder / "ser2net.yaml"
        config.write_text(
            "connection: &console\n"
            f"  accepter: telnet(rfc2217),tcp,127.0.0.1,{number}\n"
            f"  connector: serialdev,{device},115200n81,local\n"
            "  options:\n    kickolduser: true\n"
        )
        command = [str(_SER2NET), "-n", "-c", str(config)]
        self._process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        until(lambda: _ready(number))

    def close(self) -> None:
        """Ends the server."""
        self._process.kill()
        self._process.wait()


@pytest.mark.skipif(not _SER2NET, reason="ser2net is not installed")
def test_a_terminal_server_that_speaks_rfc2217(
    device: Device, captures: Captures, tmp_path: Path
) -> None:
    server = Server(tmp_path, device.link, _free_port())
    one = captures.start(f"rfc2217://127.0.0.1:{server.number}")
    device.say(_EVERY)
    until(lambda: size_of(one) == len(_EVERY))
    one.send(b"\xff\xffshow\r")
    assert device.heard(0.5) == b"\xff\xffshow\r"
    one.baud(9600)
    one.break_(10)
    again = _restarted(server, one, device, tmp_path)
    one.close()
    again.close()
    assert raw_of(one) == _EVERY + b"again"
    assert [record["why"] for record in fields_of(one.folder, Kind.GONE)] == ["connection lost"]


def _restarted(server: Server, one: Running, device: Device, folder: Path) -> Server:
    server.close()
    until(lambda: one.status()["state"] == "gone")
    again = Server(folder, device.link, server.number)
    until(lambda: one.status()["state"] == "open")
    device.say(b"again")
    until(lambda: raw_of(one).endswith(b"again"))
    return again


def test_a_server_that_is_not_there(captures: Captures) -> None:
    with pytest.raises(PortGone, match="gives no console"):
        captures.start(f"rfc2217://127.0.0.1:{_free_port()}")
