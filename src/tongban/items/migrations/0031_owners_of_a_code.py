"""Who has an item, found by its code alone among hundreds of thousands."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("items", "0030_upkeep")]

    operations = [
        migrations.AddIndex(
            model_name="implementation", index=models.Index(fields=["code"], name="implementation_of_code")
        )
    ]
