"""Every page of ours in the admin, found through the URL configuration: a new one is among them without being named here."""

from django.urls import get_resolver, reverse
from django.urls.resolvers import URLResolver

OURS = ("cms", "newsletter", "crm")


def own_pages(client, examples, is_chosen):
    """Return the addresses, by name, of the chosen pages that answer with a document.

    `examples` gives the values that addresses need, by name ("contact:inspect") or by namespace ("contact"); values that are
    missing fail the test. None leaves a name out. What only takes a form, answers with a part of a page or with a file, or
    leads elsewhere, is no page. Pages made of the same templates, as the history of a role and of a tag, are visited once.
    """
    pages, seen, faults = {}, set(), []
    for name, needed in sorted(set(_own_names(get_resolver("config.urls").url_patterns))):
        values = examples.get(name, examples.get(name.partition(":")[0], {}))
        if values is None or not is_chosen(name):
            continue
        if missing := set(needed) - set(values):
            faults.append(f"No example of {', '.join(sorted(missing))} for {name}.")
            continue
        address = reverse(name, kwargs={key: values[key] for key in needed})
        response = client.get(address)
        if response.status_code >= 400 and response.status_code != 405:
            faults.append(f"{name}, {address}, answers {response.status_code}.")
        parts = frozenset(template.name for template in response.templates)
        if response.status_code == 200 and b"<html" in getattr(response, "content", b"")[:500] and parts not in seen:
            pages[name] = address
            seen.add(parts)
    assert not faults, "\n".join(faults)
    return pages


def _own_names(patterns, namespace=""):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _own_names(pattern.url_patterns, inner)
        elif pattern.name and _is_ours(pattern.callback):
            yield namespace + pattern.name, tuple(sorted(pattern.pattern.converters))


def _is_ours(view):
    view = getattr(view, "view_class", view)
    return view.__module__.partition(".")[0] in OURS
