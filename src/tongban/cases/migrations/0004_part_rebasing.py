"""The open parts of a joint case follow when it is moved; the pin of a part changes only along a recorded move."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

from tongban.cases.rules.rebasing import REASONS

TRIGGERS = """
CREATE FUNCTION cases_keep_part_pin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- A part keeps its item for life; its version changes only along a recorded move, and only while the part is open.
  IF (NEW.entry_key, NEW.item_owner, NEW.item_code) IS DISTINCT FROM (OLD.entry_key, OLD.item_owner, OLD.item_code) THEN
    RAISE EXCEPTION 'a part keeps its item' USING ERRCODE = 'restrict_violation';
  END IF;
  IF (NEW.item_version, NEW.item_digest) IS DISTINCT FROM (OLD.item_version, OLD.item_digest)
     AND NOT (OLD.status = 'open' AND EXISTS (
       SELECT 1 FROM cases_partrebasing r
       WHERE r.part_id = OLD.id
         AND (r.from_version, r.from_digest) = (OLD.item_version, OLD.item_digest)
         AND (r.to_version, r.to_digest) = (NEW.item_version, NEW.item_digest))) THEN
    RAISE EXCEPTION 'a part changes its version only by a recorded move' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER cases_part_pinned
  BEFORE UPDATE OF entry_key, item_owner, item_code, item_version, item_digest ON cases_part
  FOR EACH ROW EXECUTE FUNCTION cases_keep_part_pin();
CREATE TRIGGER cases_partrebasing_frozen BEFORE UPDATE OR DELETE ON cases_partrebasing
  FOR EACH ROW EXECUTE FUNCTION cases_keep_rebasing();
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_part_by_id_number")]

    operations = [
        migrations.CreateModel(
            name="PartRebasing",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("from_version", models.PositiveIntegerField()),
                ("from_digest", models.TextField()),
                ("to_version", models.PositiveIntegerField()),
                ("to_digest", models.TextField()),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
                ("by", models.TextField()),
                (
                    "part",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rebasings", to="cases.part"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("part", "from_version"), name="part_rebasing_once_per_version"),
                    models.CheckConstraint(
                        condition=Q(to_version__gt=F("from_version")),
                        name="part_rebasing_goes_forward",
                        violation_error_message="a part is moved to a later version",
                    ),
                    models.CheckConstraint(
                        condition=Q(reason__in=list(REASONS)),
                        name="part_rebasing_has_reason",
                        violation_error_message="a move says why",
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            TRIGGERS,
            "DROP TRIGGER cases_part_pinned ON cases_part; DROP FUNCTION cases_keep_part_pin();",
        ),
    ]
