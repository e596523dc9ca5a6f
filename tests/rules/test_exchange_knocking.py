"""Whether somebody is at a peer's door just now."""

from __future__ import annotations

import socket

from tongban.exchange.knocking import knock


def test_an_open_door_and_a_shut_one_are_told_apart_in_one_look():
    with socket.create_server(("127.0.0.1", 0)) as door, socket.socket() as shut:
        shut.bind(("127.0.0.1", 0))  # taken by nobody else, and nobody listens
        found = knock({
            "63": f"http://127.0.0.1:{door.getsockname()[1]}",
            "14": f"http://127.0.0.1:{shut.getsockname()[1]}",
            "00": "http://127.0.0.1:notaport",
        })  # fmt: skip
    assert found == {"63": True, "14": False, "00": False}
    assert knock({}) == {}
