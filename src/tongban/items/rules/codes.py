"""Item codes: basic (12), implementation (31), handling item (33). GB/T 39554.1 as far as standards §1.1–1.2 carry it.

Old lengths (GB/T 39046 writes an..10 and an..24) and local codes are kept as given, never mended. Pure.
"""

from __future__ import annotations

import re
from typing import Final, Literal

from tongban.items.elements import ELEMENTS

Fault = Literal["length", "sign", "shape", "uscc", "level"]
Standing = Literal["national", "old", "local"]

BASIC: Final = re.compile(r"\d{2}\d{2}\d{2}\d{3}(?:\d{3}|00Y)", re.ASCII)
LOCAL_MOST: Final = 50
OLD_LENGTHS: Final = {"basic": 10, "implementation": 24}
_USCC_SIGNS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS: Final = tuple(pow(3, n, 31) for n in range(17))


def uscc_check_sign(first17: str) -> str | None:
    """The 18th sign of a 统一社会信用代码 (GB 32100-2015, weights 3^n mod 31); None if a sign is not allowed."""
    if len(first17) != 17 or any(c not in _USCC_SIGNS for c in first17):
        return None
    total = sum(_USCC_SIGNS.index(c) * w for c, w in zip(first17, _USCC_WEIGHTS, strict=True))
    return _USCC_SIGNS[(31 - total % 31) % 31]


def uscc_fault(code: str) -> Fault | None:
    if len(code) != 18:
        return "length"
    found = uscc_check_sign(code[:17])
    if found is None:
        return "sign"
    return None if found == code[17] else "uscc"


def basic_fault(code: str) -> Fault | None:
    """``00013112700Y`` has ``00Y`` where a main item has sub-items."""
    if len(code) != 12:
        return "length"
    return None if BASIC.fullmatch(code) else "shape"


def implementation_fault(code: str) -> Fault | None:
    """USCC (18) + level 1–7 (1) + basic code (12)."""
    if len(code) != 31:
        return "length"
    if (fault := uscc_fault(code[:18])) is not None:
        return "uscc" if fault != "sign" else "sign"
    if code[18] not in "1234567":
        return "level"
    return basic_fault(code[19:])


def handling_fault(code: str) -> Fault | None:
    """Implementation code (31) + serial number (2)."""
    if len(code) != 33:
        return "length"
    return implementation_fault(code[:31]) or (None if re.fullmatch(r"\d{2}", code[31:], re.ASCII) else "shape")


def standing(kind: Literal["basic", "implementation"], code: str) -> Standing:
    """How a code is to be read: by the national rule, as one of the old length, or as somebody's own string."""
    if len(code) == {"basic": 12, "implementation": 31}[kind]:
        return "national"
    return "old" if len(code) == OLD_LENGTHS[kind] else "local"


CHECKED: Final = {
    "national_code": basic_fault,
    "implementation_code": implementation_fault,
    "handling_code": handling_fault,
    "authority_uscc": uscc_fault,
}
"""Element → rule. A code of an old length belongs into ``local_base_code`` or ``local_code``."""

assert set(CHECKED) <= set(ELEMENTS)
