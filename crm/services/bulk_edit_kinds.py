"""The bulk edits of the register itself: a field, tags, a seat in a network, something to do, archiving."""

from collections import defaultdict

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import ModelLogEntry

from crm.models import Mobility, Organisation, Seat, Tagging, Task
from crm.services import bulk
from crm.services.bulk_edits import BulkEdit
from crm.services.tags import tags_named
from crm.text import fold


class FieldEdit(BulkEdit):
    takes_archived = True

    def __init__(self, model, name, value):
        super().__init__(model)
        self.field = model._meta.get_field(name)
        self.value = value
        self.select_related = (name,) if self.field.is_relation else ()
        self.touches_search = (model, name) == (Organisation, "municipality")
        self.new = self._shown(value)
        self.stored = value.pk if self.field.is_relation and value else value

    @property
    def sentence(self):
        label = str(self.field.verbose_name)
        if not self.new:
            return _("Empty the field “%(field)s”") % {"field": label}
        return _("Set the field “%(field)s” to “%(value)s”") % {"field": label, "value": self.new}

    def judge(self, record, known, plan):
        if getattr(record, self.field.attname) == self.stored:
            plan.already += 1
        else:
            plan.change(record, old=self._shown(getattr(record, self.field.name)), new=self.new, what={self.field.attname: self.stored})

    def write(self, changes):
        bulk.update(self.model, changes)

    def _shown(self, value):
        return str(dict(self.field.flatchoices).get(value, value) or "")


class TagsEdit(BulkEdit):
    takes_archived = True

    def know(self, numbers):
        """Return {number of the record: {folded name: (tagging, name)}}."""
        held = defaultdict(dict)
        taggings = self.owned(Tagging, numbers).order_by("tag__sort_key", "pk")
        for pk, owner, name in taggings.values_list("pk", f"{self.owner}_id", "tag__name"):
            held[owner][fold(name)] = (pk, name)
        return held

    def shown(self, names):
        return ", ".join(names)


class AddTags(TagsEdit):
    def __init__(self, model, names):
        super().__init__(model)
        self.names = names
        self.sentence = _("Add tags: %(names)s") % {"names": ", ".join(names)}

    def judge(self, record, known, plan):
        held = {key: name for key, (_pk, name) in known[record.pk].items()}
        missing = [name for name in self.names if fold(name) not in held]
        if missing:
            plan.change(record, old=self.shown(held.values()), new=self.shown([*held.values(), *missing]), what=missing)
        else:
            plan.already += 1

    def prepare(self):
        self.numbers = {name: tag.pk for name, tag in zip(self.names, tags_named(self.names), strict=True)}

    def write(self, changes):
        rows = [(self.numbers[name], number) for number, missing in changes.items() for name in missing]
        bulk.insert(Tagging, ["tag_id", f"{self.owner}_id"], rows)


class RemoveTags(TagsEdit):
    def __init__(self, model, tags):
        super().__init__(model)
        self.keys = {fold(tag.name) for tag in tags}
        self.sentence = _("Remove tags: %(names)s") % {"names": ", ".join(tag.name for tag in tags)}

    def judge(self, record, known, plan):
        held = known[record.pk]
        gone = [pk for key, (pk, _name) in held.items() if key in self.keys]
        if gone:
            kept = [name for key, (_pk, name) in held.items() if key not in self.keys]
            plan.change(record, old=self.shown(name for _pk, name in held.values()), new=self.shown(kept), what=gone)
        else:
            plan.already += 1

    def write(self, changes):
        taggings = Tagging.objects.filter(bulk.one_of(Tagging, "id", [pk for gone in changes.values() for pk in gone]))
        taggings._raw_delete(taggings.db)


class AddSeats(BulkEdit):
    """A seat in a network from a day. Who has one that day or later keeps it."""

    def __init__(self, model, network, since):
        super().__init__(model)
        self.network, self.since = network, since
        self.sentence = _("Add to the network “%(network)s” from %(day)s") % {"network": network, "day": since}

    def know(self, numbers):
        """Return {number of the record: the seats that stand in the way}."""
        held = defaultdict(list)
        for owner, until in self.owned(Seat, numbers).filter(network=self.network).values_list(f"{self.owner}_id", "until"):
            if until is None or until >= self.since:
                held[owner].append(until)
        return held

    def judge(self, record, known, plan):
        if record.pk in known:
            plan.already += 1
        else:
            plan.change(record, old="", new=f"{self.network}, {self.since} –", what=True)

    def write(self, changes):
        bulk.insert(Seat, ["network_id", f"{self.owner}_id", "since"], [(self.network.pk, number, self.since) for number in changes])


class AddTasks(BulkEdit):
    """Something to do about each. Who has the same task open is not given it twice."""

    def __init__(self, model, *, what, due, assignee, note, acting_user):
        super().__init__(model)
        self.values = {"what": what, "due": due, "assignee_id": assignee.pk if assignee else None, "note": note}
        self.acting_user = acting_user
        self.new = ", ".join(filter(None, [what, str(due or ""), str(assignee or "")]))
        self.sentence = _("Add the task “%(what)s”") % {"what": what}

    def know(self, numbers):
        same = self.owned(Task, numbers).filter(what=self.values["what"], due=self.values["due"], done_at=None)
        return set(same.values_list(f"{self.owner}_id", flat=True))

    def judge(self, record, known, plan):
        if record.pk in known:
            plan.already += 1
        else:
            plan.change(record, old="", new=self.new, what=True)

    def write(self, changes):
        columns = [*self.values, "created_by_id", "created_at", f"{self.owner}_id"]
        same = (*self.values.values(), self.acting_user.pk, timezone.now())
        bulk.insert(Task, columns, [(*same, number) for number in changes])


class Archive(BulkEdit):
    takes_archived = True

    def __init__(self, model, *, acting_user):
        super().__init__(model)
        self.select_related = ("contact",) if model is Mobility else ()  # which it is called after
        self.acting_user = acting_user
        self.sentence = _("Archive")

    def judge(self, record, known, plan):
        if record.is_archived:
            plan.already += 1
        else:
            plan.change(record, old="", new=_("archived"), what=str(record))

    def write(self, changes):
        now = timezone.now()
        bulk.update(self.model, {number: {"archived_at": now} for number in changes})
        kind = ContentType.objects.get_for_model(self.model)
        ModelLogEntry.objects.bulk_create(self._entry(kind, number, name, now) for number, name in changes.items())

    def _entry(self, kind, number, name, now):
        same = {"content_type": kind, "action": "crm.archive", "user": self.acting_user, "timestamp": now}
        return ModelLogEntry(object_id=str(number), label=name, **same)


class ChangeMobilities(BulkEdit):
    """The next state of many journeys, and the days where they are given: those that are not keep what they have."""

    select_related = ("contact",)

    def __init__(self, model, *, state, since=None, until=None):
        super().__init__(model)
        self.values = {"state": str(state), **{name: day for name, day in (("since", since), ("until", until)) if day}}
        self.sentence = _("Set to “%(values)s”") % {"values": self._shown(self.values)}

    def judge(self, record, known, plan):
        now = {name: getattr(record, name) for name in self.values}
        then = {"since": record.since, "until": record.until} | self.values
        if now == self.values:
            plan.already += 1
        elif then["since"] and then["until"] and then["until"] < then["since"]:
            plan.leave_out(record, _("would come home before leaving"))
        else:
            plan.change(record, old=self._shown(now), new=self._shown(self.values), what=self.values)

    def write(self, changes):
        bulk.update(self.model, changes)

    def _shown(self, values):
        label = dict(self.model.State.choices)[values["state"]]
        days = " – ".join(str(values[name] or "") for name in ("since", "until") if name in values)
        return ", ".join(filter(None, [str(label), days]))
