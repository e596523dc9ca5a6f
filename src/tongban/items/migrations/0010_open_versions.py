"""What an owner has open, found without reading the contents: among hundreds of thousands of versions."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("items", "0003_proposal_batches")]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX implementation_open ON items_implementation (owner, entry_key)"
            " WHERE (content -> 'filable') = 'true'::jsonb",
            "DROP INDEX implementation_open",
        )
    ]
