"""docs/protocol.md says what the program does: types, fields, codes, limits, kinds of signed things, addresses."""

from __future__ import annotations

import dataclasses
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tongban.exchange.actions.receiving import LIST_EXPIRED, NOT_UNDERSTOOD
from tongban.exchange.rules.streams import Verdict
from tongban.gate import messages as gate
from tongban.gate.urls import urlpatterns
from tongban_wire import daybook, envelope, export, jws, reading, stamps, strict, trust
from tongban_wire.keys import ALGORITHMS
from tongban_wire.messages import SENTENCES
from tongban_wire.problems import CODES

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
PLAIN = TEXT.replace(",", "")


def test_its_tables_are_what_the_program_says() -> None:
    program = ROOT / "wire" / "tools" / "protocol_tables.py"
    ran = subprocess.run([sys.executable, str(program), "--check"], timeout=60, check=False)
    assert ran.returncode == 0, "run: python wire/tools/protocol_tables.py"


@pytest.mark.parametrize("kind", SENTENCES, ids=lambda kind: kind.TYPE)
def test_every_sentence_with_every_field_and_personal_key_is_described(kind: type) -> None:
    section = TEXT.partition(f"#### `{kind.TYPE}`\n")[2].partition("\n#### ")[0]
    names = [f.name for f in dataclasses.fields(kind) if f.metadata.get("wire", True)]
    assert [name for name in [*names, *kind.PERSONAL] if f"`{name}`" not in section] == []


def test_every_code_algorithm_and_kind_of_signed_thing_is_named() -> None:
    kinds = [value for name, value in vars(jws).items() if name.isupper() and str(value).endswith("+jws")]
    verdicts = [f"message.{verdict}" for verdict in (Verdict.ID_REUSED, Verdict.POSITION_TAKEN)]
    wanted = [*CODES, *ALGORITHMS, *kinds, *verdicts, LIST_EXPIRED, NOT_UNDERSTOOD]
    assert len(kinds) >= 6
    assert [name for name in wanted if f"`{name}`" not in TEXT] == []


def test_every_limit_is_given_with_its_value() -> None:
    table = dict(re.findall(r"\| `([\w.]+)` \| (\d+) \|", TEXT))
    for module in (envelope, reading, strict, trust, daybook, stamps, export):
        for name, value in vars(module).items():
            if name.startswith("MAX_") and name != "MAX_FILE" and module.__name__ == _owner(name, module):
                key = name if name in table and table[name] == str(value) else f"trust.{name}"
                assert table.get(key) == str(value), f"{module.__name__}.{name}"
    assert str(gate.MOST_BYTES) in PLAIN
    assert f"at most {gate.MOST_MESSAGES} messages" in TEXT


def _owner(name: str, module: object) -> str:
    return str(getattr(module, "__name__", ""))


def test_every_address_of_the_gate_is_described() -> None:
    addresses = [re.sub(r"<str:(\w+)>", r"<\1>", str(pattern.pattern)) for pattern in urlpatterns]
    assert [address for address in addresses if f"/{address}" not in TEXT] == []
