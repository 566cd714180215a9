import django.db.models.deletion
from django.db import migrations, models

from crm.validators import new_key

AT_ONCE = 1000


def give_keys(apps, schema_editor):
    """One for each activity: the default would be made once for all of them."""
    activity_model = apps.get_model("crm", "Activity")
    waiting = []
    for activity in activity_model.objects.only("pk").order_by("pk").iterator(chunk_size=AT_ONCE):
        activity.key = new_key()
        waiting.append(activity)
        if len(waiting) == AT_ONCE:
            activity_model.objects.bulk_update(waiting, ["key"])
            waiting = []
    activity_model.objects.bulk_update(waiting, ["key"])
    activity_model.objects.filter(kind="conference").update(conference="other")


class Migration(migrations.Migration):
    dependencies = [("crm", "0013_merges")]

    operations = [
        migrations.AlterField(
            model_name="activity",
            name="kind",
            field=models.CharField(
                choices=[
                    ("call", "Call"),
                    ("visit", "Visit"),
                    ("meeting", "Meeting"),
                    ("letter", "Letter or e-mail"),
                    ("note", "Note"),
                    ("conference", "Conference"),
                    ("lecture", "Lecture"),
                    ("job_shadowing", "Job shadowing"),
                    ("hosting", "Hosting of a group"),
                    ("board_meeting", "Board meeting"),
                ],
                default="meeting",
                max_length=20,
                verbose_name="kind",
            ),
        ),
        migrations.AddField(
            model_name="activity",
            name="scope",
            field=models.CharField(
                blank=True,
                choices=[("regional", "Regional"), ("transnational", "Transnational")],
                default="",
                max_length=20,
                verbose_name="scope",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="activity",
            name="direction",
            field=models.CharField(
                blank=True,
                choices=[("outgoing", "Outgoing"), ("incoming", "Incoming")],
                default="",
                help_text="Outgoing: ours went to others. Incoming: others came to us.",
                max_length=20,
                verbose_name="direction",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="activity",
            name="conference",
            field=models.CharField(
                blank=True,
                choices=[("annual", "Annual conference"), ("partner", "Partner conference"), ("other", "Another conference")],
                default="",
                max_length=20,
                verbose_name="which conference",
            ),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="activity",
            name="head_count",
            field=models.PositiveIntegerField(
                blank=True, help_text="How many took part in all, those named below included.", null=True, verbose_name="number of people"
            ),
        ),
        migrations.AddField(
            model_name="activity",
            name="key",
            field=models.CharField(default="", editable=False, max_length=64, verbose_name="key"),
            preserve_default=False,
        ),
        migrations.RunPython(give_keys, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="activity",
            name="key",
            field=models.CharField(
                default=new_key,
                editable=False,
                help_text="By which a file, or a phone that sends it twice, means the same activity.",
                max_length=64,
                unique=True,
                verbose_name="key",
            ),
        ),
        migrations.AddField(
            model_name="task",
            name="activity",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="tasks",
                to="crm.activity",
                verbose_name="next step after",
            ),
        ),
    ]
