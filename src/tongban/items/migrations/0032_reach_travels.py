"""Whose word a scope, an exemption or an edition is, and whether a release says it: so that it reaches other nodes."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models
from django.db.models import Q

DAYS = "daterange(begins, ends, '[)') WITH &&"
ONE_A_DAY = {
    "items_scope": ("scope_one_a_day", "entry_key WITH =, kind WITH =, area WITH =", " WHERE (begins IS NOT NULL)"),
    "items_exemption": ("exemption_one_a_day", "entry_key WITH =, region WITH =", ""),
}


def one_a_day(also: str) -> str:
    return "".join(
        f"ALTER TABLE {table} DROP CONSTRAINT {name};"
        f"ALTER TABLE {table} ADD CONSTRAINT {name} EXCLUDE USING gist ({also}{equal}, {DAYS}){where};"
        for table, (name, equal, where) in ONE_A_DAY.items()
    )


def name_owners(apps: Any, schema_editor: Any) -> None:
    """What was said by hand until now was said at this node, and nobody else has heard it."""
    from tongban.config import config

    said = {"owner": config().node_id, "unreleased": True}
    for model in ("ItemScope", "ItemExemption"):
        apps.get_model("items", model).objects.filter(origin="manager").update(**said)
    editions = apps.get_model("items", "ListEdition").objects
    editions.filter(state="published").exclude(author="shipped").update(**said)


class Migration(migrations.Migration):
    dependencies = [("items", "0031_owners_of_a_code")]

    operations = [
        *(
            migrations.AddField(model, name, field)
            for model in ("itemscope", "itemexemption", "listedition")
            for name, field in (
                ("owner", models.CharField(max_length=32, default="")),
                ("unreleased", models.BooleanField(default=False)),
            )
        ),
        migrations.RunPython(name_owners, migrations.RunPython.noop),
        migrations.RemoveConstraint("itemscope", "scope_origin_known"),
        migrations.RemoveConstraint("itemexemption", "exemption_origin_known"),
        migrations.RemoveField("itemscope", "origin"),
        migrations.RemoveField("itemexemption", "origin"),
        *(
            migrations.AddConstraint(
                model, models.CheckConstraint(condition=Q(unreleased=False) | ~Q(owner=""), name=name)
            )
            for model, name in (
                ("itemscope", "scope_released_by_owner"),
                ("itemexemption", "exemption_released_by_owner"),
            )
        ),
        migrations.AddConstraint(
            "listedition",
            models.CheckConstraint(
                condition=Q(unreleased=False) | (Q(state="published") & ~Q(owner="")), name="list_edition_released"
            ),
        ),
        migrations.RunSQL(one_a_day("owner WITH =, "), one_a_day("")),
    ]
