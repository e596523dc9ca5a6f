"""Who may say what about reach and lists, and how the words of two nodes about one thing become one. Pure.

A province decides for its own regions and keeps its own lists, the directory decides for everybody (decision 9; R-053:
a region that takes no part is its province's to name; R-012: 省内清单 are put out by their province). Both the action
of a manager and the arrival of another node's release ask here.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import date
from typing import Final, TypeVar

from tongban.kernel.ids import DIRECTORY

from .scopes import KINDS, STAGES, Exemption, Scope

LONGEST: Final = 2_000
"""Most characters of the words and of the source of a scope or an exemption."""
MOST_AREA: Final = 60
_REGION: Final = re.compile(r"\d{6}", re.ASCII)
_KEY: Final = re.compile(r"(?P<entry>[A-Za-z0-9.-]{1,40})/[A-Za-z0-9.-]{1,39}", re.ASCII)

NodeOf = Callable[[str], str | None]
"""Region code → the node that answers for it on the day in question, None if none does."""
Word = TypeVar("Word", Scope, Exemption)


def decides_for(node: str, regions: Collection[str], node_of: NodeOf) -> bool:
    """Whether ``node`` may speak for ``regions``; none at all means everywhere, which is the directory's."""
    return node == DIRECTORY or (bool(regions) and all(node_of(code) == node for code in regions))


def may_say(speaker: str, said: Word, known: Word | None, owner: str, node_of: NodeOf) -> bool:
    """Whether ``speaker`` may say ``said``. Who replaces what came with the program (``known`` without an ``owner``)
    must have the say over all that it covered too."""
    words = [said] if known is None or owner else [said, known]
    return all(decides_for(speaker, regions_of(word), node_of) for word in words)


def regions_of(word: Scope | Exemption) -> tuple[str, ...]:
    """The regions a word is about; none means everywhere."""
    return word.members if isinstance(word, Scope) else (word.region,)


def keeps_list(node: str, region: str, node_of: NodeOf) -> bool:
    """Whether ``node`` looks after a list of ``region``; a list without one is the directory's."""
    return node_of(region) == node if region else node == DIRECTORY


def scope_faults(scope: Scope) -> dict[str, str]:
    """Field → code of what no dated scope may say; the check constraints of ``items_scope`` are the twin."""
    found = _faults(scope)
    if scope.kind not in KINDS:
        found["kind"] = "unknown"
    if scope.stage not in STAGES:
        found["stage"] = "unknown"
    if scope.begins is None:
        found["begins"] = "required"
    elif scope.ends is not None and scope.ends <= scope.begins:
        found["ends"] = "before_begin"
    if scope.kind == "regional" and not (scope.area or scope.members):
        found["area"] = "required"
    if len(scope.area) > MOST_AREA:
        found["area"] = "too_long"
    if not all(_REGION.fullmatch(code) for code in scope.members):
        found["regions"] = "unknown_region"
    return found


def exemption_faults(exemption: Exemption) -> dict[str, str]:
    """As :func:`scope_faults`, for an exemption."""
    found = _faults(exemption)
    if exemption.ends is not None and exemption.ends <= exemption.begins:
        found["ends"] = "before_begin"
    if not _REGION.fullmatch(exemption.region):
        found["region"] = "unknown_region"
    if not exemption.words.strip():
        found["words"] = "required"
    return found


def _faults(word: Scope | Exemption) -> dict[str, str]:
    named = _KEY.fullmatch(word.key)
    found = {} if named and named["entry"] == word.entry_key else {"key": "malformed"}
    if not word.source.strip():
        found["source"] = "required"
    found |= {name: "too_long" for name in ("words", "source") if len(getattr(word, name)) > LONGEST}
    return found


def may_end(word: Scope | Exemption, on: date) -> bool:
    """An end only ever comes nearer: so the words of two nodes, in whatever order they are heard, leave one end."""
    return word.begins is not None and word.begins < on and (word.ends is None or on <= word.ends)


def area_of(members: Sequence[str]) -> str:
    """What stands for regions that are no group, in the rule of one stage a day: the regions themselves, in order;
    where they are too many, the first, how many, and a digest of all."""
    whole = "+".join(members)
    if len(whole) <= MOST_AREA:
        return whole
    return f"{members[0]}+{len(members) - 1}:{hashlib.sha256(whole.encode('ascii')).hexdigest()[:16]}"


def merged(known: Word | None, owner: str, said: Word, speaker: str) -> tuple[Word, str] | None:
    """The word that stands after ``speaker`` said ``said``, and whose it is; None: a contradiction, to be refused.

    ``owner`` is the node whose word ``known`` is, empty while it is as it came with the program. Nodes that say the
    same but for the end leave the earlier end; where they say different things, the directory's word stands. For the
    words of the directory and one province the outcome does not depend on the order, nor on how often each is heard.
    """
    if known is None or not owner:
        return said, speaker
    if replace(known, ends=None) == replace(said, ends=None):
        ends = min((day for day in (known.ends, said.ends) if day is not None), default=None)
        return replace(known, ends=ends), DIRECTORY if DIRECTORY in (owner, speaker) else owner
    if DIRECTORY in (owner, speaker) and owner != speaker:
        return (said, DIRECTORY) if speaker == DIRECTORY else (known, DIRECTORY)
    return None
