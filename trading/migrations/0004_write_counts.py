"""Writes are counted for all processes together."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("trading", "0003_objection_interest")]
    operations = [
        migrations.CreateModel(
            name="WriteCount",
            fields=[
                ("key", models.CharField(max_length=100, primary_key=True, serialize=False)),
                ("count", models.PositiveIntegerField()),
                ("ends_at", models.DateTimeField(db_index=True)),
            ],
        ),
    ]
