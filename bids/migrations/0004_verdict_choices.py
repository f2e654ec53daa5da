"""A verdict is one of two words, which pages show in the reader's language."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bids", "0003_lapsing_contracts")]
    operations = [
        migrations.AlterField(
            model_name="registration",
            name="verdict",
            field=models.CharField(
                blank=True,
                choices=[("pass", "Pass"), ("fail", "Fail")],
                editable=False,
                max_length=4,
                verbose_name="Finding",
            ),
        ),
    ]
