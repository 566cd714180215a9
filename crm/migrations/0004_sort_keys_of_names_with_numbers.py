from django.db import migrations

from crm.text import swedish_sort_key

NAMED = ["Organisation", "Network", "Role", "Municipality"]


def renew(apps, schema_editor):
    """Names that ended in a zero sorted, and were found, as if it weren't there."""
    for name in NAMED:
        model = apps.get_model("crm", name)
        for record in model.objects.filter(name__contains="0"):
            model.objects.filter(pk=record.pk).update(sort_key=swedish_sort_key(record.name))
    contact = apps.get_model("crm", "Contact")
    for record in contact.objects.filter(last_name__contains="0") | contact.objects.filter(first_name__contains="0"):
        contact.objects.filter(pk=record.pk).update(sort_key=swedish_sort_key(record.last_name, record.first_name)[:400])


class Migration(migrations.Migration):
    dependencies = [("crm", "0003_imports_and_exports")]
    operations = [migrations.RunPython(renew, migrations.RunPython.noop)]
