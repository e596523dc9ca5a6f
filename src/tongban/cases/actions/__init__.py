"""The verbs of this slice, one function each: load, may, plan, write, record.

``filing`` is what the applicant's side does, ``intake`` what the competent node does with a received filing; then
``review``, ``decision``, ``joint``. ``mirror`` keeps what another node said; ``reading`` lets staff open a file.
"""
