from django import template

register = template.Library()


@register.filter
def lookup(mapping, key):
    """The value of a dictionary under a key that is a variable."""
    return mapping.get(key, "")
