"""The verbs of this slice, one function each: load, may, plan, write, record.

``filing`` (what the applicant's side does), ``intake`` (what the competent node does with a received filing), ``review``,
``decision``, ``joint``, ``mirror`` (what another node said), ``reading`` (staff opening a person's file).
"""
