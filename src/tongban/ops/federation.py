"""Several nodes on one machine, each with a database, a web process and a worker: the demo, and the ground of tests.

``Federation(home, port_base=…).start()`` prepares what is missing, starts everything and waits until every node says it
is ready; ``stop()`` ends it in reverse order. Nothing here is needed to run a single node.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import IO

from tongban import config as configuration
from tongban.config import CHECKOUT, Config
from tongban.directory.keyring import replace_file
from tongban.kernel.ids import NodeId
from tongban.ops import demo_nodes
from tongban.ops.absent import LOCK
from tongban.ops.boot import NODE_FILE
from tongban.ops.children import Lifeline, run_to_end
from tongban.ops.databases import Server
from tongban.ops.files import digest_of
from tongban.ops.nodes import Node, Trouble, readiness
from tongban.ops.postgres import Cluster

__all__ = ["ALL", "Federation", "Node", "Trouble", "data_version", "readiness"]

ALL = tuple(node.node for node in demo_nodes.NODES)


def data_version() -> str:
    """The digest of everything that decides what a freshly loaded database holds."""
    program = CHECKOUT / "src" / "tongban"
    return digest_of(
        [*program.glob("*/migrations/*.py"), *program.glob("*/loading*.py"), *program.glob("*/static/**/*.*"),
         *program.glob("organizations/**/*.py"), *program.glob("items/**/*.py"),
         *(f for f in (CHECKOUT / "data").rglob("*") if f.is_file())]
    )  # fmt: skip


class Federation:
    """Nodes on this machine. ``home`` keeps everything; ``port_base`` B puts node 00 on B, 63 on B+63 and so on.

    ``server_url``: a PostgreSQL where databases may be created; without it the embedded one is started.
    ``shared``: a folder for what several federations on one server share (tests): roles and the loaded template.
    ``one_cluster_per_node``: every node has an embedded server of its own (it can then be killed by itself).
    ``overrides`` changes the configuration of all nodes, ``of_node`` that of single ones.
    ``durable=False``: no fsync, for tests that do not look at crashes of the database. ``say`` takes progress lines.
    """

    def __init__(
        self, home: Path, *, port_base: int = 8000, nodes: Sequence[str] = ALL, server_url: str = "",
        prefix: str = "tongban", shared: Path | None = None, one_cluster_per_node: bool = False, durable: bool = True,
        overrides: dict[str, object] | None = None,
        of_node: Mapping[str, Mapping[str, object]] | None = None, say: Callable[[str], object] = lambda _: None,
    ) -> None:  # fmt: skip
        self.home = home.resolve()
        self.port_base = port_base
        self.say = say
        self.logs = self.home / "logs"
        self._server_url = server_url
        self._prefix = prefix
        self._common = shared
        self._one_cluster = not one_cluster_per_node
        self._overrides = overrides or {}
        self._of_node = of_node or {}
        self._lifeline = Lifeline()
        self._lock: IO[str] | None = None
        self.clusters: dict[str, Cluster] = {}
        if not server_url:
            only = Cluster(self.home / "postgres", durable=durable)
            for node in nodes:
                own = Cluster(self.home / "nodes" / node / "postgres", durable=durable)
                self.clusters[node] = only if self._one_cluster else own
        self._plan = [plan for plan in demo_nodes.NODES if plan.node in nodes]
        self.nodes: dict[str, Node] = {}

    def __getitem__(self, node: str) -> Node:
        return self.nodes[node]

    # --- life -----------------------------------------------------------------------------------------------------
    def start(self) -> None:
        """Prepare, start every node and wait until all are ready."""
        self.prepare()
        self.say("starting web and worker of every node")
        for node in self.nodes.values():
            node.start()
        for node in self.nodes.values():
            node.wait_until_ready()
            self.say(f"node {node.id} {node.config.node_name} answers at {node.url}/")

    def stop(self) -> None:
        """Stop what runs, in reverse order: workers and webs, then the databases. Safe to call at any time.

        Without the home's lock nothing here is ours: another process may be running these very nodes.
        """
        children = [child for node in reversed(self.nodes.values()) for child in reversed(node.children)]
        for child in children:
            child.ask_to_stop()
        for child in children:
            child.stop()
        if self._lock is not None:
            for cluster in set(self.clusters.values()):
                if cluster.home.exists():
                    cluster.stop()
            self._lock.close()
            self._lock = None
        self._lifeline.close()

    def look_after(self) -> None:
        """Restart children that ended by themselves; call it every now and then."""
        for node in self.nodes.values():
            for child in node.children:
                pause = min(30, 2**child.restarts)
                if child.wanted and not child.running and time.monotonic() - child.started_at > pause:
                    code = child.process.returncode if child.process else None
                    self.say(f"{child.name} ended with code {code}: started again (see {child.log})")
                    child.restarts += 1
                    child.start()

    # --- preparation ----------------------------------------------------------------------------------------------
    def prepare(self) -> None:
        """Everything short of starting the nodes: ports, server, keys, trust list, databases with their data."""
        self.home.mkdir(parents=True, exist_ok=True)
        self._take_lock()
        configs = [self._config(plan) for plan in self._plan]
        self._check_ports(configs)
        servers = self._start_servers()
        trust = demo_nodes.enrol(configs)
        self.say(f"keys and trust list version {trust.version} are in place")
        configs = [
            replace(cfg, database_url=server.app_url(server.name(cfg.node_id)),
                    owner_database_url=server.owner_url(server.name(cfg.node_id)))
            for cfg, server in ((cfg, servers[cfg.node_id]) for cfg in configs)
        ]  # fmt: skip
        self._prepare_databases(configs, servers)
        for cfg in configs:
            (cfg.home / NODE_FILE).unlink(missing_ok=True)
            configuration.write_private(cfg.home / NODE_FILE, json.dumps(cfg.environment(), ensure_ascii=False))
        self.nodes = {cfg.node_id: Node(cfg, self.logs, self._lifeline) for cfg in configs}

    def _config(self, plan: demo_nodes.DemoNode) -> Config:
        port = self.port_base + int(plan.node)
        values: dict[str, object] = {
            "node_id": NodeId(plan.node), "node_name": plan.name, "home": self.home / "nodes" / plan.node,
            "port": port, "base_url": f"http://127.0.0.1:{port}", "demo": True, "plain_http_loopback": True,
            "directory_url": f"http://127.0.0.1:{self.port_base}", "static_root": self.home / "static",
            "brand_name": plan.brand_name, "brand_app": plan.brand_app, "brand_color": plan.color,
            "root_fingerprint": configuration.DEMO_ROOT_FINGERPRINT,
        }  # fmt: skip
        return configuration.read({}, **{**values, **self._overrides, **self._of_node.get(plan.node, {})})

    def _take_lock(self) -> None:
        lock = (self.home / LOCK).open("a")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise Trouble(f"these nodes are running already (home {self.home}); stop them with Ctrl-C there") from None
        self._lock = lock

    def _check_ports(self, configs: list[Config]) -> None:
        taken = []
        for cfg in configs:
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((cfg.bind, cfg.port))
                except OSError:
                    taken.append(str(cfg.port))
        if taken:
            raise Trouble(
                f"port {', '.join(taken)} is taken by another program: stop it, or choose other ports, "
                f"e.g. PORT_BASE={self.port_base + 1000} make run"
            )

    def _start_servers(self) -> dict[str, Server]:
        servers = {}
        for plan in self._plan:
            if self._server_url:
                role_prefix = f"tb{digest_of([self._common / 'id'])[:6]}" if self._common else ""
                keeper = self._common or self.home / "roles"
                servers[plan.node] = Server(self._server_url, keeper, self._prefix, role_prefix=role_prefix)
                continue
            cluster = self.clusters[plan.node]
            if cluster.pid() is None:
                seconds = cluster.start()
                self.say(f"embedded PostgreSQL runs, data in {cluster.data} ({seconds:.1f} s)")
            servers[plan.node] = Server(cluster.url(), cluster.home, self._prefix)
        prepared = {server: server.prepared() for server in set(servers.values())}
        if not all(server.separate for server in prepared.values()):
            self.say("the database user may not create roles: owner and application share one role")
        return {node: prepared[server] for node, server in servers.items()}

    def _prepare_databases(self, configs: list[Config], servers: dict[str, Server]) -> None:
        now = data_version()
        for server in dict.fromkeys(servers.values()):
            mine = [cfg for cfg in configs if servers[cfg.node_id] == server]
            there = server.databases()
            new = [cfg for cfg in mine if server.name(cfg.node_id) not in there]
            old = [cfg for cfg in mine if cfg not in new and self._stamp(cfg) != now]
            if new:
                self._make_from_template(new, server, now)
            if old:
                self.say(f"bringing {len(old)} databases up to date")
            try:
                self._run_all([(cfg, ("init",)) for cfg in old])
            except Trouble as trouble:
                raise Trouble(f"{trouble}\nthese data are an earlier version's; `make reset` clears them") from None
            self._run_all([(cfg, ("load", "--node")) for cfg in new])
            for cfg in (*new, *old):
                replace_file(cfg.home / "prepared", now.encode())
        self.say(f"{len(configs)} databases are ready")

    def _make_from_template(self, new: list[Config], server: Server, version: str) -> None:
        template = server.name("template")
        with contextlib.ExitStack() as stack:
            if self._common:  # kept for the next federation, under the version of what it holds
                template = f"{server.role_prefix}_template_{version[:12]}"
                lock = stack.enter_context((self._common / "template.lock").open("a"))
                fcntl.flock(lock, fcntl.LOCK_EX)
            if not (self._common and server.exists(template)):
                self._load_template(template, new[0], server)
            for cfg in new:
                server.create(server.name(cfg.node_id), template=template)
            if not self._common:
                server.drop(template)

    def _load_template(self, template: str, first: Config, server: Server) -> None:
        unfinished = f"{server.role_prefix or server.prefix}_unfinished"
        server.drop(unfinished)
        server.create(unfinished)
        self.say("creating tables and loading regions, calendar, catalog and organizations once")
        urls = {"database_url": server.app_url(unfinished), "owner_database_url": server.owner_url(unfinished)}
        self._run_all([(configuration.read({}, **{**asdict(first), **urls}), ("init", "--common"))])
        server.drop(template)
        server.rename(unfinished, template)

    def _stamp(self, cfg: Config) -> str:
        file = cfg.home / "prepared"
        return file.read_text() if file.exists() else ""

    def _run_all(self, tasks: list[tuple[Config, tuple[str, ...]]]) -> None:
        log = self.logs / "prepare.log"
        running = [(cfg, words, run_to_end(words, cfg.environment(), log)) for cfg, words in tasks]
        try:
            for cfg, words, process in running:
                if process.wait() != 0:
                    tail = "\n".join(log.read_text(errors="replace").splitlines()[-20:])
                    raise Trouble(f"`tongban {' '.join(words)}` failed for node {cfg.node_id}; end of {log}:\n{tail}")
        finally:
            for _, _, process in running:
                if process.poll() is None:
                    process.kill()
                    process.wait()
