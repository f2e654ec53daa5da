"""Sign-ins and objections are secret at times: their identifiers must not count them."""

from django.db import migrations, models

from trading import unguessable


def identifier():
    return models.BigIntegerField(default=unguessable.identifier, editable=False, primary_key=True, serialize=False)


class Migration(migrations.Migration):
    dependencies = [("trading", "0005_transcript_guards")]
    operations = [
        migrations.AlterField("signin", "id", identifier()),
        migrations.AlterField("objection", "id", identifier()),
    ]
