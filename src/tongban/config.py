"""The one typed configuration of a node, and the only place that reads the environment.

Every field names its variable, its default and what it is for; ``docs/operator.md`` is generated from here.
Ask for it with :func:`config`; the answer is frozen and the same for the life of the process.
"""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tongban.kernel.ids import NODE_ID, NodeId

CHECKOUT: Final = Path(__file__).resolve().parents[2]
"""The folder of the checkout when running from one (it then holds ``pyproject.toml``)."""


DEMO_ROOT_FINGERPRINT: Final = "sha-256:966a09122905fb1b91f5b224d68984c876ce23da3f7129ff734d95d124c918c5"
"""Fingerprint of the demo's root key, whose seed is published: whoever pins it runs a demo (decision 20)."""


class Misconfigured(ValueError):
    """A variable holds something that cannot be meant. The text names the variable and what is expected."""


def default_home() -> Path:
    """``.tongban`` of the checkout (ignored by git), or ``~/.tongban`` for an installed program."""
    return CHECKOUT / ".tongban" if (CHECKOUT / "pyproject.toml").is_file() else Path.home() / ".tongban"


def _flag(text: str) -> bool:
    if text not in ("0", "1"):
        raise ValueError("expected 1 or 0")
    return text == "1"


def _path(text: str) -> Path:
    return Path(text).expanduser().resolve()


def _names(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _node(text: str) -> NodeId:
    if not NODE_ID.fullmatch(text):
        raise ValueError("expected a node id such as 63")
    return NodeId(text)


def _suite(text: str) -> str:
    if text not in ("EdDSA", "SM2-SM3"):
        raise ValueError("expected EdDSA or SM2-SM3")
    return text


def _color(text: str) -> str:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", text):
        raise ValueError("expected a color such as #0b57a4")
    return text


def _setting(
    env: str, doc: str, *, default: Any = None, parse: Callable[[str], Any] = str, secret: bool = False
) -> Any:
    """A field read from ``env``. ``default`` may be a function of the fields read so far; its docstring is shown."""
    return dataclasses.field(metadata={"env": env, "doc": doc, "default": default, "parse": parse, "secret": secret})


def _file(env: str, name: str, doc: str) -> Any:
    """A path that lies in the home unless ``env`` says otherwise."""

    def place(so_far: Mapping[str, Any]) -> Path:
        return Path(so_far["home"]) / name

    place.__doc__ = f"`{name}` in the home"
    return _setting(env, doc, default=place, parse=_path)


def _same(name: str, shown: str) -> Callable[[Mapping[str, Any]], Any]:
    def take(so_far: Mapping[str, Any]) -> Any:
        return so_far[name]

    take.__doc__ = shown
    return take


def _home(_: Mapping[str, Any]) -> Path:
    """`.tongban` of the checkout, else `~/.tongban`"""
    return default_home()


def _base_url(so_far: Mapping[str, Any]) -> str:
    """`http://127.0.0.1:<port>`"""
    return f"http://127.0.0.1:{so_far['port']}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """One node's configuration. Files named here are written by ``tongban init`` and ``tongban enrol``."""

    node_id: NodeId = _setting(
        "TONGBAN_NODE", "Short name of this node in the trust list.", default=NodeId("44"), parse=_node
    )
    node_name: str = _setting("TONGBAN_NODE_NAME", "Name people read, e.g. 广东省.", default="广东省")
    home: Path = _setting(
        "TONGBAN_HOME", "Folder of this node's keys, files, logs and embedded database.", default=_home, parse=_path
    )
    database_url: str = _setting(
        "DATABASE_URL",
        "This node's database, used with the restricted role. Empty: `tongban` starts the embedded PostgreSQL.",
        default="",
        secret=True,
    )
    owner_database_url: str = _setting(
        "TONGBAN_OWNER_DATABASE_URL",
        "The same database with the role that owns the tables; for migrations and loading only.",
        default=_same("database_url", "`DATABASE_URL`"),
        secret=True,
    )
    pool_size: int = _setting("TONGBAN_POOL_SIZE", "Most database connections of one process.", default=12, parse=int)
    bind: str = _setting("TONGBAN_BIND", "Address on which the web process listens.", default="127.0.0.1")
    port: int = _setting("TONGBAN_PORT", "Port on which the web process listens.", default=8000, parse=int)
    web_threads: int = _setting(
        "TONGBAN_WEB_THREADS", "Requests handled at once by one web process.", default=8, parse=int
    )
    base_url: str = _setting(
        "TONGBAN_BASE_URL", "Address of this node as other nodes and people write it.", default=_base_url
    )
    allowed_hosts: tuple[str, ...] = _setting(
        "TONGBAN_ALLOWED_HOSTS",
        "Host names answered to, separated by commas.",
        default=("127.0.0.1", "localhost", "[::1]"),
        parse=_names,
    )
    proxies: tuple[str, ...] = _setting(
        "TONGBAN_PROXIES",
        "Addresses of proxies in front of this node, whose `X-Forwarded-For` is believed, separated by commas.",
        default=(),
        parse=_names,
    )
    directory_url: str = _setting(
        "TONGBAN_DIRECTORY_URL", "Address of the directory node, from which the trust list is fetched.", default=""
    )
    root_fingerprint: str = _setting(
        "TONGBAN_ROOT_FINGERPRINT",
        "Fingerprint of the root key, pinned at enrolment. Empty: read from `root.fingerprint` in the home.",
        default="",
    )
    root_fingerprint_file: Path = _file(
        "TONGBAN_ROOT_FINGERPRINT_FILE", "root.fingerprint", "File with the pinned fingerprint."
    )
    root_signing_key_file: Path = _file(
        "TONGBAN_ROOT_SIGNING_KEY_FILE", "root.key", "Private root key; exists at the directory node only."
    )
    trust_list_file: Path = _file(
        "TONGBAN_TRUST_LIST_FILE",
        "trust-list.jws",
        "Signed trust list received at enrolment; later versions live in the database.",
    )
    signing_key_file: Path = _file("TONGBAN_SIGNING_KEY_FILE", "signing.key", "This node's private signing key (PEM).")
    signing_keys_dir: Path = _file(
        "TONGBAN_SIGNING_KEYS", "signing-keys", "Folder of further signing keys, made by `tongban keys new`."
    )
    suite: str = _setting(
        "TONGBAN_SUITE", "Algorithm of signing keys made here: `EdDSA` (Ed25519) or `SM2-SM3`.", default="EdDSA",
        parse=_suite,
    )
    sealing_key_file: Path = _file(
        "TONGBAN_SEALING_KEY_FILE",
        "sealing.key",
        "Key that seals personal data at rest (32 bytes, base64). Losing it loses the data.",
    )
    secret_key_file: Path = _file("TONGBAN_SECRET_KEY_FILE", "secret.key", "Key of sessions and form tokens.")
    blob_dir: Path = _file("TONGBAN_BLOB_DIR", "blobs", "Folder of attachments.")
    static_root: Path = _file("TONGBAN_STATIC_ROOT", "static", "Folder of collected static files.")
    upload_max_bytes: int = _setting(
        "TONGBAN_UPLOAD_MAX_BYTES", "Largest accepted file, in bytes.", default=10 * 1024 * 1024, parse=int
    )
    demo: bool = _setting(
        "TONGBAN_DEMO", "1: demo people may sign in. Refused unless the trust root is the demo root.", default=False,
        parse=_flag,
    )
    debug: bool = _setting("TONGBAN_DEBUG", "1: Django's debug pages, never in service.", default=False, parse=_flag)
    plain_http_loopback: bool = _setting(
        "TONGBAN_PLAIN_HTTP_LOOPBACK", "1: peers on loopback may be reached without TLS (demo root only).",
        default=_same("demo", "`TONGBAN_DEMO`"), parse=_flag,
    )
    tls_roots: str = _setting(
        "TONGBAN_TLS_ROOTS", "PEM file of the roots that peers' certificates must lead to. Empty: the system's.",
        default="",
    )
    tls_certificate: str = _setting(
        "TONGBAN_TLS_CERTIFICATE", "PEM file of this node's certificate as a client, for peers that ask for one.",
        default="",
    )
    tls_private_key: str = _setting(
        "TONGBAN_TLS_PRIVATE_KEY", "PEM file of that certificate's key. Empty: it stands in the same file.", default=""
    )
    tsa_url: str = _setting(
        "TONGBAN_TSA_URL", "RFC 3161 time-stamper that stamps the day books. Empty: days are closed unstamped.",
        default="",
    )
    tsa_certificate: str = _setting(
        "TONGBAN_TSA_CERTIFICATE", "PEM or DER file of the certificate that the time-stamper signs with.", default=""
    )
    mail_server: str = _setting(
        "TONGBAN_MAIL_SERVER", "SMTP server, host:port, for mail to this node's own staff. Empty: no mail is sent.",
        default="",
    )
    mail_security: str = _setting(
        "TONGBAN_MAIL_SECURITY", "starttls, tls, or none (a loopback address only).", default="starttls"
    )
    mail_from: str = _setting("TONGBAN_MAIL_FROM", "Sender of that mail.", default="tongban@localhost")
    mail_user: str = _setting("TONGBAN_MAIL_USER", "User name at the mail server. Empty: no login.", default="")
    mail_password_file: str = _setting("TONGBAN_MAIL_PASSWORD_FILE", "File with that user's password.", default="")
    operator_mail: str = _setting("TONGBAN_OPERATOR_MAIL", "Address to which alarms go.", default="")
    supervisor_mail: str = _setting(
        "TONGBAN_SUPERVISOR_MAIL", "Address for alarms that a supervisor owns. Empty: the operator's.", default=""
    )
    outage_policy_file: str = _setting(
        "TONGBAN_OUTAGE_POLICY", "TOML file that changes what a missing dependency means. Empty: the table as shipped.",
        default="",
    )
    clock_offset_seconds: int = _setting(
        "TONGBAN_CLOCK_OFFSET_SECONDS", "Moves this node's clock; for tests and simulations.", default=0, parse=int
    )
    log_level: str = _setting("TONGBAN_LOG_LEVEL", "debug, info, warning or error.", default="info")
    search_meaning: bool = _setting(
        "TONGBAN_SEARCH_MEANING",
        "1: search compares meanings too; needs the extra `ai` (`pip install tongban[ai]`).",
        default=False,
        parse=_flag,
    )
    brand_name: str = _setting(
        "TONGBAN_BRAND_NAME", "Name of the site, e.g. 广东政务服务网.", default="政务服务“跨省通办”"
    )
    brand_app: str = _setting("TONGBAN_BRAND_APP", "Short name of the service, e.g. 粤省事.", default="跨省通办")
    brand_color: str = _setting("TONGBAN_BRAND_COLOR", "Color of the header, #rrggbb.", default="#0b57a4", parse=_color)

    @property
    def is_directory(self) -> bool:
        """True at the directory, which publishes the trust list and holds no cases (decision 19)."""
        return self.node_id == "00"

    def pinned_root(self) -> str:
        """The pinned fingerprint of the root key, or "" before enrolment."""
        file = self.root_fingerprint_file
        return self.root_fingerprint or (file.read_text().strip() if file.exists() else "")

    @property
    def under_demo_root(self) -> bool:
        """True if the pinned root is the demo's: only then demo sign-in and plain HTTP to loopback are allowed."""
        return self.pinned_root() == DEMO_ROOT_FINGERPRINT

    def sealing_key(self) -> bytes:
        """The 32 bytes that seal personal data. Raises :class:`Misconfigured` if the file is missing or short."""
        try:
            key = base64.b64decode(self.sealing_key_file.read_text())
        except FileNotFoundError:
            raise Misconfigured(f"{self.sealing_key_file} is missing: run `tongban init`, or restore it") from None
        if len(key) != 32:
            raise Misconfigured(f"{self.sealing_key_file} does not hold 32 bytes in base64")
        return key

    def secret_key(self) -> str:
        """The key of sessions; made on first use, for losing it only signs people out."""
        if not self.secret_key_file.exists():
            write_private(self.secret_key_file, secrets.token_urlsafe(48))
        return self.secret_key_file.read_text().strip()

    def environment(self) -> dict[str, str]:
        """The variables from which a child process reads this very configuration."""
        result = {}
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if isinstance(value, bool):
                value = "1" if value else "0"
            result[field.metadata["env"]] = ",".join(value) if isinstance(value, tuple) else str(value)
        return result


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all; an existing file is left alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    with contextlib.suppress(FileExistsError):
        os.link(part, path)
    part.unlink()


def make_local_keys(cfg: Config) -> None:
    """Make the sealing key and the session key of a new node; existing files are never replaced."""
    write_private(cfg.sealing_key_file, base64.b64encode(secrets.token_bytes(32)).decode())
    cfg.secret_key()


def read(environ: Mapping[str, str], **overrides: Any) -> Config:
    """Read a configuration from ``environ``; ``overrides`` win. Raises :class:`Misconfigured`."""
    values: dict[str, Any] = {}
    for field in dataclasses.fields(Config):
        meta = field.metadata
        text = environ.get(meta["env"])
        if field.name in overrides:
            values[field.name] = overrides[field.name]
        elif text is not None and text != "":
            try:
                values[field.name] = meta["parse"](text)
            except ValueError as error:
                raise Misconfigured(f"{meta['env']}={text!r}: {error}") from None
        else:
            default = meta["default"]
            values[field.name] = default(values) if callable(default) else default
    return Config(**values)


_chosen: Config | None = None


def config() -> Config:
    """This process's configuration, read once.

    With neither ``TONGBAN_NODE`` nor ``TONGBAN_HOME`` set it is the development node: 44, with keys made on the spot
    in ``dev`` under the default home.
    """
    global _chosen
    if _chosen is None:
        if os.environ.get("TONGBAN_NODE") or os.environ.get("TONGBAN_HOME"):
            _chosen = read(os.environ)
        else:
            _chosen = read(os.environ, home=default_home() / "dev")
            make_local_keys(_chosen)
    return _chosen


def use(cfg: Config) -> None:
    """Fix the configuration of this process before anything has asked for it; for commands and test settings."""
    global _chosen
    _chosen = cfg


def variable(name: str, default: str = "") -> str:
    """A variable that steers tools rather than a node (ports of the demo, test databases, crash points)."""
    return os.environ.get(name, default)


def inherited_environment() -> dict[str, str]:
    """A copy of the whole environment, to start child processes with."""
    return dict(os.environ)
