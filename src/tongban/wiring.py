"""The composition root: who hears which event, which message calls which action, which adapter serves which port.

The only module that knows every slice.
"""

from __future__ import annotations

import ssl
from pathlib import Path
from uuid import UUID

from tongban.cases import border as cases_border
from tongban.cases import reactions as cases
from tongban.config import Config, Misconfigured, config
from tongban.directory import installation as directory_installation
from tongban.directory import queries as directory_queries
from tongban.directory import reactions as directory
from tongban.directory.adapters.http_source import HttpListSource
from tongban.exchange import actions as exchange_actions
from tongban.exchange import daybooks, mailing, timestamping
from tongban.exchange import installation as exchange_installation
from tongban.exchange import reactions as exchange
from tongban.exchange.adapters.http import HttpCarrier, tls
from tongban.exchange.adapters.http_stamper import HttpStamper
from tongban.exchange.adapters.smtp_mailer import SmtpMailer
from tongban.exchange.events import Outgoing
from tongban.guidance import installation as guidance_installation
from tongban.guidance import reactions as guidance
from tongban.guidance.adapters.http_summary import HttpSummarySource
from tongban.identity import providers
from tongban.identity import reactions as identity
from tongban.identity.adapters.demo import demo_sign_in
from tongban.items import installation as items_installation
from tongban.items import reactions as items
from tongban.items.adapters.http_releases import HttpReleaseSource
from tongban.items.ports import Meaning
from tongban.journal import subscriptions
from tongban.journal.values import ChainHeader
from tongban.materials import reactions as materials
from tongban.ui.alarm_mail import worded

INBOUND = {**cases_border.INBOUND, **daybooks.INBOUND}
"""Message type → what this node does on hearing it."""


def install() -> None:
    """Connect the slices. Called once per process, when Django is ready; tests may call it again."""
    cfg = config()
    subscriptions.install(
        subscribers={**cases.SUBSCRIBERS, **items.SUBSCRIBERS},
        tellers={**cases_border.TELLERS, **daybooks.TELLERS},
        post=_post,
        handlers=exchange.HANDLERS,
        periodic={
            **directory.PERIODIC,
            **exchange.PERIODIC,
            **daybooks.PERIODIC,
            **identity.PERIODIC,
            **cases.PERIODIC,
            **materials.PERIODIC,
            **guidance.PERIODIC,
            **items.PERIODIC,
        },
        woken=exchange.WOKEN,
    )
    verify = _tls(cfg)
    directory_installation.install(HttpListSource(verify=verify))
    plain = cfg.plain_http_loopback and cfg.under_demo_root
    guidance_installation.install(HttpSummarySource(plain_http_loopback=plain, verify=verify))
    items_installation.install(HttpReleaseSource(verify=verify), meaning=_meaning(cfg))
    _connect_exchange(cfg, verify)
    _connect_outside(cfg)
    providers.install(demo_sign_in(cfg))  # raises under a foreign trust root: the node does not start


def _post(outgoing: Outgoing, header: ChainHeader, fact_id: UUID) -> None:
    exchange_actions.enqueue(outgoing, header, fact_id)


def _meaning(cfg: Config) -> Meaning | None:
    """What compares meanings in search, where it is switched on."""
    if not cfg.search_meaning:
        return None
    from tongban.items.adapters.embeddings import Embeddings, NotInstalled

    try:
        return Embeddings(cfg.home / "embeddings")
    except NotInstalled as error:
        raise Misconfigured(f"TONGBAN_SEARCH_MEANING=1 needs the extra ai: {error}") from None


def _tls(cfg: Config) -> ssl.SSLContext | bool:
    """How every other node is reached: verified; with roots and a certificate of our own where they are configured."""
    if not (cfg.tls_roots or cfg.tls_certificate):
        return True
    return tls(roots=cfg.tls_roots, certificate=cfg.tls_certificate, private_key=cfg.tls_private_key)


def _connect_outside(cfg: Config) -> None:
    """Time-stamper and mail, where they are configured."""
    try:
        stamper = HttpStamper(cfg.tsa_url, Path(cfg.tsa_certificate).read_bytes()) if cfg.tsa_url else None
    except OSError:
        raise Misconfigured(f"TONGBAN_TSA_CERTIFICATE={cfg.tsa_certificate!r}: cannot be read") from None
    timestamping.install(stamper)
    try:
        mailer = (
            SmtpMailer(
                cfg.mail_server, sender=cfg.mail_from, security=cfg.mail_security, user=cfg.mail_user,
                password_file=cfg.mail_password_file, roots=cfg.tls_roots,
            )
            if cfg.mail_server
            else None
        )  # fmt: skip
    except ValueError as error:
        raise Misconfigured(f"TONGBAN_MAIL_SERVER={cfg.mail_server!r}: {error}") from None
    addresses = {"operator": cfg.operator_mail, "supervisor": cfg.supervisor_mail}
    mailing.install(mailing.Post(mailer, worded, addresses))


def _connect_exchange(cfg: Config, verify: ssl.SSLContext | bool) -> None:
    """Keys and trust from the directory, HTTPS as the carrier; plain HTTP to loopback under the demo root alone."""
    http = HttpCarrier(plain_http_loopback=cfg.plain_http_loopback and cfg.under_demo_root, verify=verify)
    exchange_installation.install(keys=directory_queries, carrier=http, fetcher=http, inbound=INBOUND)
