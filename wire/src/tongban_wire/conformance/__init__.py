"""The conformance kit: what a node that claims the protocol must do, as scenarios that run against its gate.

Pure: how bytes travel is the business of a :class:`ports.Door`, what comes back to the kit's own node that of a
:class:`ports.Ear`. ``tongban conformance`` brings both.
"""

from .kit import Kit, entries, make, sunsets
from .ports import Answer, Door, Ear
from .report import Report, Result, Verdict, open_report, run, seal_report
from .trial import SCENARIOS, Trial

__all__ = [
    "SCENARIOS", "Answer", "Door", "Ear", "Kit", "Report", "Result", "Trial", "Verdict", "entries", "make",
    "open_report", "run", "seal_report", "sunsets",
]  # fmt: skip
