"""Numbers with check digits: 居民身份证 (GB 11643) and 统一社会信用代码 (GB 32100). Masks for the screen."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS: Final = "10X98765432"
_USCC: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_MOBILE: Final = re.compile(r"1[3-9][0-9]{9}")
_DISABILITY: Final = re.compile(r"(\d{17}[\dX])[1-7][1-4](?:B\d)?", re.ASCII)


def id_check_digit(first17: str) -> str:
    """The 18th sign of a resident identity number (ISO 7064 MOD 11-2)."""
    return _CHECKS[sum(int(d) * w for d, w in zip(first17, _WEIGHTS, strict=True)) % 11]


def is_id_number(text: str) -> bool:
    """18 ASCII signs, a real birthday and a right check digit. Full-width digits would be another spelling of the same
    person, which no index finds."""
    if not re.fullmatch(r"[0-9]{17}[0-9X]", text):
        return False
    try:
        date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    return id_check_digit(text[:17]) == text[17]


def uscc_check_digit(first17: str) -> str:
    """The 18th sign of a unified social credit code (GB 32100-2015)."""
    total = sum(_USCC.index(c) * pow(3, i, 31) for i, c in enumerate(first17))
    return _USCC[(31 - total % 31) % 31]


def is_uscc(text: str) -> bool:
    return len(text) == 18 and all(c in _USCC for c in text) and uscc_check_digit(text[:17]) == text[17]


def is_mobile(text: str) -> bool:
    return bool(_MOBILE.fullmatch(text))


def is_disability_card(text: str) -> bool:
    """残疾人证号: identity number, type 1–7, grade 1–4; reissued, B and a digit (管理办法)."""
    found = _DISABILITY.fullmatch(text)
    return found is not None and is_id_number(found[1])


def is_bank_card(text: str) -> bool:
    """A bank card of 16 to 19 digits whose last one checks (ISO/IEC 7812, Luhn)."""
    if not re.fullmatch(r"[1-9]\d{15,18}", text, re.ASCII):
        return False
    doubled = (int(d) * 2 if n % 2 else int(d) for n, d in enumerate(reversed(text)))
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def is_region_code(text: str) -> bool:
    """Six digits; whether such a region exists is not for a pure rule to know."""
    return len(text) == 6 and text.isascii() and text.isdigit()


FORMATS: Final[Mapping[str, Callable[[str], bool]]] = {
    "id-number-cn": is_id_number, "license-number-cn": is_id_number, "mobile-cn": is_mobile, "uscc": is_uscc,
    "region-code": is_region_code, "disability-card-cn": is_disability_card, "bank-card-cn": is_bank_card,
}  # fmt: skip
"""The formats a form may name, for the server and the pages alike. 道路客运从业资格证号 = 居民身份证号."""
UPPER: Final = frozenset({"id-number-cn", "license-number-cn", "uscc", "disability-card-cn"})
"""Those with letters: typed small, kept large."""


def one_spelling(format: str, typed: str) -> str:
    """What a person typed into a field of this format as it is kept: narrow signs, no gaps, large letters, a mobile
    number without +86. Other formats, and none, are left alone."""
    if format not in FORMATS:
        return typed
    text = "".join(unicodedata.normalize("NFKC", typed).split())
    if format == "mobile-cn":
        return text.removeprefix("+86")
    return text.upper() if format in UPPER else text


def mask_name(name: str) -> str:
    """张三 → 张*; 欧阳小明 → 欧***."""
    return name[:1] + "*" * max(len(name) - 1, 1) if name else ""


def mask_id_number(number: str) -> str:
    """First six, last four (standards §8.2)."""
    return f"{number[:6]}{'*' * 8}{number[-4:]}" if len(number) >= 14 else "*" * len(number)


def mask_mobile(number: str) -> str:
    return f"{number[:3]}****{number[-4:]}" if len(number) == 11 else "*" * len(number)
