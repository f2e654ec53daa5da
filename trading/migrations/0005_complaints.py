"""Complaints; no state of theirs changes without an entry in the ledger."""

import django.db.models.deletion
import django_fsm
import trading.clock
import trading.unguessable
from django.db import migrations, models

from trading.ledger import triggers


SUBJECTS = [("trading_complaint", "complaint", "id")]


def guard(apps, editor):
    triggers.guard_states(editor, SUBJECTS)


class Migration(migrations.Migration):

    dependencies = [
        ('trading', '0004_private_rooms'),
    ]

    operations = [
        migrations.AddField(
            model_name='objection',
            name='answered_on',
            field=models.DateField(editable=False, null=True),
        ),
        migrations.AlterField(
            model_name='notice',
            name='kind',
            field=models.CharField(choices=[('draw', 'Fixed-price comparison notice'), ('draw_list', 'List of qualified enterprises'), ('draw_result', 'Result publicity'), ('failure', 'Failure notice'), ('contract', 'Contract notice'), ('tender', 'Tender notice'), ('procurement', 'Procurement notice'), ('prequalification', 'Prequalification notice'), ('candidates', 'Candidate publicity'), ('result', 'Result notice'), ('procured', 'Result notice of a procurement'), ('change', 'Change notice'), ('other', 'Other notice')], max_length=16, verbose_name='Kind'),
        ),
        migrations.CreateModel(
            name='Complaint',
            fields=[
                ('state', django_fsm.FSMField(default='', editable=False, max_length=32, protected=True)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('created_at', models.DateTimeField(default=trading.clock.now, editable=False)),
                ('id', models.BigIntegerField(default=trading.unguessable.identifier, editable=False, primary_key=True, serialize=False)),
                ('matter', models.CharField(choices=[('notice', 'Notice and documents'), ('result', 'Candidates or result'), ('other', 'Another breach of the law')], max_length=8, verbose_name='Matter')),
                ('known_on', models.DateField(blank=True, null=True, verbose_name='Known since')),
                ('text', models.TextField(max_length=8000, verbose_name='Facts, evidence and request')),
                ('interest', models.CharField(blank=True, max_length=300, verbose_name='Interest in the matter')),
                ('made_on', models.DateField(editable=False, null=True, verbose_name='Made on')),
                ('due_on', models.DateField(editable=False, null=True, verbose_name='Due on')),
                ('response', models.TextField(blank=True, editable=False, verbose_name='Statement of the respondent')),
                ('return_reason', models.CharField(blank=True, choices=[('not_concerned', 'The complainant is not concerned'), ('no_facts', 'Neither a clear request nor evidence'), ('late', 'After the time to complain'), ('decided', 'Decided before, with no new evidence'), ('elsewhere', 'Another authority decides, or a court has it')], editable=False, max_length=16, verbose_name='Reason of the return')),
                ('stopped_on', models.DateField(editable=False, null=True, verbose_name='Lot stopped on')),
                ('stopped_until', models.DateField(editable=False, null=True, verbose_name='Lot stopped until')),
                ('outcome', models.CharField(blank=True, choices=[('upheld', 'Upheld'), ('partly', 'Partly upheld'), ('rejected', 'Rejected')], editable=False, max_length=8, verbose_name='Outcome')),
                ('remedy', models.CharField(blank=True, choices=[('none', 'Nothing changes in the result'), ('next', 'The candidate gives way; who follows is awarded'), ('evaluate', 'The bids are evaluated again'), ('retender', 'The tender ends and is held again')], editable=False, max_length=12, verbose_name='Remedy')),
                ('decision', models.TextField(blank=True, editable=False, verbose_name='Decision')),
                ('lot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='complaints', to='trading.lot')),
                ('objection', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='complaints', to='trading.objection')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='complaints', to='trading.organisation')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['made', 'accepted'])), fields=('lot', 'organisation', 'matter'), name='one_open_complaint')],
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]
