"""What can be done about people, tokens and the record of reads."""

from .access import AccessInsideTransaction, record_access
from .people import assign_posts, enrol_person
from .sign_in import sign_in, sign_out
from .tokens import IssuedToken, issue_token, register_client, revoke_token

__all__ = [
    "AccessInsideTransaction",
    "IssuedToken",
    "assign_posts",
    "enrol_person",
    "issue_token",
    "record_access",
    "register_client",
    "revoke_token",
    "sign_in",
    "sign_out",
]
