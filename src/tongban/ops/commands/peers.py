"""List the nodes of the trust list and how delivery to them stands."""

from __future__ import annotations

import argparse

from tongban.ops.boot import choose, node_option, setup


def arguments(parser: argparse.ArgumentParser) -> None:
    node_option(parser)


def run(args: argparse.Namespace) -> int:
    choose(args.node)
    cfg = setup()
    from tongban.directory import queries as directory
    from tongban.exchange import outages
    from tongban.exchange import queries as exchange
    from tongban.journal import clock

    rates = exchange.delivered_per_minute(clock.now())
    known = {peer.node: peer for peer in exchange.peers()}
    held, at = directory.held(), clock.now()
    if held is None:
        print("this node has no trust list: enrol it")
        return 1
    until = f"{held.trust.expires_at:%Y-%m-%d %H:%M}"
    print(f"trust list {held.trust.version}: {directory.trust_state().standing}, until {until}")
    for sunset in directory.trust().sunsets:
        print(f"messages {sunset.type} are taken up to {sunset.last_day}")
    for entry in directory.nodes():
        me = " (this node)" if entry.node == cfg.node_id else ""
        valid_to = max((k.valid_to for k in entry.keys if k.valid_from <= at), default=None)
        key = f"key until {valid_to:%Y-%m-%d}" if valid_to else "no key that is valid now"
        print(f"{entry.node:<6} {entry.name}{me}  {entry.address}  {key}")
        peer = known.get(entry.node)
        if peer is not None:
            since = f", oldest {peer.oldest:%Y-%m-%d %H:%M:%S}" if peer.oldest else ""
            last = f"last delivered {peer.last_ok_at:%Y-%m-%d %H:%M:%S}" if peer.last_ok_at else "never delivered"
            trouble = f", failing {peer.failures} times: {peer.last_error}" if peer.failures else ", reachable"
            print(
                f"       waiting {peer.pending}{since}, parked {peer.parked}, "
                f"{rates.get(entry.node, 0.0):.1f} a minute, {last}{trouble}"
            )
    for each in outages.standing():
        who = f" ({', '.join(each.names)})" if each.names else ""
        print(f"missing: {each.dependency}{who} since {each.since:%Y-%m-%d %H:%M}: {each.mode} ({each.what})")
    for alarm in exchange.alarms():
        print(f"alarm for the {alarm.owner}: {alarm.kind} {alarm.key} since {alarm.raised_at:%Y-%m-%d %H:%M}")
    return 0
