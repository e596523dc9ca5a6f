"""The federation that is broken: one database cluster a node, a gateway before every node, a small disk if possible."""

from __future__ import annotations

import contextlib
import fcntl
import shutil
import socket
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from tongban import config as configuration
from tongban.config import Config
from tongban.ops import demo_nodes
from tongban.ops.federation import Federation, data_version
from tongban.ops.postgres import Cluster

from .proxy import Gateway

PROVINCES: Final = ("63", "44", "14")
DISK_MB: Final = 640
_FILLER: Final = "filler"
# The old trust list is copied: the next one must be newer than what the databases have adopted.
_NOT_COPIED = shutil.ignore_patterns("*.lock", "enrolment*", "root.*", "node.json")


class Ground(Federation):
    """``home`` should be fresh. ``disk_of``: whose database gets a disk of :data:`DISK_MB`, if we may mount."""

    def __init__(
        self, home: Path, *, nodes: Sequence[str], seed: int, disk_of: str = "", say: Callable[[str], object]
    ) -> None:
        self._base = configuration.default_home() / "chaos-ground"
        port_base = _free_ports(nodes)
        super().__init__(
            home, port_base=port_base, nodes=nodes, one_cluster_per_node=True,
            overrides={"static_root": self._base / "static", "log_level": "warning"}, say=say,
        )  # fmt: skip
        self.gateways = {node: Gateway(port_base + int(node), seed + int(node)) for node in nodes}
        self._disk_of = disk_of
        self.disk: Path | None = None

    def prepare(self) -> None:
        make_base(self._base, self.say)
        for node, cluster in self.clusters.items():
            cluster.home.mkdir(parents=True, exist_ok=True)
            if node == self._disk_of:
                self.disk = _mounted(cluster.home)
            for source, target in ((self._base / "nodes" / node, self.home / "nodes" / node),
                                   (self._base / "postgres", cluster.home)):  # fmt: skip
                shutil.copytree(source, target, dirs_exist_ok=True, ignore=_NOT_COPIED)
        for gateway in self.gateways.values():
            gateway.start()
        super().prepare()

    def stop(self) -> None:
        try:
            super().stop()
        finally:
            for gateway in self.gateways.values():
                with contextlib.suppress(OSError):
                    gateway.stop()
            if self.disk is not None:
                subprocess.run(["umount", "--lazy", str(self.disk)], check=False)
                self.disk = None

    def destroy(self) -> None:
        """Stop, and remove the databases."""
        self.stop()
        for cluster in self.clusters.values():
            cluster.destroy()

    def fill_disk(self) -> bool:
        """Use up the small disk; False if there is none."""
        if self.disk is None:
            return False
        with contextlib.suppress(OSError), (self.disk / _FILLER).open("wb") as file:
            while True:
                file.write(b"\0" * 65536)
                file.flush()
        return True

    def free_disk(self) -> None:
        if self.disk is not None:
            (self.disk / _FILLER).unlink(missing_ok=True)

    def _config(self, plan: demo_nodes.DemoNode) -> Config:
        return replace(super()._config(plan), base_url=self.gateways[plan.node].url)


def make_base(base: Path, say: Callable[[str], object]) -> None:
    """A stopped cluster with loaded databases, and the keys that go with them: kept, and copied for every run."""
    version = data_version()
    stamp = base / "version"
    base.mkdir(parents=True, exist_ok=True)
    with (base / "making.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if stamp.exists() and stamp.read_text() == version:
            return
        say("making the databases once, to be copied from then on")
        stamp.unlink(missing_ok=True)
        Cluster(base / "postgres").destroy()
        shutil.rmtree(base / "nodes", ignore_errors=True)
        made = Federation(base, port_base=_free_ports(PROVINCES), nodes=PROVINCES,
                          overrides={"static_root": base / "static"})  # fmt: skip
        try:
            made.prepare()
        finally:
            made.stop()
        stamp.write_text(version)


def _mounted(place: Path) -> Path | None:
    """A memory disk of limited size at ``place``, or None where we may not mount."""
    words = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m,mode=0700", "tongban-chaos", str(place)]
    try:
        done = subprocess.run(words, capture_output=True, check=False)
    except OSError:
        return None
    return place if done.returncode == 0 else None


def _free_ports(nodes: Sequence[str]) -> int:
    for base in range(27000, 60000, 100):
        with contextlib.ExitStack() as stack:
            try:
                for node in nodes:
                    stack.enter_context(socket.socket()).bind(("127.0.0.1", base + int(node)))
            except OSError:
                continue
            return base
    raise RuntimeError("no free ports")
