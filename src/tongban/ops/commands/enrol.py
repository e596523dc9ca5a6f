"""Join a federation by files: `request` writes this node's request, `grant` is what the directory does with it,
`take` pins the root and takes in the signed list. Compare fingerprints by telephone before you grant or take."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from tongban.config import config


def arguments(parser: argparse.ArgumentParser) -> None:
    steps = parser.add_subparsers(dest="step", required=True)
    steps.add_parser("request", help="at the new node: make its key if need be and write the request")
    grant = steps.add_parser("grant", help="at the directory: take a request into the next list")
    grant.add_argument("file", type=Path)
    grant.add_argument("--regions", required=True, help="prefixes of region codes it answers for, e.g. 63 or 6301,6302")
    take = steps.add_parser("take", help="at the new node: take in the signed list")
    take.add_argument("file", type=Path)
    take.add_argument("--fingerprint", required=True, help="of the root key, as the directory read it to you")
    sunset = steps.add_parser("sunset", help="at the directory: announce the last day on which a message type is taken")
    sunset.add_argument("type", help="e.g. cn.tongban.case.opened/1")
    sunset.add_argument("last_day", type=date.fromisoformat, help="at least a year ahead, e.g. 2028-06-30")
    steps.add_parser("root", help="at a new directory: make the root key and print its fingerprint")


def run(args: argparse.Namespace) -> int:
    from tongban.directory import enrolling
    from tongban.directory.rules import announce_sunset
    from tongban.kernel.problems import Refusal
    from tongban_wire.enrolment import open_enrolment
    from tongban_wire.problems import WireProblem
    from tongban_wire.trust import RegionPrefix, Sunset

    cfg, now = config(), datetime.now(UTC).replace(microsecond=0)
    try:
        if args.step == "request":
            path = enrolling.write_request(cfg, now)
            for key in open_enrolment(path.read_bytes()).keys:
                print(f"wrote {path}\nfingerprint of this node's key: {key.fingerprint}")
        elif args.step == "grant":
            regions = [RegionPrefix(prefix=p, from_on=date(2020, 1, 1)) for p in args.regions.split(",")]
            asked = enrolling.grant(cfg, args.file.read_bytes(), now, regions=regions)
            print(f"node {asked.node} {asked.name} at {asked.address} will stand on the next list; its fingerprints:")
            print("\n".join(key.fingerprint for key in asked.keys))
        elif args.step == "take":
            trust = enrolling.take_in(cfg, args.file.read_bytes(), args.fingerprint, now)
            print(f"took in version {trust.version} with {len(trust.nodes)} nodes; run `tongban init`")
        elif args.step == "sunset":
            sunset = Sunset(type=args.type, last_day=args.last_day)
            enrolling.keep_sunsets(cfg, announce_sunset(enrolling.sunsets(cfg), sunset, now))
            print(f"the next list will say that {args.type} is taken up to {args.last_day}")
        else:
            print(f"fingerprint of the root: {enrolling.make_root(cfg).public.fingerprint}")
    except Refusal as refusal:
        print(f"tongban enrol: {refusal.problem.title_en}: {refusal.params}", file=sys.stderr)
        return 1
    except (WireProblem, OSError) as problem:
        print(f"tongban enrol: {problem}", file=sys.stderr)
        return 1
    return 0
