"""A transcript only grows: the database itself keeps its events as they were said."""

from django.db import migrations

from trading import live_guard


class Migration(migrations.Migration):
    dependencies = [("trading", "0004_write_counts")]
    operations = [migrations.RunPython(live_guard.forward, live_guard.backward)]
