"""The organisations that rows name: found by number or name, or by mail domain, or created when the user says so."""

from collections import Counter, defaultdict
from difflib import get_close_matches

from django.utils.translation import gettext as _

from crm.importing.outcomes import SKIP, RowRefused
from crm.models import ContactPoint, MergedRecord, Organisation
from crm.services.bulk import one_of
from crm.services.mail_domains import FREE_MAIL, domain_of, domain_of_website
from crm.text import fold, name_words

NEW = "new"
# Words that organisations are told apart by least.
_COMMON_WORDS = {"kommun", "kommuns", "kommuner", "ab", "aktiebolag", "i", "och", "vid", "for"}
_DETAILS = ("municipality", "street", "postcode", "city", "country", "website")


class Named:
    """An organisation as a row names it. A negative number: not in the register yet."""

    __slots__ = ("details", "is_archived", "is_used", "kind", "name", "number", "organisation_number")

    def __init__(self, number, name, organisation_number, is_archived, kind, details=None):
        self.number, self.name, self.organisation_number, self.is_archived = number, name, organisation_number, is_archived
        self.kind = kind
        self.details = details  # of one that is to be created, once a row that is taken names it
        self.is_used = False


class Organisations:
    """Those that rows have named so far, for one run."""

    def __init__(self, *, values, wishes):
        self.values = values  # {text in the file: what the user has decided}
        self.wishes = wishes
        self.next_number = -1
        self.forget()

    def forget(self):
        self.by_key = defaultdict(list)
        self.by_number = {}
        self.by_organisation_number = {}
        self.new = []
        self.asked = set()
        self._domains = None

    def gather(self, rows):
        """Ask the register for all that these rows' values name."""
        keys = {values["organisation_key"] for values in rows if "organisation" in values} - self.asked
        numbers = {values["organisation_number"] for values in rows if "organisation_number" in values} - set(self.by_organisation_number)
        chosen = {pk for pk in self.values.values() if isinstance(pk, int)}
        # What was chosen may have become part of another one since.
        survivors = MergedRecord.objects.survivors(Organisation, chosen) if chosen else {}
        self.asked |= keys
        self.learn({*chosen, *survivors.values()})
        for number, survivor in survivors.items():
            if survivor in self.by_number:
                self.by_number.setdefault(number, self.by_number[survivor])
        if keys:
            self._keep(_records().filter(one_of(Organisation, "sort_key", keys)))
        if numbers:
            self._keep(_records().filter(one_of(Organisation, "organisation_number", numbers)))

    def name(self, number):
        if number not in self.by_number:
            self.learn({number})
        return self.by_number[number].name

    def learn(self, numbers):
        """Ask for organisations by number."""
        if unknown := {number for number in numbers if number > 0} - set(self.by_number):
            self._keep(_records().filter(one_of(Organisation, "id", unknown)))

    def _keep(self, records):
        for pk, name, organisation_number, archived_at, kind, key in records:
            if pk not in self.by_number:
                self._know(Named(pk, name, organisation_number, archived_at is not None, kind), key)

    def _know(self, organisation, key):
        self.by_number[organisation.number] = organisation
        self.by_key[key].append(organisation)
        if organisation.organisation_number:
            self.by_organisation_number[organisation.organisation_number] = organisation

    def of(self, values):
        """Return what a row names, or None when it names none; raise RowRefused when that is nowhere to be found."""
        name, organisation_number = values.get("organisation", ""), values.get("organisation_number", "")
        by_number = self.by_organisation_number.get(organisation_number) if organisation_number else None
        if not name:
            if organisation_number and by_number is None:
                raise RowRefused([["organisation_number", _("“%(value)s” is not in the register.") % {"value": organisation_number}]])
            return by_number or (self._by_domain(values) if self.wishes.by_domain else None)
        if by_name := self._by_name(name, values["organisation_key"], by_number):
            return by_name
        decided = self.values.get(name)
        if decided == SKIP:
            return None
        if decided and decided != NEW:
            return self._decided(name, decided)
        if by_number and decided != NEW:
            return self._of_number(by_number, name)
        return self._create(name, "" if by_number else organisation_number, values, wanted=decided == NEW)

    @staticmethod
    def _of_number(holder, name):
        """Return whose number a row gives under another name, but where the number is a municipality's: its units use it too."""
        if holder.kind != Organisation.Kind.MUNICIPALITY:
            return holder
        message = _("“%(value)s” is not in the register, and the number is %(holder)s's. Choose what is meant, or correct the cell.")
        raise RowRefused([["organisation", message % {"value": name, "holder": holder.name}]], unknown=[("organisation", name)])

    def _decided(self, name, pk):
        if found := self.by_number.get(pk):
            return found
        raise RowRefused([["organisation", _("“%(value)s” is not in the register.") % {"value": name}]], unknown=[("organisation", name)])

    def _by_name(self, name, key, by_number):
        found = self.by_key.get(key, ())
        if len(found) == 1 and found[0].name == name and not found[0].is_archived and by_number in (None, found[0]):
            return found[0]
        found = [one for one in found if name_words(one.name) == name_words(name)]  # the key runs numbers into one another
        exact = [one for one in found if one.name.casefold() == name.casefold()] or found
        if by_number in exact:
            return by_number
        if by_number and exact and all(one.organisation_number for one in exact):
            message = _("The number is %(holder)s's, and “%(value)s” has another one. Correct one of the cells.")
            raise RowRefused([["organisation_number", message % {"holder": by_number.name, "value": name}]])
        active = [one for one in exact if not one.is_archived]
        if len(active) == 1:
            return active[0]
        if active or len(exact) > 1:
            message = _("There is more than one “%(value)s” in the register. Give its organisation number, or rename one of them first.")
            raise RowRefused([["organisation", message % {"value": name}]])
        return exact[0] if exact else None

    def _create(self, name, organisation_number, values, *, wanted):
        if not (wanted or self.wishes.create_organisations):
            message = _("“%(value)s” is not in the register. Choose what is meant, or correct the cell.") % {"value": name}
            raise RowRefused([["organisation", message]], unknown=[("organisation", name)])
        details = {name: values[name] for name in _DETAILS if name in values}
        details["kind"] = values.get("organisation_kind", self.wishes.organisation_kind)
        organisation = Named(self.next_number, name, organisation_number, False, details["kind"], details)
        self.next_number -= 1
        self._know(organisation, values["organisation_key"])
        return organisation

    def use(self, organisation):
        if organisation is not None and organisation.number < 0 and not organisation.is_used:
            organisation.is_used = True
            self.new.append(organisation)

    def _by_domain(self, values):
        domain = values.get("email", "").rpartition("@")[2].lower()
        numbers = self.domains.get(domain, ())
        return self.by_number[next(iter(numbers))] if len(numbers) == 1 else None

    @property
    def domains(self):
        """{mail domain: numbers of the active organisations that use it}, asked for once a run."""
        if self._domains is None:
            self._domains = organisations_by_domain()
            self.learn({number for numbers in self._domains.values() for number in numbers})
        return self._domains

    def write(self):
        """Create what is new; return {number so far: number in the register}."""
        numbers = {}
        for organisation in self.new:
            record = Organisation(name=organisation.name, organisation_number=organisation.organisation_number, **organisation.details)
            record.save()
            numbers[organisation.number], organisation.number = record.pk, record.pk
            self.by_number[record.pk] = organisation
        self.new = []
        return numbers


def _records():
    return Organisation.objects.values_list("pk", "name", "organisation_number", "archived_at", "kind", "sort_key")


def organisations_by_domain():
    domains = defaultdict(set)
    points = ContactPoint.objects.emails().filter(organisation__archived_at=None, organisation__isnull=False)
    for organisation, address in points.values_list("organisation_id", "normalised"):
        domains[domain_of(address)].add(organisation)
    for organisation, website in Organisation.objects.active().exclude(website="").values_list("pk", "website"):
        if host := domain_of_website(website):
            domains[host].add(organisation)
    return {domain: numbers for domain, numbers in domains.items() if domain not in FREE_MAIL}


def suggest(unknown, domains_of):
    """Return {text: [(number, name), …]} of what may be meant by names that the register lacks.

    By words in common, by likeness of spelling, and by the mail domains (`domains_of`: {text: Counter}) of the people there.
    """
    names = {number: name for number, name in Organisation.objects.active().values_list("pk", "name")}
    words = defaultdict(set)
    folded = {}
    for number, name in names.items():
        folded[fold(name)] = number
        for word in set(fold(name).split()) - _COMMON_WORDS:
            words[word].add(number)
    by_domain = organisations_by_domain()
    found = {}
    for text in unknown:
        score = Counter()
        for word in set(fold(text).split()) - _COMMON_WORDS:
            for number in words.get(word, ()):
                score[number] += 2 / len(words[word])
        for close in get_close_matches(fold(text), folded, n=3, cutoff=0.75):
            score[folded[close]] += 2
        for domain in domains_of.get(text, ()):
            for number in by_domain.get(domain, ()):
                score[number] += 3
        found[text] = [(number, names[number]) for number, _score in score.most_common(3)]
    return found
