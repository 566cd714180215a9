"""What to look at before an issue is sent. Errors stop the sending, warnings leave it to the person."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from newsletter.mail.composition import compose
from newsletter.services.audience import segment_problem


def errors(issue):
    """Return sentences about what must be mended first."""
    found = []
    if not issue.live:
        found.append(_("The issue is not published. Publish it first: the mail links to its page."))
    elif issue.has_unpublished_changes:
        found.append(
            _("The draft is newer than the published issue. Publish it, or discard the changes, so that it is clear what is sent.")
        )
    if not issue.subject:
        found.append(_("The subject is empty."))
    if not any(issue.body.raw_data):
        found.append(_("The issue has no content."))
    if problem := segment_problem(issue.segment):
        found.append(_("The segment cannot be used: %(problem)s") % {"problem": problem})
    return found


def warnings(issue):
    """Return sentences about what readers might miss."""
    found = []
    contents = [(child.block_type, child.block.content(child.value)) for child in issue.body]
    pictures = [content for kind, content in contents if content and content.get("image") and not content["alt"]]
    if missing := len([content for content in pictures if not getattr(content["image"], "decorative", False)]):
        found.append(
            ngettext(
                "%(number)d picture has no alternative text: readers who don't see pictures miss it.",
                "%(number)d pictures have no alternative text: readers who don't see pictures miss them.",
                missing,
            )
            % {"number": missing}
        )
    if empty := sum(content is None for kind, content in contents):
        found.append(
            ngettext(
                "%(number)d block shows nothing, for example a story that is not published, or a button without an address.",
                "%(number)d blocks show nothing, for example stories that are not published, or buttons without an address.",
                empty,
            )
            % {"number": empty}
        )
    if compose(issue).is_clipped:
        found.append(_("The mail is larger than 102 kB. Gmail shows only its beginning; shorten it."))
    if not issue.preheader:
        found.append(_("The preheader is empty: the inbox shows the beginning of the text instead."))
    return found
