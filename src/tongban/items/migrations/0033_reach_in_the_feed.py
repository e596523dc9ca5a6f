"""The feed of changes also tells scopes, exemptions and editions of lists; a release follows the one before it."""

from __future__ import annotations

from importlib import import_module

from django.db import migrations

COLUMNS = import_module("tongban.items.migrations.0030_upkeep").COLUMNS

NOTE = """
CREATE FUNCTION items_note_{name}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  n bigint;
  before bigint;
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT count(*) INTO n FROM fresh f WHERE {counts};
    IF n > 0 THEN
      before := items_change_next(n);
      INSERT INTO items_change {columns}
        SELECT before + row_number() OVER (ORDER BY f.{key}), {what}, 'published', {rest} FROM fresh f WHERE {counts};
    END IF;
  ELSE
    SELECT count(*) INTO n FROM fresh f JOIN former o USING ({key}) WHERE {counts} AND {differs};
    IF n > 0 THEN
      before := items_change_next(n);
      INSERT INTO items_change {columns}
        SELECT before + row_number() OVER (ORDER BY {key}), {what}, {change}, {rest}
        FROM fresh f JOIN former o USING ({key}) WHERE {counts} AND {differs};
    END IF;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER items_{name}_added AFTER INSERT ON {table} REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION items_note_{name}();
CREATE TRIGGER items_{name}_changed AFTER UPDATE ON {table} REFERENCING OLD TABLE AS former NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION items_note_{name}();
INSERT INTO items_change {columns}
  SELECT (SELECT last FROM items_change_head) + row_number() OVER (ORDER BY f.{key}), {what}, 'published', {rest}
  FROM {table} f WHERE {counts};
UPDATE items_change_head SET last = greatest(last, (SELECT max(seq) FROM items_change));
"""

OWNER = "coalesce(nullif(f.owner, ''), '00')"
ENDED = "CASE WHEN f.{end} IS DISTINCT FROM o.{end} THEN 'ended' ELSE 'changed' END"
WORD = "NULL::integer, '', f.begins, f.ends"

TABLES = {
    "scope": {
        "table": "items_scope", "key": "key", "counts": "true", "what": "'scope'",
        "rest": f"{OWNER}, split_part(f.key, '/', 2), f.entry_key, {WORD}",
        "change": ENDED.format(end="ends"),
        "differs": "(f.kind, f.stage, f.area, f.members, f.begins, f.ends)"
                   " IS DISTINCT FROM (o.kind, o.stage, o.area, o.members, o.begins, o.ends)",
    },
    "exemption": {
        "table": "items_exemption", "key": "key", "counts": "true", "what": "'exemption'",
        "rest": f"{OWNER}, f.region, f.entry_key, {WORD}",
        "change": ENDED.format(end="ends"),
        "differs": "(f.region, f.begins, f.ends) IS DISTINCT FROM (o.region, o.begins, o.ends)",
    },
    "edition": {
        "table": "items_list_edition", "key": "id", "counts": "f.state = 'published'", "what": "'edition'",
        "rest": f"{OWNER}, f.list_code, '', f.number, f.digest, f.valid_from, f.valid_to",
        "change": "CASE WHEN o.state = 'published' THEN 'ended' ELSE 'published' END",
        "differs": "(o.state <> 'published' OR f.valid_to IS DISTINCT FROM o.valid_to)",
    },
}  # fmt: skip

FOLLOWS = """
CREATE FUNCTION items_release_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Releases of a node are numbered from 1 without gaps, and kept in their order.
  IF NEW.number <> 1 + coalesce((SELECT max(number) FROM items_release WHERE node = NEW.node), 0) THEN
    RAISE EXCEPTION 'release % of % does not follow the one kept before', NEW.number, NEW.node
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER items_release_in_order BEFORE INSERT ON items_release
  FOR EACH ROW EXECUTE FUNCTION items_release_follows();
"""


def triggers() -> str:
    return "".join(NOTE.format(name=name, columns=COLUMNS, **each) for name, each in TABLES.items()) + FOLLOWS


def dropped() -> str:
    each = "".join(
        f"DROP TRIGGER items_{name}_added ON {t['table']}; DROP TRIGGER items_{name}_changed ON {t['table']};"
        f" DROP FUNCTION items_note_{name}();"
        for name, t in TABLES.items()
    )
    return each + "DROP TRIGGER items_release_in_order ON items_release; DROP FUNCTION items_release_follows();"


class Migration(migrations.Migration):
    dependencies = [("items", "0032_reach_travels")]

    operations = [migrations.RunSQL(triggers(), dropped())]
