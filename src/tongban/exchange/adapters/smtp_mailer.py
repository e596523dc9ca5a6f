"""Mail over SMTP: encrypted and verified, except to this very machine."""

from __future__ import annotations

import ipaddress
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path

from tongban.exchange.mailing import MailUnavailable


class SmtpMailer:
    """``server`` is ``host:port``; ``security`` starttls, tls or none. ``none`` goes to literal loopback addresses
    alone. The password is read from its file at each use, so that it can be changed under a running node."""

    def __init__(
        self, server: str, *, sender: str, security: str = "starttls", user: str = "", password_file: str = "",
        roots: str = "", seconds: float = 10.0,
    ) -> None:  # fmt: skip
        host, _, port = server.rpartition(":")
        if not host or not port.isdigit() or security not in ("starttls", "tls", "none"):
            raise ValueError("expected host:port and starttls, tls or none")
        if security == "none" and not _is_loopback(host):
            raise ValueError("mail without TLS goes to a loopback address alone")
        self._host, self._port, self._security, self._seconds = host.strip("[]"), int(port), security, seconds
        self._sender, self._user, self._password_file, self._roots = sender, user, password_file, roots

    def send(self, to: str, subject: str, text: str) -> None:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self._sender, to, subject
        message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain=self._sender.rpartition("@")[2])
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
        with self._server() as server:
            server.send_message(message)

    def check(self) -> None:
        with self._server() as server:
            server.noop()

    @contextmanager
    def _server(self) -> Iterator[smtplib.SMTP]:
        try:
            with self._connect() as server:
                if self._security == "starttls":
                    server.starttls(context=self._context())
                if self._user:
                    server.login(self._user, Path(self._password_file).read_text(encoding="utf-8").strip())
                yield server
        except TimeoutError as error:
            raise MailUnavailable("mail.timeout") from error
        except smtplib.SMTPAuthenticationError as error:
            raise MailUnavailable("mail.login_refused") from error
        except smtplib.SMTPResponseException as error:
            raise MailUnavailable(f"mail.refused:{error.smtp_code}") from error
        except smtplib.SMTPException as error:
            raise MailUnavailable(f"mail.{type(error).__name__}") from error
        except OSError as error:
            raise MailUnavailable("mail.unreachable") from error

    def _connect(self) -> smtplib.SMTP:
        if self._security == "tls":
            return smtplib.SMTP_SSL(self._host, self._port, timeout=self._seconds, context=self._context())
        return smtplib.SMTP(self._host, self._port, timeout=self._seconds)

    def _context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=self._roots or None)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
