"""Changing a node's signing key without a pause. Every step can wait for days; messages flow all the while.

1. :func:`new_key` at the node: a key, and the request for it, signed with every key the node still uses.
2. :func:`.enrolling.adopt_keys` at the directory: the next list announces it.
3. :func:`switch` at the node, once the list it holds says that the key is valid.
4. :func:`give_up` at the node and the directory again: the old key ends after the overlap.
"""

from __future__ import annotations

from pathlib import Path

from tongban.config import config
from tongban.journal import clock
from tongban.kernel.problems import Refusal
from tongban_wire.keys import SigningKey

from . import enrolling, keyring, queries
from .rules.keys import KeyStanding, may_sign_with


def new_key(suite: str = "") -> tuple[SigningKey, Path]:
    """A fresh key that signs nothing yet, and the file to hand to the directory. ``suite``: else the configured one."""
    made = keyring.make(config(), suite)
    return made, _request(without="")


def give_up(kid: str) -> Path:
    """The file that asks the directory to let ``kid`` end. Refuses ``state.key_refused`` for the key in use."""
    keys, _ = queries.my_keys()
    if kid not in keys:
        raise Refusal("state.key_refused", reason="not_ours", kid=kid)
    if queries.my_key().kid == kid:
        raise Refusal("state.key_refused", reason="in_use", kid=kid)
    return _request(without=kid)


def switch(kid: str) -> None:
    """Sign with ``kid`` from now on, in every process of this node. Refuses ``state.key_refused``."""
    keys, _ = queries.my_keys()
    found = queries.held()
    entry = found.trust.node(config().node_id) if found else None
    may_sign_with(entry.keys if entry else (), keys.keys(), kid, clock.now())
    keyring.choose(config(), kid)


def _request(*, without: str) -> Path:
    ended = {kid for kid, _, standing, _ in queries.key_standings() if standing is KeyStanding.ENDED}
    keys = [key for kid, key in queries.my_keys()[0].items() if kid not in ended and kid != without]
    return enrolling.write_request_for(config(), keys, clock.now().replace(microsecond=0))
