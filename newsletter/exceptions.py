"""What the newsletter refuses to do, each with a sentence for the person who asked."""

from django.utils.translation import gettext_lazy as _


class NewsletterError(Exception):
    message = ""

    def __init__(self, message=None):
        self.message = message or self.message
        super().__init__(self.message)

    def __str__(self):
        return str(self.message)


class NotReady(NewsletterError):
    message = _("The issue is not ready to be sent.")


class AlreadyStarted(NewsletterError):
    message = _("Sending of this issue has already been started.")


class NoRecipients(NewsletterError):
    message = _("Nobody would get this issue.")


class WrongState(NewsletterError):
    message = _("That is no longer possible: the mailing has moved on. Reload the page.")


class InvalidToken(NewsletterError):
    message = _("The link is not valid.")


class ExpiredToken(InvalidToken):
    message = _("The link is too old.")


class UnsafeHeader(NewsletterError):
    message = _("A line break in a mail header could add a header of somebody else's making.")
