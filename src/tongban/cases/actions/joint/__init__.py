"""Joint handling: what the lead does between parts, and what the owner of a part does."""

from .deciding import complete_part, lapse_part, refuse_part
from .leading import advance
from .opening import open_part
from .taking import take_version

__all__ = ["advance", "complete_part", "lapse_part", "open_part", "refuse_part", "take_version"]
