"""The State Council's holiday notices, and the guard of their states."""

import django.db.models.deletion
import django_fsm
import trading.clock
from django.conf import settings
from django.db import migrations, models

from trading.ledger import triggers


def guard(apps, editor):
    triggers.guard_states(editor, [("trading_holidaynotice", "holiday_notice", "id")])


class Migration(migrations.Migration):

    dependencies = [
        ('trading', '0006_identifiers_that_count_nobody'),
    ]

    operations = [
        migrations.CreateModel(
            name='HolidayNotice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', django_fsm.FSMField(default='', editable=False, max_length=32, protected=True)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('created_at', models.DateTimeField(default=trading.clock.now, editable=False)),
                ('year', models.PositiveSmallIntegerField(verbose_name='Year')),
                ('number', models.PositiveSmallIntegerField(default=1, editable=False, verbose_name='Version')),
                ('title', models.CharField(max_length=200, verbose_name='Title')),
                ('document_no', models.CharField(max_length=64, verbose_name='Document no.')),
                ('issued_on', models.DateField(verbose_name='Issued on')),
                ('source_url', models.URLField(blank=True, max_length=500, verbose_name='First published at')),
                ('days_off', models.JSONField(blank=True, default=list, verbose_name='Days off')),
                ('worked_days', models.JSONField(blank=True, default=list, verbose_name='Make-up working days')),
                ('correction', models.CharField(blank=True, max_length=200, verbose_name='Reason of the correction')),
                ('rejection', models.CharField(blank=True, editable=False, max_length=200, verbose_name='Reason of the rejection')),
                ('entered_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('-year', '-number'),
                'constraints': [models.UniqueConstraint(fields=('year', 'number'), name='a_holiday_notice_version_once'), models.UniqueConstraint(condition=models.Q(('state', 'entered')), fields=('year',), name='one_holiday_notice_waits'), models.UniqueConstraint(condition=models.Q(('state', 'confirmed')), fields=('year',), name='one_holiday_notice_counts')],
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]
