"""Panels and seats; no state of theirs changes without an entry in the ledger."""

import django.db.models.deletion
import django_fsm
import trading.clock
import trading.unguessable
from django.conf import settings
from django.db import migrations, models

from trading.ledger import triggers


SUBJECTS = [("experts_panel", "panel", "id"), ("experts_seat", "seat", "id")]


def guard(apps, editor):
    triggers.guard_states(editor, SUBJECTS)


class Migration(migrations.Migration):

    dependencies = [
        ('experts', '0002_guards'),
        ('trading', '0003_tenders'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Panel',
            fields=[
                ('state', django_fsm.FSMField(default='', editable=False, max_length=32, protected=True)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('created_at', models.DateTimeField(default=trading.clock.now, editable=False)),
                ('id', models.BigIntegerField(default=trading.unguessable.identifier, editable=False, primary_key=True, serialize=False)),
                ('needs', models.JSONField(default=list, editable=False, verbose_name='Experts for each speciality')),
                ('representatives', models.PositiveSmallIntegerField(default=0, editable=False, verbose_name='Representatives of the owner')),
                ('region', models.CharField(blank=True, editable=False, max_length=6, verbose_name='Region of the experts')),
                ('weighty', models.BooleanField(default=False, editable=False, verbose_name='Complex, or of great influence on society')),
                ('avoid', models.JSONField(default=list, editable=False, verbose_name='To be avoided')),
                ('gather_at', models.DateTimeField(editable=False, verbose_name='Gathering')),
                ('place', models.CharField(editable=False, max_length=200, verbose_name='Place of the gathering')),
                ('hours', models.PositiveSmallIntegerField(editable=False, verbose_name='Duration (hours)')),
                ('applied_at', models.DateTimeField(editable=False, verbose_name='Applied')),
                ('reason', models.CharField(blank=True, editable=False, max_length=200, verbose_name='Reason')),
                ('key_sealed', models.BinaryField(default=b'')),
                ('key_sealed_by', models.CharField(blank=True, editable=False, max_length=16)),
                ('key_copy', models.BinaryField(default=b'')),
                ('counts', models.JSONField(default=dict, editable=False)),
                ('draw', models.OneToOneField(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='panel', to='trading.draw')),
                ('lot', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='panel', to='trading.lot', verbose_name='Lot')),
                ('snapshot', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='experts.snapshot')),
            ],
            options={
                'abstract': False,
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name='Seat',
            fields=[
                ('state', django_fsm.FSMField(default='', editable=False, max_length=32, protected=True)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('created_at', models.DateTimeField(default=trading.clock.now, editable=False)),
                ('id', models.BigIntegerField(default=trading.unguessable.identifier, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveSmallIntegerField(editable=False, verbose_name='Seat')),
                ('kind', models.CharField(choices=[('expert', 'Expert'), ('representative', 'Representative of the owner')], default='expert', editable=False, max_length=16, verbose_name='Kind')),
                ('stratum', models.CharField(blank=True, editable=False, max_length=16, verbose_name='Speciality')),
                ('leaf', models.CharField(blank=True, editable=False, max_length=64)),
                ('answer_until', models.DateTimeField(editable=False, null=True, verbose_name='Answer until')),
                ('arrive_by', models.DateTimeField(editable=False, null=True, verbose_name='Arrive by')),
                ('answered_at', models.DateTimeField(editable=False, null=True, verbose_name='Answered')),
                ('arrived_at', models.DateTimeField(editable=False, null=True, verbose_name='Arrived at')),
                ('refusal', models.CharField(blank=True, choices=[('busy', 'Engaged at that time'), ('health', 'For reasons of health'), ('recusal', 'Must be recused'), ('away', 'Away from the region'), ('other', 'Other')], editable=False, max_length=16, verbose_name='Reason')),
                ('unsealed_at', models.DateTimeField(editable=False, null=True)),
                ('expert', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='seats', to='experts.expert')),
                ('panel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='seats', to='experts.panel')),
                ('unsealed_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='seats', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('number', 'created_at'),
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ('drawn', 'called', 'confirmed', 'arrived'))), fields=('panel', 'number'), name='a_seat_is_held_once'), models.UniqueConstraint(condition=models.Q(('state__in', ('drawn', 'called', 'confirmed', 'arrived'))), fields=('panel', 'user'), name='a_person_sits_once')],
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]
