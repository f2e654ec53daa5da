"""A sealed entry waits for its turn among the covers before it enters the log."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("trading", "0003_objection_interest")]
    operations = [
        migrations.CreateModel(
            name="Held",
            fields=[
                (
                    "event",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="held",
                        serialize=False,
                        to="trading.auditevent",
                    ),
                ),
            ],
            options={"db_table": "audit_held"},
        ),
    ]
