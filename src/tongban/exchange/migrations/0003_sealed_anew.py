"""A message that was refused because its key's time is over may be sealed anew: its bytes are dropped, not replaced."""

from __future__ import annotations

from django.db import migrations

from . import _guards

OLD = "(OLD.jws IS NOT NULL AND (NEW.jws, NEW.digest) IS DISTINCT FROM (OLD.jws, OLD.digest))"
NEW = """(OLD.jws IS NOT NULL AND (NEW.jws, NEW.digest) IS DISTINCT FROM (OLD.jws, OLD.digest)
         AND NOT (NEW.jws IS NULL AND OLD.receipt IS NULL AND NEW.receipt IS NULL
                  AND NEW.last_error IS NOT DISTINCT FROM 'key.not_valid_then'))"""


def _function(condition: str) -> str:
    before = _guards.OUTBOUND.partition("CREATE TRIGGER")[0]
    return before.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION").replace(OLD, condition)


class Migration(migrations.Migration):
    dependencies = [("exchange", "0002_dependencies")]

    operations = [migrations.RunSQL(_function(NEW), _function(OLD))]
