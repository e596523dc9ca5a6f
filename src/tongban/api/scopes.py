"""What a token may do: a closed list. Each endpoint names the scope it needs; the catalog needs none."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Scope(StrEnum):
    """One power of a token. It never exceeds what the person behind the token may do."""

    FILINGS_READ = "filings:read"
    FILINGS_WRITE = "filings:write"
    CASES_READ = "cases:read"
    CASES_WRITE = "cases:write"


DESCRIPTIONS: Final[Mapping[Scope, tuple[str, str]]] = {
    Scope.FILINGS_READ: ("查看本人的申请", "See one's own filings"),
    Scope.FILINGS_WRITE: ("提交申请、上传材料、答复补正、申请撤回",
                          "File, upload materials, answer corrections, ask to withdraw"),
    Scope.CASES_READ: ("查看本单位的办件和联办环节", "See the cases and parts of one's authority"),
    Scope.CASES_WRITE: ("受理、补正、决定、完成联办环节", "Accept, ask for corrections, decide, complete parts"),
}
