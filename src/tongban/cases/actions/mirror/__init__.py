"""What other nodes said, kept at the place of intake and at the lead. Called from the border only."""

from .case import note_case, note_decline
from .part import note_part

__all__ = ["note_case", "note_decline", "note_part"]
