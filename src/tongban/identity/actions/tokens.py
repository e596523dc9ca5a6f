"""Registering clients, issuing and revoking their tokens (decision 16)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from tongban.identity import tokens as edge
from tongban.identity.events import ClientRegistered, TokenIssued, TokenRevoked
from tongban.identity.models import ApiClient, Person, Token
from tongban.identity.policy import refuse_managing, refuse_revoking
from tongban.identity.rules.tokens import checked_expiry, checked_scopes, new_token
from tongban.journal.action import Unchanged, action, record
from tongban.kernel.ids import new_id
from tongban.kernel.people import Act
from tongban.kernel.problems import Refusal


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A token on its way to its holder. ``text`` is shown this once and cannot be read again."""

    id: str
    text: str = field(repr=False)
    expires_at: datetime


@action
def register_client(act: Act, label: str) -> UUID:
    """Make a department's system known under a unique label; idempotent."""
    if refusal := refuse_managing(act.actor):
        raise refusal
    if not label.strip() or len(label) > 100:
        raise Refusal("request.invalid", fields={"label": "missing" if not label.strip() else "too_long"})
    known = ApiClient.objects.filter(label=label).first()
    if known is not None:
        raise Unchanged(known.id)
    row = ApiClient.objects.create(id=new_id(), label=label, created_at=act.at)
    record(ClientRegistered(subject_id=row.id, label=label), opens=True)
    return row.id


@action
def issue_token(
    act: Act, client_id: UUID, scopes: Iterable[str], expires_at: datetime, *, person: tuple[str, str] | None = None
) -> IssuedToken:
    """A new token of a client; ``person`` is the (issuer, subject) it acts for, if any."""
    if refusal := refuse_managing(act.actor):
        raise refusal
    wanted, ends = checked_scopes(scopes), checked_expiry(act.at, expires_at)
    client = ApiClient.objects.filter(id=client_id, disabled_at__isnull=True).first()
    acts_for = Person.objects.filter(issuer=person[0], subject=person[1]).first() if person else None
    if client is None or (person is not None and acts_for is None):
        raise Refusal("request.not_found")
    new = new_token()
    Token.objects.create(
        id=new.id,
        client=client,
        person=acts_for,
        digest=new.digest,
        scopes=list(wanted),
        created_at=act.at,
        expires_at=ends,
    )
    record(
        TokenIssued(
            subject_id=client.id,
            token_id=new.id,
            scopes=wanted,
            person_id=acts_for.id if acts_for else None,
            expires_at=ends,
        )
    )
    return IssuedToken(new.id, new.text, ends)


@action
def revoke_token(act: Act, token_id: str) -> None:
    """The token is not accepted from now on: everywhere within ``tokens.REMEMBERED_SECONDS``, here usually at once."""
    row = Token.objects.select_for_update(of=("self",)).select_related("person").filter(id=token_id).first()
    if row is None:
        raise Refusal("request.not_found")
    holder = f"{row.person.kind}:{row.person.issuer}:{row.person.subject}" if row.person else None
    if refusal := refuse_revoking(act.actor, holder):
        raise refusal
    if row.revoked_at is not None:
        raise Unchanged
    Token.objects.filter(id=token_id).update(revoked_at=act.at)
    record(TokenRevoked(subject_id=row.client_id, token_id=token_id))
    edge.forget()
