import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

ACTIONS = ("view", "add", "change", "delete")


def allow_whoever_keeps_projects(apps, schema_editor):
    """Groups and users may do with evidence what they may do with projects. A new database has no groups yet; they come with theirs.

    Permissions are made after the last migration, which is too late here: those that are missing are made now, as they will be.
    """
    permissions = apps.get_model("auth", "Permission").objects
    content_type, _made = apps.get_model("contenttypes", "ContentType").objects.get_or_create(app_label="crm", model="evidence")
    for action in ACTIONS:
        like = permissions.filter(content_type__app_label="crm", codename=f"{action}_project").first()
        if like is None:
            continue
        new, _made = permissions.get_or_create(
            content_type=content_type, codename=f"{action}_evidence", defaults={"name": f"Can {action} evidence"}
        )
        for one in apps.get_model("auth", "Group").objects.filter(permissions=like):
            one.permissions.add(new)
        for one in apps.get_model("crm", "User").objects.filter(user_permissions=like):
            one.user_permissions.add(new)


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0014_fee_rounds'),
    ]

    operations = [
        migrations.AlterField(
            model_name='indicator',
            name='counted',
            field=models.CharField(choices=[('mobilities', 'Mobilities carried out'), ('activities', 'Activities'), ('visits', 'Visits'), ('meetings', 'Meetings'), ('job_shadowings', 'Job shadowings'), ('lectures', 'Lectures'), ('conferences', 'Conferences'), ('hostings', 'Hosting of groups'), ('participants', 'Different people who took part'), ('partners', 'Partners'), ('by_hand', 'Nothing: the number is typed')], default='by_hand', max_length=20, verbose_name='what is counted'),
        ),
        migrations.AlterField(
            model_name='indicator',
            name='value',
            field=models.PositiveIntegerField(blank=True, help_text='Only for what is not counted and has no value by day yet: those are entered on the page of the project.', null=True, verbose_name='reached'),
        ),
        migrations.CreateModel(
            name='Evidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(help_text='The day that it is about.', verbose_name='day')),
                ('value', models.PositiveIntegerField(blank=True, help_text='How much it was that day in all. Only for an indicator that is not counted.', null=True, verbose_name='reached')),
                ('what', models.CharField(help_text='For example “list of participants” or “count of the agreements”.', max_length=200, verbose_name='what shows it')),
                ('link', models.URLField(blank=True, max_length=500, verbose_name='link')),
                ('activity', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='crm.activity', verbose_name='activity')),
                ('added_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='added by')),
                ('document', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='evidence', to='crm.document', verbose_name='document')),
                ('indicator', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='evidence', to='crm.indicator', verbose_name='indicator')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='crm.project', verbose_name='project')),
            ],
            options={
                'verbose_name': 'evidence',
                'verbose_name_plural': 'pieces of evidence',
                'ordering': ['-day', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('activity', None), ('indicator__isnull', False)), models.Q(('activity__isnull', False), ('indicator', None)), _connector='OR'), name='crm_evidence_of_one', violation_error_message='Choose an indicator or an activity, and only one of the two.')],
            },
        ),
        migrations.RunPython(allow_whoever_keeps_projects, migrations.RunPython.noop, elidable=True),
    ]
