"""The feed of changes, written by the database itself, and the dates of guide reviews."""

from __future__ import annotations

from django.db import migrations, models

COLUMNS = "(seq, kind, change, owner, code, entry_key, version, digest, valid_from, valid_to)"

NEXT = """
CREATE TABLE items_change_head (id integer PRIMARY KEY CHECK (id = 1), last bigint NOT NULL);
INSERT INTO items_change_head VALUES (1, 0);
CREATE FUNCTION items_change_next(n bigint) RETURNS bigint LANGUAGE sql AS $$
  -- The row stays locked until the commit: a later number is never visible before an earlier one.
  UPDATE items_change_head SET last = last + n WHERE id = 1 RETURNING last - n;
$$;
"""

NOTE = """
CREATE FUNCTION items_note_{name}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  n bigint;
  before bigint;
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT count(*) INTO n FROM fresh;
    IF n > 0 THEN
      before := items_change_next(n);
      INSERT INTO items_change {columns}
        SELECT before + row_number() OVER (ORDER BY {key}), {new} FROM fresh f;
    END IF;
  ELSE
    SELECT count(*) INTO n FROM fresh f JOIN former o USING ({key}) WHERE {differs};
    IF n > 0 THEN
      before := items_change_next(n);
      INSERT INTO items_change {columns}
        SELECT before + row_number() OVER (ORDER BY {key}), {changed}
        FROM fresh f JOIN former o USING ({key}) WHERE {differs};
    END IF;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER items_{name}_added AFTER INSERT ON {table} REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION items_note_{name}();
CREATE TRIGGER items_{name}_changed AFTER UPDATE ON {table} REFERENCING OLD TABLE AS former NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION items_note_{name}();
INSERT INTO items_change {columns}
  SELECT (SELECT last FROM items_change_head) + row_number() OVER (ORDER BY {key}), {new} FROM {table} f;
UPDATE items_change_head SET last = coalesce((SELECT max(seq) FROM items_change), 0);
"""

VERSION = "f.version, f.digest, f.valid_from, f.valid_to"
NOTHING = "NULL::integer, '', NULL::date, NULL::date"

TABLES = {
    "entry": {
        "table": "items_list_entry", "key": "key",
        "new": f"'entry', 'published', '00', f.base_code, f.key, {NOTHING}",
        "changed": f"'entry', 'changed', '00', f.base_code, f.key, {NOTHING}",
        "differs": "(f.name, f.content, f.base_code) IS DISTINCT FROM (o.name, o.content, o.base_code)",
    },
    "base": {
        "table": "items_base_version", "key": "id",
        "new": f"'base', 'published', '00', f.code, '', {VERSION}",
        "changed": f"'base', 'ended', '00', f.code, '', {VERSION}",
        "differs": "f.valid_to IS DISTINCT FROM o.valid_to",
    },
    "implementation": {
        "table": "items_implementation", "key": "id",
        "new": f"'implementation', 'published', f.owner, f.code, f.entry_key, {VERSION}",
        "changed": f"'implementation', 'ended', f.owner, f.code, f.entry_key, {VERSION}",
        "differs": "f.valid_to IS DISTINCT FROM o.valid_to",
    },
    "standing": {
        "table": "items_standing", "key": "id",
        "new": f"'standing', f.state, f.owner, f.code, '', {NOTHING}",
        "changed": f"'standing', f.state, f.owner, f.code, '', {NOTHING}",
        "differs": "f.state IS DISTINCT FROM o.state",
    },
}  # fmt: skip


def triggers() -> str:
    return NEXT + "".join(NOTE.format(name=name, columns=COLUMNS, **each) for name, each in TABLES.items())


def dropped() -> str:
    each = "".join(
        f"DROP TRIGGER items_{name}_added ON {t['table']}; DROP TRIGGER items_{name}_changed ON {t['table']};"
        f" DROP FUNCTION items_note_{name}();"
        for name, t in TABLES.items()
    )
    return each + "DROP FUNCTION items_change_next(bigint); DROP TABLE items_change_head;"


class Migration(migrations.Migration):
    dependencies = [("items", "0020_scopes_and_lists")]

    operations = [
        migrations.CreateModel(
            name="CatalogChange",
            fields=[
                ("seq", models.BigIntegerField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=20)),
                ("change", models.CharField(max_length=20)),
                ("owner", models.CharField(max_length=32)),
                ("code", models.CharField(max_length=40)),
                ("entry_key", models.CharField(default="", max_length=40)),
                ("version", models.IntegerField(null=True)),
                ("digest", models.CharField(default="", max_length=80)),
                ("valid_from", models.DateField(null=True)),
                ("valid_to", models.DateField(null=True)),
            ],
            options={"db_table": "items_change"},
        ),
        migrations.CreateModel(
            name="GuideReview",
            fields=[
                ("code", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("due_on", models.DateField()),
                ("reviewed_on", models.DateField()),
                ("by", models.TextField()),
                ("note", models.TextField(default="")),
            ],
            options={
                "db_table": "items_guide_review",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("due_on__gt", models.F("reviewed_on"))),
                        name="guide_review_due_after_review",
                    )
                ],
            },
        ),
        migrations.RunSQL(triggers(), dropped()),
    ]
