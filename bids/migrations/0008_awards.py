"""Awards, who gave way, and letters; no state of an award changes without an entry in the ledger."""

import django.db.models.deletion
import django_fsm
import trading.clock
import trading.unguessable
from django.db import migrations, models

from trading.ledger import triggers


SUBJECTS = [("bids_procurementaward", "procurement_award", "id"), ("bids_tenderaward", "tender_award", "id")]


def guard(apps, editor):
    triggers.guard_states(editor, SUBJECTS)


class Migration(migrations.Migration):

    dependencies = [
        ('bids', '0007_evaluation_room'),
        ('trading', '0005_complaints'),
    ]

    operations = [
        migrations.AlterField(
            model_name='tender',
            name='failure',
            field=models.CharField(blank=True, choices=[('too_few_prequalified', 'Fewer than three applicants were prequalified'), ('too_few_bidders', 'Fewer than three bids'), ('too_few_qualified', 'Fewer than three bidders are qualified'), ('all_rejected', 'Every bid was rejected'), ('no_competition', 'Too few effective bids for competition'), ('documents_defective', 'The documents are too defective to evaluate by'), ('over_budget', 'Every price is above the budget'), ('unlawful', 'Unlawful acts that affect fairness'), ('major_change', 'A major change ended the task'), ('candidates_gone', 'The candidates gave way, or none is left'), ('award_void', 'The award was set aside')], editable=False, max_length=200, verbose_name='Reason of failure'),
        ),
        migrations.CreateModel(
            name='PassedOver',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(choices=[('gave_up', 'Gives up the award, or refuses to sign'), ('force_majeure', 'Cannot perform, by force majeure'), ('no_bond', 'Gave no performance bond as the documents ask'), ('illegal', 'Found to have acted unlawfully in a way that affects the result'), ('upheld', 'An objection or a complaint against it was upheld')], max_length=16, verbose_name='Reason')),
                ('evidence', models.CharField(max_length=300, verbose_name='Evidence')),
                ('role', models.CharField(max_length=20)),
                ('at', models.DateTimeField()),
                ('candidate', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='passed_over', to='bids.candidate')),
            ],
        ),
        migrations.CreateModel(
            name='ProcurementAward',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', django_fsm.FSMField(default='', editable=False, max_length=32, protected=True)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('created_at', models.DateTimeField(default=trading.clock.now, editable=False)),
                ('entered_on', models.DateField(editable=False, null=True, verbose_name='Since')),
                ('report_sha256', models.CharField(blank=True, editable=False, max_length=64, verbose_name='SHA-256 of the report')),
                ('awarded_on', models.DateField(editable=False, null=True, verbose_name='Winner determined on')),
                ('failure', models.CharField(blank=True, editable=False, max_length=32, verbose_name='Reason of failure')),
                ('published_on', models.DateField(editable=False, null=True, verbose_name='Result published on')),
                ('lot', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='procurement_award', to='trading.lot')),
                ('winner', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bids.candidate', verbose_name='Winner')),
            ],
            options={
                'abstract': False,
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name='TenderAward',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', django_fsm.FSMField(default='', editable=False, max_length=32, protected=True)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('created_at', models.DateTimeField(default=trading.clock.now, editable=False)),
                ('entered_on', models.DateField(editable=False, null=True, verbose_name='Since')),
                ('report_sha256', models.CharField(blank=True, editable=False, max_length=64, verbose_name='SHA-256 of the report')),
                ('awarded_on', models.DateField(editable=False, null=True, verbose_name='Winner determined on')),
                ('failure', models.CharField(blank=True, editable=False, max_length=32, verbose_name='Reason of failure')),
                ('publicised_on', models.DateField(editable=False, null=True, verbose_name='Candidates published on')),
                ('public_days', models.PositiveSmallIntegerField(editable=False, null=True, verbose_name='Days of publicity')),
                ('reported_on', models.DateField(editable=False, null=True, verbose_name='Reported to the regulator on')),
                ('lot', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='tender_award', to='trading.lot')),
                ('winner', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bids.candidate', verbose_name='Winner')),
            ],
            options={
                'abstract': False,
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name='AwardLetter',
            fields=[
                ('id', models.BigIntegerField(default=trading.unguessable.identifier, editable=False, primary_key=True, serialize=False)),
                ('round', models.PositiveSmallIntegerField()),
                ('won', models.BooleanField(verbose_name='Won')),
                ('content', models.JSONField()),
                ('sha256', models.CharField(max_length=64)),
                ('issued_at', models.DateTimeField(verbose_name='Issued')),
                ('lot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='award_letters', to='trading.lot')),
                ('opened', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='award_letters', to='bids.openedbid')),
            ],
            options={
                'ordering': ('-round', 'opened__number'),
                'constraints': [models.UniqueConstraint(fields=('lot', 'opened', 'round'), name='one_letter_an_award')],
            },
        ),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]
