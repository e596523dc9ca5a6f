"""The program ``tongban``. Each command is a module of :mod:`tongban.ops.commands`, loaded only when called."""

from __future__ import annotations

import argparse
import importlib
import sys

COMMANDS = {
    "demo": "run four nodes on this machine with real data and cases; Ctrl-C stops them",
    "stop": "take one node of the running demo away, as if its province were down",
    "start": "bring that node back",
    "doctor": "five checks of this installation, each with its remedy",
    "init": "make this node's keys and database, migrate and load it",
    "enrol": "write this node's enrolment file, or take in the directory's answer",
    "migrate": "bring the tables up to date and set the grants",
    "load": "load regions, calendar, catalog and organizations; again and again if you like",
    "catalog": "check the loaded catalog: errors, warnings by name, completeness of every item",
    "web": "serve pages, API and gate of this node",
    "worker": "do this node's jobs: deliveries, reactions, deadlines",
    "parked": "list what could not be done or delivered, with the reason",
    "replay": "try a parked job or message again",
    "reconcile": "compare accounts with another node, fetch what is missing",
    "rebuild-mirrors": "write what we know of others' cases anew, from the messages kept",
    "audit": "recompute statuses from facts and mirrors from messages, and compare",
    "export": "write a day, or the chain of a filing or case, to files for tongban-verify",
    "peers": "list the other nodes and how delivery to them stands",
    "keys": "show this node's signing keys; make, announce, switch to, end and revoke them",
    "tokens": "show the API tokens of other systems; issue and revoke them",
    "openapi": "write the API's description, or check that the committed one is in step",
    "chains": "verify the chain of facts of every subject at this node",
    "chaos": "break nodes on purpose, then see that nothing is lost or doubled",
    "conformance": "test whether a node does what the protocol promises, and sign the report",
    "play": "do what demo people do, told by lines of JSON; the demo and tests use it",
    "reset": "remove the data of a demo that was stopped",
    "version": "print the version",
}


def main(argv: list[str] | None = None) -> int:
    """Run a command. Returns 0, or 1 when the command failed, or 2 for a misuse."""
    words = sys.argv[1:] if argv is None else argv
    if not words or words[0] in ("-h", "--help", "help"):
        width = max(map(len, COMMANDS))
        print("usage: tongban COMMAND [...]    (tongban COMMAND --help tells more)\n")  # noqa: T201
        for name, text in COMMANDS.items():
            print(f"  {name:<{width}}  {text}")  # noqa: T201
        return 0
    if words[0] in ("-V", "--version"):
        words = ["version"]
    if words[0] not in COMMANDS:
        print(f"tongban: there is no command {words[0]!r}; `tongban --help` lists them", file=sys.stderr)  # noqa: T201
        return 2
    module = importlib.import_module(f"tongban.ops.commands.{words[0].replace('-', '_')}")
    parser = argparse.ArgumentParser(prog=f"tongban {words[0]}", description=module.__doc__)
    module.arguments(parser)
    args = parser.parse_args(words[1:])
    try:
        return int(module.run(args) or 0)
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        from tongban.config import Misconfigured
        from tongban.ops.federation import Trouble
        from tongban.ops.postgres import NoServer

        if isinstance(error, (Misconfigured, NoServer, Trouble)):
            print(f"tongban {words[0]}: {error}", file=sys.stderr)  # noqa: T201
            return 1
        if _no_database(error):
            text = f"tongban {words[0]}: the database does not answer; start it, or the demo (make run)\n{error}"
            print(text.rstrip(), file=sys.stderr)  # noqa: T201
            return 1
        raise


def _no_database(error: Exception) -> bool:
    """Whether no connection came about at all, as when a command speaks to a demo that is not running."""
    from django.db import OperationalError

    return isinstance(error, OperationalError) and "connection to server" in str(error)


if __name__ == "__main__":
    sys.exit(main())
