import django.db.models.deletion
import django_fsm
import trading.clock
import trading.unguessable
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('trading', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='CandidateList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('lot', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='candidate_list', to='trading.lot')),
                ('file', models.TextField()),
                ('sha256', models.CharField(max_length=64)),
                ('root', models.CharField(max_length=64)),
                ('n', models.PositiveIntegerField()),
                ('published_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Comparison',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', django_fsm.FSMField(default='', editable=False, max_length=32, protected=True)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('created_at', models.DateTimeField(default=trading.clock.now, editable=False)),
                ('lot', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='comparison', to='trading.lot')),
                ('legal_basis', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='comparisons', to='trading.legalbasis', verbose_name='Legal basis')),
                ('reviewed_price', models.DecimalField(decimal_places=2, editable=False, max_digits=18, null=True, verbose_name='Reviewed control price (yuan)')),
                ('discount_rate', models.DecimalField(decimal_places=4, editable=False, max_digits=5, null=True, verbose_name='Discount rate')),
                ('fixed_price', models.DecimalField(decimal_places=2, editable=False, max_digits=18, null=True, verbose_name='Fixed price (yuan)')),
                ('reviewer', models.CharField(blank=True, editable=False, max_length=100, verbose_name='Reviewer')),
                ('review_no', models.CharField(blank=True, editable=False, max_length=64, verbose_name='Review document no.')),
                ('notice', models.OneToOneField(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='comparison', to='trading.notice')),
                ('draw_at', models.DateTimeField(editable=False, null=True, verbose_name='Draw at')),
                ('draw_place', models.CharField(blank=True, editable=False, max_length=200, verbose_name='Draw place')),
                ('draw', models.OneToOneField(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='comparison', to='trading.draw')),
                ('failure', models.CharField(blank=True, editable=False, max_length=200, verbose_name='Reason of failure')),
            ],
            options={
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(('fixed_price', None), models.Q(('fixed_price__gt', 0), ('fixed_price__lte', models.F('reviewed_price'))), _connector='OR'), name='fixed_price_within_review')],
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name='DisciplineReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', django_fsm.FSMField(default='', editable=False, max_length=32, protected=True)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('created_at', models.DateTimeField(default=trading.clock.now, editable=False)),
                ('lot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='discipline_reports', to='trading.lot')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='discipline_reports', to='trading.organisation')),
                ('trigger', models.CharField(choices=[('too_many_projects', 'Too many projects; cannot keep progress'), ('unsigned', 'Contract not signed in time after being drawn')], max_length=20, verbose_name='Trigger')),
                ('facts', models.TextField(max_length=4000, verbose_name='Facts')),
                ('receipt_no', models.CharField(blank=True, editable=False, max_length=32, verbose_name='Receipt no.')),
                ('outcome', models.TextField(blank=True, editable=False, max_length=4000, verbose_name='Outcome')),
            ],
            options={
                'abstract': False,
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name='ParticipantNotice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', django_fsm.FSMField(default='', editable=False, max_length=32, protected=True)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('created_at', models.DateTimeField(default=trading.clock.now, editable=False)),
                ('number', models.CharField(max_length=32, unique=True, verbose_name='Version')),
                ('text', models.TextField(verbose_name='Text')),
                ('sha256', models.CharField(editable=False, max_length=64)),
            ],
            options={
                'abstract': False,
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name='Qualification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', django_fsm.FSMField(default='', editable=False, max_length=32, protected=True)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('created_at', models.DateTimeField(default=trading.clock.now, editable=False)),
                ('lot', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='qualification', to='trading.lot')),
            ],
            options={
                'abstract': False,
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name='Registration',
            fields=[
                ('id', models.BigIntegerField(default=trading.unguessable.identifier, editable=False, primary_key=True, serialize=False)),
                ('state', django_fsm.FSMField(default='', editable=False, max_length=32, protected=True)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('created_at', models.DateTimeField(default=trading.clock.now, editable=False)),
                ('lot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='registrations', to='trading.lot')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='registrations', to='trading.organisation')),
                ('grade', models.CharField(max_length=100, verbose_name='Qualification grade')),
                ('manager_name', models.CharField(max_length=64, verbose_name='Project manager')),
                ('manager_certificate', models.CharField(max_length=64, verbose_name="Project manager's certificate no.")),
                ('safety_licence', models.CharField(max_length=64, verbose_name='Safety production licence no.')),
                ('confirmed_sha256', models.CharField(max_length=64, verbose_name='Confirmed notice')),
                ('confirmed_at', models.DateTimeField(editable=False)),
                ('group', models.CharField(editable=False, max_length=18)),
                ('number', models.PositiveIntegerField(editable=False, null=True, verbose_name='Number on the list')),
                ('imported_from', models.CharField(blank=True, editable=False, max_length=100)),
                ('verdict', models.CharField(blank=True, choices=[('pass', 'Pass'), ('fail', 'Fail')], editable=False, max_length=4, verbose_name='Finding')),
                ('reason', models.CharField(blank=True, editable=False, max_length=300, verbose_name='Reason')),
                ('documents', models.ManyToManyField(blank=True, related_name='registrations', to='trading.document')),
            ],
            options={
                'ordering': ('number', 'organisation__uscc'),
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['', 'withdrawn']), _negated=True), fields=('lot', 'organisation'), name='one_registration_an_enterprise'), models.UniqueConstraint(condition=models.Q(('state__in', ['', 'withdrawn']), _negated=True), fields=('lot', 'group'), name='one_registration_a_group'), models.UniqueConstraint(fields=('lot', 'number'), name='a_list_number_once')],
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name='Award',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('lot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='awards', to='trading.lot')),
                ('registration', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='award', to='bids.registration')),
                ('rank', models.PositiveIntegerField()),
                ('publicised_at', models.DateTimeField(null=True)),
                ('public_until', models.DateField(null=True)),
                ('noticed_at', models.DateTimeField(null=True)),
                ('sign_by', models.DateField(null=True)),
                ('lapsed_at', models.DateTimeField(null=True)),
                ('lapse_reason', models.CharField(blank=True, choices=[('timeout', 'Contract not signed within the limit'), ('refused', 'The enterprise refused to sign'), ('ineligible', 'Found ineligible after the draw')], max_length=16)),
            ],
            options={
                'ordering': ('rank',),
                'constraints': [models.UniqueConstraint(fields=('lot', 'rank'), name='a_rank_once'), models.CheckConstraint(condition=models.Q(models.Q(('public_until', None), ('publicised_at', None)), models.Q(('public_until__isnull', False), ('publicised_at__isnull', False)), _connector='OR'), name='publicity_has_its_end'), models.CheckConstraint(condition=models.Q(models.Q(('noticed_at', None), ('sign_by', None)), models.Q(('noticed_at__isnull', False), ('sign_by__isnull', False)), _connector='OR'), name='notice_has_its_limit'), models.CheckConstraint(condition=models.Q(models.Q(('lapse_reason', ''), ('lapsed_at', None)), models.Q(('lapsed_at__isnull', False), models.Q(('lapse_reason', ''), _negated=True)), _connector='OR'), name='lapse_has_its_reason')],
            },
        ),
        migrations.CreateModel(
            name='Contract',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', django_fsm.FSMField(default='', editable=False, max_length=32, protected=True)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('created_at', models.DateTimeField(default=trading.clock.now, editable=False)),
                ('lot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contracts', to='trading.lot')),
                ('registration', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contracts', to='bids.registration')),
                ('price', models.DecimalField(decimal_places=2, max_digits=18, verbose_name='Contract price (yuan)')),
                ('signed_on', models.DateField(verbose_name='Signed on')),
                ('sha256', models.CharField(max_length=64, verbose_name='SHA-256 of the signed contract')),
                ('tracker', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tracked', to=settings.AUTH_USER_MODEL, verbose_name='Tracker')),
                ('final_price', models.DecimalField(decimal_places=2, editable=False, max_digits=18, null=True, verbose_name='Final price (yuan)')),
                ('assessment', models.CharField(blank=True, editable=False, max_length=300, verbose_name='Assessment of the enterprise')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('price__gt', 0)), name='contract_price_is_positive'), models.UniqueConstraint(condition=models.Q(('state__in', ['', 'lapsed']), _negated=True), fields=('lot',), name='one_standing_contract_a_lot')],
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name='Finding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('registration', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='findings', to='bids.registration')),
                ('role', models.CharField(max_length=20)),
                ('verdict', models.CharField(choices=[('pass', 'Pass'), ('fail', 'Fail')], max_length=4)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('examiner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('registration', 'role'), name='one_finding_an_examiner')],
            },
        ),
        migrations.CreateModel(
            name='RegistrationWindow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('lot', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='registration_window', to='trading.lot')),
                ('opens_at', models.DateTimeField(verbose_name='Registration opens')),
                ('closes_at', models.DateTimeField(verbose_name='Registration closes')),
                ('participant_notice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='bids.participantnotice')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('closes_at__gt', models.F('opens_at'))), name='window_closes_after_it_opens')],
            },
        ),
        migrations.CreateModel(
            name='Milestone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', django_fsm.FSMField(default='', editable=False, max_length=32, protected=True)),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('created_at', models.DateTimeField(default=trading.clock.now, editable=False)),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='milestones', to='bids.contract')),
                ('kind', models.CharField(choices=[('mobilised', 'Mobilised on site'), ('progress', 'Progress'), ('manager_present', 'Project manager present'), ('payment', 'Payment'), ('suspension', 'Suspension'), ('completion', 'Completion')], max_length=16, verbose_name='Kind')),
                ('title', models.CharField(max_length=200, verbose_name='Title')),
                ('due_on', models.DateField(verbose_name='Due on')),
                ('percent', models.PositiveSmallIntegerField(default=0, verbose_name='Progress in percent')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='Note')),
                ('done_on', models.DateField(editable=False, null=True, verbose_name='Done on')),
            ],
            options={
                'ordering': ('due_on', 'pk'),
                'constraints': [models.CheckConstraint(condition=models.Q(('percent__lte', 100)), name='percent_up_to_100')],
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
    ]
