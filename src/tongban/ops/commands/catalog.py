"""Check the loaded catalog: codes, contradictions, what is not known yet. `tongban catalog check`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator

from tongban.items.checking import Checked, Report


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["check"])
    parser.add_argument("--json", action="store_true", help="everything as one JSON document")
    parser.add_argument("--all", action="store_true", help="name the warnings of every single item")


def run(args: argparse.Namespace) -> int:
    from tongban.ops.boot import setup

    setup()
    from tongban.items import checking
    from tongban.journal import clock
    from tongban.kernel.time import local_date

    report = checking.check(local_date(clock.now()))
    if args.json:
        print(json.dumps(as_json(report), ensure_ascii=False, indent=1))
    else:
        for line in lines(report, everything=args.all):
            print(line)
    return 1 if report.errors or not report.entries else 0


def lines(report: Report, *, everything: bool = False) -> Iterator[str]:
    """What the command prints."""
    for checked in (*report.entries, *report.implementations):
        where = checked.key if checked.kind == "entry" else f"{checked.key}@{checked.owner}"
        share = round(100 * checked.known / checked.required)
        yield f"{where:<16} {checked.known:>2}/{checked.required} {share:>3} %  {checked.name}"
        for finding in checked.findings:
            if finding.level == "error" or everything:
                params = " ".join(f"{k}={v}" for k, v in finding.params.items())
                yield f"    {finding.level} {finding.code} {finding.field} {params}".rstrip()
    warnings = report.warnings
    for name, count in sorted(warnings.items(), key=lambda each: (-each[1], each[0])):
        yield f"warning {count:>4} × {name}"
    known, required = (sum(getattr(c, f) for c in report.entries) for f in ("known", "required"))
    yield (
        f"list entries {len(report.entries)}; implementations {len(report.implementations)}; errors {report.errors}; "
        f"warnings {sum(warnings.values())}; completeness {round(100 * known / required) if required else 0} %"
    )


def as_json(report: Report) -> dict[str, object]:
    def one(checked: Checked) -> dict[str, object]:
        return {
            "key": checked.key, "owner": checked.owner, "known": checked.known, "required": checked.required,
            "findings": [
                {"code": f.code, "level": f.level, "field": f.field, **({"params": dict(f.params)} if f.params else {})}
                for f in checked.findings
            ],
        }  # fmt: skip

    return {
        "errors": report.errors,
        "entries": [one(c) for c in report.entries],
        "implementations": [one(c) for c in report.implementations],
    }
