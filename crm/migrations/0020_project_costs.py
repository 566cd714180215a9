import django.db.models.deletion
from django.db import migrations, models

ACTIONS = ("view", "add", "change", "delete")


def allow_whoever_keeps_projects(apps, schema_editor):
    """Groups and users may do with costs what they may do with projects. A new database has no groups yet; they come with theirs.

    Permissions are made after the last migration, which is too late here: those that are missing are made now, as they will be.
    """
    permissions = apps.get_model("auth", "Permission").objects
    content_type, _made = apps.get_model("contenttypes", "ContentType").objects.get_or_create(app_label="crm", model="cost")
    for action in ACTIONS:
        like = permissions.filter(content_type__app_label="crm", codename=f"{action}_project").first()
        if like is None:
            continue
        new, _made = permissions.get_or_create(
            content_type=content_type, codename=f"{action}_cost", defaults={"name": f"Can {action} cost"}
        )
        for one in apps.get_model("auth", "Group").objects.filter(permissions=like):
            one.permissions.add(new)
        for one in apps.get_model("crm", "User").objects.filter(user_permissions=like):
            one.user_permissions.add(new)


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('contenttypes', '0002_remove_content_type_name'),
        ('crm', '0021_role_where'),
    ]

    operations = [
        migrations.AddField(
            model_name='project',
            name='granted_places',
            field=models.PositiveIntegerField(blank=True, help_text='How many mobilities the funder has granted in all.', null=True, verbose_name='places granted'),
        ),
        migrations.CreateModel(
            name='Cost',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(help_text='When the cost was booked.', verbose_name='day')),
                ('what', models.CharField(help_text='For example “salaries, March” or “journeys to Halden”.', max_length=200, verbose_name='what for')),
                ('amount', models.DecimalField(decimal_places=2, help_text='What comes back, or was booked wrongly, is negative.', max_digits=12, verbose_name='amount (SEK)')),
                ('voucher', models.CharField(blank=True, help_text='Its number in the accounts.', max_length=40, verbose_name='voucher')),
                ('reported_on', models.DateField(blank=True, help_text='The day of the claim that it stands in. Empty means not yet.', null=True, verbose_name='reported to the funder')),
                ('document', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='costs', to='crm.document', verbose_name='evidence')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='costs', to='crm.project', verbose_name='project')),
            ],
            options={
                'verbose_name': 'cost',
                'verbose_name_plural': 'costs',
                'ordering': ['-day', '-pk'],
                'indexes': [models.Index(fields=['project', 'day', 'id'], name='crm_cost_project_day')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('voucher', ''), _negated=True), fields=('project', 'voucher'), name='crm_cost_voucher_unique', violation_error_message='Another cost of the project has this voucher.')],
            },
        ),
        migrations.RunPython(allow_whoever_keeps_projects, migrations.RunPython.noop, elidable=True),
    ]
