"""One embedded server: making its data folder, starting, stopping, killing, sharing it between processes."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tongban.config import write_private
from tongban.ops.database_url import address
from tongban.ops.postgres.binaries import Binaries, Identity, NoServer, can_reach, find_binaries, find_identity

ADMIN = "tongban_admin"
_PORT = 5432  # names the socket file only; no TCP port is opened
_SETTINGS = (
    "listen_addresses=",
    "max_connections=200",
    "shared_buffers=128MB",
    "jit=off",
    "timezone=UTC",
    "log_timezone=UTC",
    "unix_socket_permissions=0700",
)
_NOT_DURABLE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class Cluster:
    """One embedded server with its data under ``home``. Any process of the same user may start, use or stop it.

    ``durable=False`` trades crash safety for speed (tests only). ``major`` insists on a version.
    """

    def __init__(self, home: Path, *, durable: bool = True, major: int | None = None) -> None:
        self.home = home.resolve()
        self.durable = durable
        self._major = major
        self.log = self.home / "server.log"

    @property
    def data(self) -> Path:
        """The data folder. Under an unprivileged user who cannot reach ``home`` it lies in ``/var/tmp``."""
        moved = self.home / "data.path"
        return Path(moved.read_text().strip()) if moved.exists() else self.home / "data"

    @property
    def socket_dir(self) -> Path:
        """A short path, for a socket's may have 103 bytes at most on macOS."""
        name = hashlib.sha256(str(self.home).encode()).hexdigest()[:10]
        return Path(tempfile.gettempdir()) / f"tongban-{os.geteuid()}-{name}"

    def url(self, database: str = "postgres", *, user: str = ADMIN, password: str | None = None) -> str:
        """The address of a database on this server; without ``password`` the administrator's is used."""
        secret = (self.home / "password").read_text() if password is None else password
        return address(user=user, password=secret, host=str(self.socket_dir), port=_PORT, name=database)

    def pid(self) -> int | None:
        """The server's process id if it is running; a stale pid file counts as not running."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return None
        return pid if self._is_ours(pid) else None

    def _is_ours(self, pid: int) -> bool:
        proc = Path(f"/proc/{pid}")
        if sys.platform == "linux":
            try:
                command = (proc / "cmdline").read_bytes().decode(errors="replace")
            except OSError:
                return False
        else:
            command = subprocess.run(
                ["ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True
            ).stdout
        return "postgres" in command and str(self.data) in command

    def start(self) -> float:
        """Start the server if it is not running; make its data folder if there is none. Returns the seconds taken."""
        began = time.monotonic()
        self.home.mkdir(parents=True, exist_ok=True)
        with self._locked():
            if self.pid() is None:
                exists = (self.data / "PG_VERSION").exists()
                major = int((self.data / "PG_VERSION").read_text()) if exists else self._major
                binaries = find_binaries(major)
                identity = find_identity(binaries, self.data)
                if not exists:
                    self._create(binaries, identity)
                (self.data / "postmaster.pid").unlink(missing_ok=True)  # stale: pid() has just said so
                self._launch(binaries, identity)
        return time.monotonic() - began

    def stop(self, *, timeout: float = 30) -> None:
        """Disconnect everybody, write everything out, end. Does nothing if the server is not running."""
        with self._locked():
            self._signal(signal.SIGINT, timeout)

    def kill(self) -> None:
        """End the server as a power cut would, with all its processes; for tests of crash safety."""
        with self._locked():
            self._signal(signal.SIGKILL, 10)

    def destroy(self) -> None:
        """Stop the server and remove its files."""
        if self.home.exists():
            self.kill()
            shutil.rmtree(self.data, ignore_errors=True)
            shutil.rmtree(self.home, ignore_errors=True)
        shutil.rmtree(self.socket_dir, ignore_errors=True)

    @contextlib.contextmanager
    def in_use(self) -> Iterator[Cluster]:
        """Run the server for several processes at once: the first starts it, the last stops it."""
        self.home.mkdir(parents=True, exist_ok=True)
        with (self.home / "users.lock").open("a") as users:
            fcntl.flock(users, fcntl.LOCK_SH)
            self.start()
            try:
                yield self
            finally:
                with contextlib.suppress(BlockingIOError):
                    fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    self.stop()

    # --- inside ---------------------------------------------------------------------------------------------------
    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        with (self.home / "start.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _create(self, binaries: Binaries, identity: Identity) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        if identity.user and not can_reach(identity.user, self.home):
            write_private(self.home / "data.path", f"/var/tmp/{self.socket_dir.name}")  # noqa: S108 - 0700, kept over reboots
        self.data.mkdir(mode=0o700, parents=True)
        write_private(self.home / "password", secrets.token_urlsafe(24))
        self._own(self.data, identity)
        self._fresh_socket_dir(identity)
        handed = self.socket_dir / "password"  # a copy that the server's user can read
        write_private(handed, (self.home / "password").read_text())
        self._own(handed, identity)
        complaints = []
        for locale in ("C.UTF-8", "en_US.UTF-8"):  # the second for older macOS
            answer = self._run(
                binaries, identity, "initdb", "--pgdata", str(self.data), "--username", ADMIN, "--encoding=UTF8",
                f"--locale={locale}", "--auth=scram-sha-256", "--pwfile", str(handed), "--no-instructions",
                *(() if self.durable else ("--no-sync",)),
            )
            if answer.returncode == 0:
                break
            complaints.append(answer.stdout.strip()[-400:])
        else:
            shutil.rmtree(self.data, ignore_errors=True)
            raise NoServer("initdb failed: " + "\n".join(complaints))
        with (self.data / "postgresql.conf").open("a") as conf:
            for line in _SETTINGS if self.durable else (*_SETTINGS, *_NOT_DURABLE):
                name, _, value = line.partition("=")
                conf.write(f"{name} = '{value}'\n")

    def _launch(self, binaries: Binaries, identity: Identity) -> None:
        self._fresh_socket_dir(identity)
        log = self.log
        if identity.user:
            log = self.data / "server.log"
        tail = ""
        for _ in range(5):  # the processes of a killed server need a moment to notice
            answer = self._run(
                binaries, identity, "pg_ctl", "start", "--wait", "--timeout=120", "--silent",
                "--pgdata", str(self.data), "--log", str(log),
                "--options", f"-D {_quoted(self.data)} -k {_quoted(self.socket_dir)}",
            )
            if answer.returncode == 0:
                return
            tail = log.read_text(errors="replace")[-800:] if log.exists() else ""
            if "still in use" not in tail:
                break
            time.sleep(0.5)
        raise NoServer(f"PostgreSQL did not start: {answer.stdout.strip()}\n{tail}")

    def _fresh_socket_dir(self, identity: Identity) -> None:
        shutil.rmtree(self.socket_dir, ignore_errors=True)
        self.socket_dir.mkdir(mode=0o700)
        self._own(self.socket_dir, identity)

    def _run(
        self, binaries: Binaries, identity: Identity, program: str, *args: str
    ) -> subprocess.CompletedProcess[str]:
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "LC_", "LANG"))}
        with tempfile.TemporaryFile("w+") as out:  # a pipe would stay open in the server
            result = subprocess.run(
                [*identity.prefix, str(binaries.folder / program), *args],
                stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, text=True, timeout=180, cwd="/",
                env={**environment, "LC_ALL": "C", "TZ": "UTC"}, start_new_session=True,
                user=identity.user, extra_groups=() if identity.user else None,
                group=pwd.getpwnam(identity.user).pw_gid if identity.user else None,
            )
            out.seek(0)
            result.stdout = out.read()
        return result

    def _own(self, path: Path, identity: Identity) -> None:
        if identity.user:
            shutil.chown(path, identity.user, pwd.getpwnam(identity.user).pw_gid)

    def _signal(self, number: signal.Signals, timeout: float) -> None:
        pid = self.pid()
        if pid is None:
            return
        os.kill(pid, number)
        deadline = time.monotonic() + timeout
        while self._is_ours(pid):
            if time.monotonic() > deadline:
                raise NoServer(f"PostgreSQL (process {pid}) does not stop; see {self.log}")
            time.sleep(0.02)


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "'\\''") + "'"
