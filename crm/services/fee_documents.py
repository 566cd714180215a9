"""Fee documents: what stands on them."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from crm.models import Fee, FeeSettings
from crm.pdf import make_pdf, money
from crm.services.association import association


def documents_of(fees):
    """Return one PDF with the documents of fees, each on a page of its own, in the order of the members' names."""
    found = Fee.objects.filter(pk__in=[fee.pk for fee in fees]).select_related("membership__organisation", "membership__fee_contact")
    in_order = list(found.order_by("membership__organisation__sort_key", "year", "pk"))
    settings = FeeSettings.current()
    title = _heading(in_order[0]) if len(in_order) == 1 else _("Fee documents")
    data = {
        "association": on_paper(association(), settings),
        "words": {"what": _("What"), "amount": _("Amount"), "to_pay": _("To pay")},
        "text": settings.document_text,
        "fees": [_on_paper(fee, settings) for fee in in_order],
    }
    return make_pdf("fees.typ", data, title=title)


def file_name(fee):
    return f"avi-{fee.number or fee.pk}.pdf"


def on_paper(who, settings=None):
    """Who we are, as the templates want it: the lines of the address, and what stands at the foot."""
    lines = [line for line in who.address.splitlines() if line.strip() and line.strip() != who.name]
    foot = [who.name, who.email, who.phone]
    if who.organisation_number:
        foot.append(_("Org. no. %(number)s") % {"number": who.organisation_number})
    if settings and settings.bankgiro:
        foot.append(_("Bankgiro %(number)s") % {"number": settings.bankgiro})
    return {"name": who.name, "lines": lines, "foot": [part for part in foot if part]}


def _heading(fee):
    return _("Membership fee %(year)s") % {"year": fee.year}


def _on_paper(fee, settings):
    member = fee.membership.organisation
    contact = fee.membership.fee_contact
    town = " ".join(filter(None, [member.postcode, member.city]))
    facts = [(_("Document no."), str(fee.number or "–")), (_("Member"), member.name)]
    if member.organisation_number:
        facts.append((_("Organisation number"), member.organisation_number))
    if fee.invoiced_on:
        facts.append((_("Date"), date_format(fee.invoiced_on)))
    span = f"{date_format(fee.year.first_day)} – {date_format(fee.year.last_day)}"
    paying = [(_("Pay by"), date_format(fee.due_on))] if fee.due_on else []
    if settings.bankgiro:
        paying.append((_("Bankgiro"), settings.bankgiro))
    if fee.number:
        paying.append((_("Give as reference"), str(fee.number)))
    if fee.paid_on:
        paying.append((_("Paid"), date_format(fee.paid_on)))
    return {
        "heading": _heading(fee),
        "member": member.name,
        "address": [part for part in (_("To: %(name)s") % {"name": contact} if contact else "", member.street, town) if part],
        "facts": facts,
        "lines": [
            [_("Membership fee %(year)s, %(span)s") % {"year": fee.year, "span": span}, _("SEK %(amount)s") % {"amount": money(fee.amount)}]
        ],
        "amount": _("SEK %(amount)s") % {"amount": money(fee.amount)},
        "paying": paying,
    }
