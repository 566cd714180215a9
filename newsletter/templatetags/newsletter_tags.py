from django import template

from newsletter.forms import SignUpForm
from newsletter.models import Newsletter

register = template.Library()


@register.inclusion_tag("newsletter/components/signup.html")
def newsletter_signup(source):
    """Render the sign-up form for the default newsletter; nothing when there is none. `source` is kept as evidence."""
    newsletter = Newsletter.objects.default()
    return {"newsletter": newsletter, "form": SignUpForm(source=source) if newsletter else None, "source": source}
