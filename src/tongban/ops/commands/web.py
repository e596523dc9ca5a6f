"""Serve the pages, the API and the gate of this node: one process with several threads, restarted if it dies."""

from __future__ import annotations

import argparse

from tongban.config import config


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--processes", type=int, default=1, help="web processes (default 1)")
    parser.add_argument("--certificate", help="PEM file: serve HTTPS")
    parser.add_argument("--private-key", help="PEM file of the certificate's key")
    parser.add_argument("--client-roots", help="PEM file: demand a client certificate that leads to these roots (mTLS)")


def run(args: argparse.Namespace) -> int:
    from pathlib import Path

    from granian.constants import HTTPModes, Interfaces

    from tongban.ops.lifeline import follow_parent
    from tongban.ops.web_server import WebServer

    cfg = config()
    follow_parent()
    WebServer(
        "tongban.serving:application",
        address=cfg.bind,
        port=cfg.port,
        interface=Interfaces.WSGI,
        http=HTTPModes.auto,
        workers=args.processes,
        blocking_threads=cfg.web_threads,
        blocking_threads_idle_timeout=600,
        respawn_failed_workers=True,
        workers_kill_timeout=20,
        websockets=False,
        log_enabled=False,
        ssl_cert=Path(args.certificate) if args.certificate else None,
        ssl_key=Path(args.private_key) if args.private_key else None,
        ssl_ca=Path(args.client_roots) if args.client_roots else None,
        ssl_client_verify=bool(args.client_roots),
    ).serve()
    return 0
