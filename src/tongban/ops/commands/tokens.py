"""Show the API tokens of other systems at this node; `issue` registers a system if need be and gives it one, printed
this once; `revoke` ends one."""

from __future__ import annotations

import argparse
import sys
from datetime import timedelta

from tongban.ops.boot import choose, node_option, node_option_behind, setup


def arguments(parser: argparse.ArgumentParser) -> None:
    node_option(parser)
    steps = parser.add_subparsers(dest="step")
    issue = steps.add_parser("issue", help="a new token of a system")
    issue.add_argument("system", help="its name, e.g. 西宁市交通运输局业务系统; registered when it is new")
    issue.add_argument("--scope", action="append", required=True, dest="scopes", metavar="SCOPE",
                       help="filings:read, filings:write, cases:read or cases:write; again for more")  # fmt: skip
    issue.add_argument("--person", metavar="ISSUER:SUBJECT",
                       help="whom it acts for, as the identity provider names them (default: itself)")  # fmt: skip
    issue.add_argument("--days", type=int, default=90, help="how long it holds, at most 366 (default 90)")
    revoke = steps.add_parser("revoke", help="this token is not taken from now on")
    revoke.add_argument("id", help="as the list shows it")
    node_option_behind(steps.choices.values())


def run(args: argparse.Namespace) -> int:
    choose(args.node)
    cfg = setup()
    from tongban.identity import actions, queries
    from tongban.journal import clock
    from tongban.kernel.people import Act, system
    from tongban.kernel.problems import Refusal

    act = Act(system(cfg.node_id), clock.now())
    try:
        if args.step == "issue":
            issuer, _, subject = (args.person or "").partition(":")
            issued = actions.issue_token(
                act, actions.register_client(act, args.system), args.scopes, act.at + timedelta(days=args.days),
                person=(issuer, subject) if args.person else None,
            )  # fmt: skip
            print(f"{issued.text}\nholds until {issued.expires_at:%Y-%m-%d %H:%M} UTC; it cannot be shown again")
        elif args.step == "revoke":
            actions.revoke_token(act, args.id)
            print(f"token {args.id} is not taken any more")
        else:
            for token in queries.issued_tokens():
                state = "revoked" if token.revoked_at else "until" if act.at < token.expires_at else "ended"
                print(f"{token.id}  {state} {token.revoked_at or token.expires_at:%Y-%m-%d}  {token.client}  "
                      f"{token.person or 'for itself'}  {' '.join(token.scopes)}")  # fmt: skip
    except Refusal as refusal:
        said = {**refusal.fields, **refusal.params}
        print(f"tongban tokens: {refusal.problem.title_en}{f': {said}' if said else ''}", file=sys.stderr)
        return 1
    return 0
