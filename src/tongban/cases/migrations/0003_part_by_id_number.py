from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0002_rebasing"),
    ]

    operations = [
        migrations.AddField(
            model_name="part",
            name="id_number_index",
            field=models.TextField(
                help_text="blind index of the identity number; null if it did not come along", null=True
            ),
        ),
        migrations.AddIndex(
            model_name="part",
            index=models.Index(fields=["id_number_index"], name="part_by_id_number"),
        ),
    ]
