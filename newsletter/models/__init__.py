"""The newsletter's models. Import them from here; a module that is not named here does not exist for Django."""

from newsletter.models.deliveries import Delivery
from newsletter.models.issues import Issue, NewsletterPage
from newsletter.models.mailings import Mailing
from newsletter.models.newsletters import Newsletter
from newsletter.models.subscriptions import Subscription

__all__ = ["Delivery", "Issue", "Mailing", "Newsletter", "NewsletterPage", "Subscription"]
