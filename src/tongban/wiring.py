"""The composition root: who hears which event, which message calls which action, which adapter serves which port.

The only module that knows every slice.
"""

from __future__ import annotations

from uuid import UUID

from tongban.cases import border as cases_border
from tongban.cases import reactions as cases
from tongban.config import Config, config
from tongban.directory import installation as directory_installation
from tongban.directory import queries as directory_queries
from tongban.directory import reactions as directory
from tongban.directory.adapters.http_source import HttpListSource
from tongban.exchange import actions as exchange_actions
from tongban.exchange import daybooks
from tongban.exchange import installation as exchange_installation
from tongban.exchange import reactions as exchange
from tongban.exchange.adapters.http import HttpCarrier, tls
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
from tongban.journal import subscriptions
from tongban.journal.values import ChainHeader

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
            **guidance.PERIODIC,
            **items.PERIODIC,
        },
        woken=exchange.WOKEN,
    )
    directory_installation.install(HttpListSource())
    plain = cfg.plain_http_loopback and cfg.under_demo_root
    guidance_installation.install(HttpSummarySource(plain_http_loopback=plain))
    items_installation.install(HttpReleaseSource())
    _connect_exchange(cfg)
    providers.install(demo_sign_in(cfg))  # raises under a foreign trust root: the node does not start


def _post(outgoing: Outgoing, header: ChainHeader, fact_id: UUID) -> None:
    exchange_actions.enqueue(outgoing, header, fact_id)


def _connect_exchange(cfg: Config) -> None:
    """Keys and trust from the directory, HTTPS as the carrier; plain HTTP to loopback under the demo root alone."""
    own = bool(cfg.tls_roots or cfg.tls_certificate)
    context = (
        tls(roots=cfg.tls_roots, certificate=cfg.tls_certificate, private_key=cfg.tls_private_key) if own else True
    )
    http = HttpCarrier(plain_http_loopback=cfg.plain_http_loopback and cfg.under_demo_root, verify=context)
    exchange_installation.install(keys=directory_queries, carrier=http, fetcher=http, inbound=INBOUND)
