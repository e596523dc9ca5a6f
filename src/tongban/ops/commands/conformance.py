"""Test whether a node does what the protocol promises, and sign the report.

The candidate has to trust the kit's two test nodes, so use a test instance. First make the kit:

  tongban conformance --prepare KIT --candidate 63 --enrolment enrolment-63.json --ear http://HOST:PORT

Give the candidate KIT/trust-list.jws and have it pin the fingerprint in KIT/kit.json (ours: `tongban enrol`); with
--trust-list and --root-key the kit is added to the list of a test federation instead. Then:

  tongban conformance http://CANDIDATE --kit KIT --report report.jws

Ends with 1 if a scenario failed, with 3 if none failed and not all could be run.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from urllib.parse import urlsplit


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("url", nargs="?", help="the candidate's address, before /gate/v1")
    parser.add_argument("--kit", type=Path, help="folder of the kit, made with --prepare")
    parser.add_argument("--attachment", help="digest of a file that the candidate lets kit-a fetch")
    parser.add_argument("--no-ear", action="store_true", help="do not listen: scenarios that need it are not run")
    parser.add_argument("--report", type=Path, help="write the signed report here")
    parser.add_argument("--only", default="", help="run scenarios whose name contains this")
    making = parser.add_argument_group("making the kit")
    making.add_argument("--prepare", type=Path, metavar="KIT", help="make the kit in this folder")
    making.add_argument("--candidate", help="the candidate's node id")
    making.add_argument("--enrolment", type=Path, help="the candidate's enrolment file")
    making.add_argument("--trust-list", type=Path, help="the signed list of a test federation")
    making.add_argument("--root-key", type=Path, help="its root key (PEM)")
    making.add_argument("--ear", default="http://127.0.0.1:8099", help="address where the kit will listen")


def run(args: argparse.Namespace) -> int:
    from tongban.config import Misconfigured

    if args.prepare:
        if not args.candidate or not (args.enrolment or (args.trust_list and args.root_key)):
            raise Misconfigured("--prepare needs --candidate, and --enrolment or --trust-list with --root-key")
        return _prepare(args)
    if not args.url or not args.kit:
        raise Misconfigured("an address and --kit are needed; `tongban conformance --help` tells how to make a kit")
    return _test(args)


def _prepare(args: argparse.Namespace) -> int:
    from tongban.ops.conformance.folder import prepare

    def read(path: Path | None) -> bytes:
        return path.read_bytes() if path else b""

    kit = prepare(args.prepare, args.candidate, args.ear, enrolment=read(args.enrolment),
                  signed_list=read(args.trust_list), root_key=read(args.root_key))  # fmt: skip
    print(f"the kit for node {kit.candidate} is in {args.prepare}")
    print(f"let the candidate adopt {args.prepare / 'trust-list.jws'} (version {kit.trust.version}), root {kit.root}")
    return 0


def _test(args: argparse.Namespace) -> int:
    from tongban.ops.conformance import HttpDoor, HttpEar
    from tongban.ops.conformance.folder import ear_of, load
    from tongban_wire.conformance import Trial, run, seal_report

    kit, ear = load(args.kit), None
    if not args.no_ear:
        place = urlsplit(ear_of(args.kit))
        ear = HttpEar(place.port or 80, place.hostname or "127.0.0.1")
        ear.kit = kit
    try:
        trial = Trial(kit, HttpDoor(args.url), ear, args.attachment)
        report = run(trial, args.url, only=lambda name: args.only in name)
    finally:
        if ear is not None:
            ear.close()
    print(report.text())
    if args.report:
        args.report.write_text(seal_report(report, kit.a) + "\n")
        print(f"\nsigned by {kit.a.kid}: {args.report}")
    if report.count("fail"):
        return 1
    return 0 if report.conforms else 3
