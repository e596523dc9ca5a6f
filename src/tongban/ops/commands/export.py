"""Write evidence to files for `tongban-verify`: a closed day, or the chains of a filing and its case at this node.

The files hold personal data; they are readable by their owner alone, and that they were made is recorded. Check them,
alone or beside another node's, with `tongban-verify FILE… --root FINGERPRINT`.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from uuid import UUID

from tongban.ops.boot import choose, node_option, setup


def arguments(parser: argparse.ArgumentParser) -> None:
    what = parser.add_subparsers(dest="what", required=True)
    day = what.add_parser("day", help="all facts of a closed day, its book, the peers' books and the messages")
    day.add_argument("day", type=date.fromisoformat, metavar="YYYY-MM-DD")
    case = what.add_parser("case", help="everything that this node holds about one filing number")
    case.add_argument("number", help="the number that the applicant keeps")
    subject = what.add_parser("subject", help="the chain of any other subject")
    subject.add_argument("type")
    subject.add_argument("id", type=UUID)
    for each in (day, case, subject):
        each.add_argument("--to", type=Path, default=Path(), metavar="FOLDER", help="where to (default: here)")
        node_option(each)


def run(args: argparse.Namespace) -> int:
    choose(args.node)
    cfg = setup()
    from tongban.cases.queries.auditing import subjects_of_number
    from tongban.exchange import exporting
    from tongban.exchange.actions.exporting import note_export
    from tongban.journal import clock, daybook
    from tongban.kernel.people import Act, system

    act = Act(system(cfg.node_id), clock.now())
    if args.what == "day":
        if daybook.own_book(args.day) is None:
            print(f"{args.day} is not closed at this node")
            return 1
        note_export(act, "day", day=args.day)
        write(args.to / f"node-{cfg.node_id}-day-{args.day}.jsonl", exporting.export_day(args.day))
        return 0
    subjects = subjects_of_number(args.number) if args.what == "case" else [(args.type, args.id)]
    subjects = [subject for subject in subjects if exporting.is_known(*subject)]
    if not subjects:
        print("this node holds nothing about it")
        return 1
    note_export(act, args.what, about=[f"{kind}:{subject}" for kind, subject in subjects])
    for kind, subject in subjects:
        name = f"node-{cfg.node_id}-{kind}-{subject}.jsonl"
        write(args.to / name, exporting.export_subject(kind, subject))
    return 0


def write(place: Path, lines: Iterable[bytes]) -> None:
    """For its owner's eyes alone, whatever stood there before, and whole or not at all: half of a file would look to
    the verifier like a node that hides something."""
    place.parent.mkdir(parents=True, exist_ok=True)
    descriptor, part = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(lines)
        Path(part).replace(place)
    except BaseException:
        Path(part).unlink()
        raise
    print(place)
