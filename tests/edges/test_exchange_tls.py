"""The carrier over real TLS on loopback, with certification authorities made for the test and thrown away."""

from __future__ import annotations

import http.server
import ssl
import threading

import pytest
from tests.certificates import Authority

from tongban.directory.adapters.http_source import HttpListSource
from tongban.directory.ports import SourceUnavailable
from tongban.exchange.adapters.http import HttpCarrier, tls
from tongban.exchange.ports import CarrierError


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path, "root")


@pytest.fixture
def serve():
    """Starts a gate that answers every POST with one receipt; ``redirect`` sends to somewhere else instead."""
    running = []

    def start(certificate, *, client_roots=None, redirect=None, body=b'{"answers":[{"receipt":"x"}]}'):
        hits = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                hits.append(self.path)
                self.rfile.read(int(self.headers["content-length"]))
                self.send_response(307 if redirect else 200)
                if redirect:
                    self.send_header("location", redirect)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self):
                hits.append(self.path)
                self.send_response(200)
                self.send_header("content-length", "4")
                self.end_headers()
                self.wfile.write(b"list")

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        if client_roots:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(client_roots)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.handle_error = lambda *_: None
        threading.Thread(target=server.serve_forever, daemon=True).start()
        running.append(server)
        return f"https://127.0.0.1:{server.server_port}", hits

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    "body", [b"[" * 200_000, b'{"answers":[{"receipt":"x"}]', b'{"answers":{}}', b"\xff", b"9" * 9_000]
)
def test_an_answer_that_nobody_can_read_is_the_peers_fault(authority, serve, body):
    address, _ = serve(authority.issue("gate"), body=body)
    carrier = HttpCarrier(verify=tls(roots=str(authority.file)))
    assert code_of(carrier, address) == "peer.answer_unreadable"


def code_of(carrier, address):
    try:
        carrier.post(address, [b"{}"])
    except CarrierError as error:
        return error.code
    finally:
        carrier.close()
    return "answered"


def test_a_certificate_of_an_unknown_authority_is_refused_without_any_setting(serve, authority):
    address, hits = serve(authority.issue("gate"))
    assert code_of(HttpCarrier(), address) == "peer.unreachable"
    assert hits == [], "nothing was sent before the certificate was verified"


def test_a_certificate_that_leads_to_the_named_roots_is_accepted(serve, authority):
    address, _ = serve(authority.issue("gate"))
    assert code_of(HttpCarrier(verify=tls(roots=str(authority.file))), address) == "answered"


@pytest.mark.parametrize("how", [{"address": "127.0.0.2"}, {"expired": True}])
def test_a_certificate_for_another_address_or_one_that_expired_is_refused(serve, authority, how):
    address, hits = serve(authority.issue("gate", **how))
    assert code_of(HttpCarrier(verify=tls(roots=str(authority.file))), address) == "peer.unreachable"
    assert hits == []


def test_mutual_tls_needs_our_certificate_from_the_right_authority(serve, authority, tmp_path):
    (tmp_path / "other").mkdir()
    stranger = Authority(tmp_path / "other", "stranger")
    address, hits = serve(authority.issue("gate"), client_roots=str(authority.file))
    roots = str(authority.file)
    assert code_of(HttpCarrier(verify=tls(roots=roots)), address) == "peer.unreachable"
    foreign = tls(roots=roots, certificate=stranger.issue("us"))
    assert code_of(HttpCarrier(verify=foreign), address) == "peer.unreachable"
    assert hits == []
    assert code_of(HttpCarrier(verify=tls(roots=roots, certificate=authority.issue("us"))), address) == "answered"


def test_the_trust_list_is_fetched_over_the_same_verified_and_mutual_tls(serve, authority):
    address, hits = serve(authority.issue("directory"), client_roots=str(authority.file))
    roots = str(authority.file)
    for verify in (True, tls(roots=roots)):
        with pytest.raises(SourceUnavailable, match=r"peer\.unreachable"):
            HttpListSource(verify=verify).fetch(address)
    assert hits == []
    ours = tls(roots=roots, certificate=authority.issue("us"))
    assert HttpListSource(verify=ours).fetch(address) == b"list"


def test_a_redirect_is_not_followed(serve, authority):
    other, elsewhere = serve(authority.issue("other"))
    address, _ = serve(authority.issue("gate"), redirect=f"{other}/gate/v1/messages")
    assert code_of(HttpCarrier(verify=tls(roots=str(authority.file))), address) == "peer.status"
    assert elsewhere == []


@pytest.mark.parametrize(
    "address",
    ["http://10.0.0.1", "http://169.254.169.254", "file:///etc/passwd", "https://user:pw@peer.example",
     "https://peer.example/?x=1", "http://localhost", "gopher://127.0.0.1", "https://"],
)  # fmt: skip
def test_addresses_that_are_no_plain_https_addresses_are_never_called(address):
    assert code_of(HttpCarrier(plain_http_loopback=True), address) == "peer.address_refused"
