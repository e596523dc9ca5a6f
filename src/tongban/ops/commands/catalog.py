"""Check the loaded catalog: codes, contradictions, what is not known yet. `tongban catalog check`."""

from __future__ import annotations

import argparse
import dataclasses
import json
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tongban.items.rules.guide import ALL_GAPS
from tongban.ops.boot import choose, node_option, setup

if TYPE_CHECKING:
    from tongban.items.checking import Checked, Report
    from tongban.items.checking_reach import ReachReport
    from tongban.items.checking_routes import RouteReport


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["check"])
    parser.add_argument("--json", action="store_true", help="everything as one JSON document")
    parser.add_argument("--all", action="store_true", help="name the warnings of every single item")
    node_option(parser)


def run(args: argparse.Namespace) -> int:
    choose(args.node)
    setup()
    from tongban.items import checking, checking_reach, checking_routes
    from tongban.journal import clock
    from tongban.kernel.time import local_date

    day = local_date(clock.now())
    report, reached, routes = checking.check(day), checking_reach.check(day), checking_routes.check(day)
    if args.json:
        whole = {**as_json(report), **reach_as_json(reached), **routes_as_json(routes)}
        print(json.dumps(whole, ensure_ascii=False, indent=1))
    else:
        for line in (
            *reach_lines(reached, everything=args.all), *routes_lines(routes), *lines(report, everything=args.all)
        ):  # fmt: skip
            print(line)
    return 1 if report.errors or reached.errors or routes.contradictions or not report.entries else 0


def lines(report: Report, *, everything: bool = False) -> Iterator[str]:
    """What the command prints."""
    for checked in (*report.entries, *report.implementations):
        where = checked.key if checked.kind == "entry" else f"{checked.key}@{checked.owner}"
        share = round(100 * checked.known / checked.required)
        guide = f"guide {len(ALL_GAPS) - len(checked.gaps)}/{len(ALL_GAPS)}" if checked.kind == "entry" else " " * 9
        yield f"{where:<16} {checked.known:>2}/{checked.required} {share:>3} %  {guide}  {checked.name}"
        if everything and checked.gaps:
            yield f"    guide lacks {', '.join(checked.gaps)}"
        for finding in checked.findings:
            if finding.level == "error" or everything:
                params = " ".join(f"{k}={v}" for k, v in finding.params.items())
                yield f"    {finding.level} {finding.code} {finding.field} {params}".rstrip()
    lacking = Counter(gap for checked in report.entries for gap in checked.gaps)
    for gap, count in lacking.most_common():
        yield f"guide   {count:>4} × without {gap}"
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
            **({"guide_gaps": list(checked.gaps)} if checked.kind == "entry" else {}),
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


def reach_lines(report: ReachReport, *, everything: bool = False) -> Iterator[str]:
    """Lists, reach and places: what the command prints of them."""
    for row in report.lists:
        state = f"edition {row.edition}" if row.edition else "frame only, text not verified"
        number = "?" if row.expected is None else row.expected
        yield f"list {row.code:<8} {row.listed:>3}/{number} listed, {row.linked} linked, {state}  {row.name}"
    for found in report.findings:
        if found.level == "error" or everything:
            yield f"    {found.level} {found.code} {found.what}"
    for name, count in sorted(report.warnings.items(), key=lambda each: (-each[1], each[0])):
        yield f"warning {count:>4} × {name}"
    decides = ", ".join(f"{name} {count}" for name, count in sorted(report.decides.items()))
    yield (
        f"lists {len(report.lists)}; scopes {report.scopes}; exemptions {report.exemptions}; decided by: {decides}; "
        f"errors {len(report.errors)}; warnings {report.warnings.total()}"
    )


def reach_as_json(report: ReachReport) -> dict[str, object]:
    return {
        "lists": [dataclasses.asdict(row) for row in report.lists], "scopes": report.scopes,
        "exemptions": report.exemptions, "decides": dict(report.decides),
        "reach_findings": [dataclasses.asdict(f) for f in report.findings],
    }  # fmt: skip


def routes_lines(report: RouteReport) -> Iterator[str]:
    """Every region × entry × kind of place, and what they lead to."""
    for triple in report.contradictions:
        yield f"    error route_contradicts {' '.join(triple)}"
    answers = ", ".join(f"{name} {count}" for name, count in report.answers.most_common())
    yield (
        f"routes {report.triples}: {report.entries} entries × {report.kinds} kinds of place × "
        f"{report.regions} regions; {answers}; errors {len(report.contradictions)}"
    )


def routes_as_json(report: RouteReport) -> dict[str, object]:
    return {
        "routes": {"triples": report.triples, "answers": dict(report.answers)},
        "route_errors": [list(triple) for triple in report.contradictions],
    }
