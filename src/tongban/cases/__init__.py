"""Filings, cases and parts: three lifecycles with one owner each (architecture §2, decisions 1 and 2).

The *filing* belongs to the place of intake (what the applicant said, in numbered revisions). The *case* belongs to the
competent place (what the authority did). In joint handling each place owns its *part*. Every other node holds a mirror,
written only through :mod:`tongban.cases.border`.
"""
