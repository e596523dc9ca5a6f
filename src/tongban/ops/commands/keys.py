"""Show this node's signing keys and change them without a pause: `new` makes one and the request for the directory,
`adopt` is what the directory does with it, `use` switches to it, `drop` asks to let an old one end; `revoke` (at the
directory) ends a key from an instant on. What a key signed before stays provable."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from pathlib import Path

from tongban.kernel.time import SHANGHAI
from tongban.ops.boot import choose, node_option, node_option_behind, setup

_WHEN = "default: now; +08:00 if no offset is given"


def arguments(parser: argparse.ArgumentParser) -> None:
    node_option(parser)
    steps = parser.add_subparsers(dest="step")
    steps.add_parser("fetch", help="at the node: ask the directory for its newest list now, e.g. after a revocation")
    new = steps.add_parser("new", help="at the node: make a key and write the request for it")
    new.add_argument("--suite", choices=("EdDSA", "SM2-SM3"), default="", help="default: TONGBAN_SUITE")
    use = steps.add_parser("use", help="at the node: sign with this key from now on")
    use.add_argument("kid")
    drop = steps.add_parser("drop", help="at the node: write the request that lets this key end")
    drop.add_argument("kid")
    adopt = steps.add_parser("adopt", help="at the directory: take a node's request for other keys into the next list")
    adopt.add_argument("file", type=Path)
    adopt.add_argument("--from", dest="since", type=instant, help=f"when the new key becomes valid ({_WHEN})")
    revoke = steps.add_parser("revoke", help="at the directory: what this key signs counts no longer")
    revoke.add_argument("kid")
    revoke.add_argument("--from", dest="since", type=instant, help=f"since when ({_WHEN})")
    node_option_behind(steps.choices.values())


def run(args: argparse.Namespace) -> int:
    choose(args.node)
    setup()
    from tongban.kernel.problems import Refusal
    from tongban_wire.problems import WireProblem

    try:
        _STEPS[args.step or "list"](args)
    except Refusal as refusal:
        print(f"tongban keys: {refusal.problem.title_en}: {refusal.params}", file=sys.stderr)
        return 1
    except (WireProblem, OSError) as problem:
        print(f"tongban keys: {problem}", file=sys.stderr)
        return 1
    return 0


def _list(_: argparse.Namespace) -> None:
    from tongban.directory import queries

    in_use = queries.my_key().kid
    for kid, alg, standing, until in queries.key_standings():
        end = f" until {written(until)}" if until else ""
        print(f"{kid}  {alg:<8} {standing}{end}{'  signs' if kid == in_use else ''}")


def _new(args: argparse.Namespace) -> None:
    from tongban.directory import rotating

    key, path = rotating.new_key(args.suite)
    print(f"made {key.kid}, fingerprint {key.public.fingerprint}\nhand {path} to the directory: `tongban keys adopt`")


def _fetch(_: argparse.Namespace) -> None:
    from tongban.directory import queries, reactions

    reactions.renew()
    print(f"trust list {queries.trust().version} is in force")


def _use(args: argparse.Namespace) -> None:
    from tongban.directory import reactions, rotating

    reactions.renew()
    rotating.switch(args.kid)
    print(f"{args.kid} signs from now on")


def _drop(args: argparse.Namespace) -> None:
    from tongban.directory import rotating

    print(f"hand {rotating.give_up(args.kid)} to the directory: `tongban keys adopt`")


def _adopt(args: argparse.Namespace) -> None:
    from tongban.config import config
    from tongban.directory import enrolling
    from tongban.journal import clock

    _publish(enrolling.adopt_keys(config(), args.file.read_bytes(), clock.now(), valid_from=args.since))


def _revoke(args: argparse.Namespace) -> None:
    from tongban.config import config
    from tongban.directory import enrolling
    from tongban.journal import clock

    _publish(enrolling.revoke_key(config(), args.kid, args.since or clock.now()))


def _publish(entry: object) -> None:
    from tongban.directory import reactions
    from tongban_wire.trust import NodeEntry

    assert isinstance(entry, NodeEntry)
    version = reactions.publish()
    print(
        f"trust list {version} says of node {entry.node}:"
        if version
        else "no list was signed; of the node it will say:"
    )
    for key in entry.keys:
        print(f"{key.kid}  {key.alg:<8} from {written(key.valid_from)} until {written(key.valid_to)}")


def instant(text: str) -> datetime:
    """ISO 8601; without an offset it is the time on the operator's wall. Read as another zone's, a revocation would
    leave hours to whoever stole the key."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=SHANGHAI)


def written(at: datetime) -> str:
    """With its offset, so that nobody has to guess."""
    return at.astimezone(SHANGHAI).isoformat(sep=" ", timespec="minutes")


_STEPS = {"list": _list, "fetch": _fetch, "new": _new, "use": _use, "drop": _drop, "adopt": _adopt, "revoke": _revoke}
