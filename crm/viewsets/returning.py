"""Forms that lead back to where somebody came from: a record's page, a list as it was narrowed down, the first page."""

from django.utils.functional import cached_property
from wagtail.admin.utils import get_valid_next_url_from_request, set_query_params


def with_return(url, back_to):
    """Return the address of such a form with the one to come back to; "" stays as it is."""
    return set_query_params(url, {"next": back_to}) if url and back_to else url


class ReturningMixin:
    """For create and edit views: what the address says after `next`, if that is ours, is where one is after saving."""

    @cached_property
    def came_from(self):
        return get_valid_next_url_from_request(self.request)

    def get_success_url(self):
        return self.came_from or super().get_success_url()

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        # The form posts to its own address: it must survive being shown again with a mistake.
        context["action_url"] = with_return(context["action_url"], self.came_from)
        return context


class ReturningListMixin:
    """For lists: the forms come back to the list as it was."""

    @cached_property
    def this_url(self):
        params = self.request.GET.copy()
        for name in ("_w_filter_fragment", "export"):
            params.pop(name, None)
        return f"{self.index_url}?{params.urlencode()}" if params else self.index_url

    def get_edit_url(self, instance):
        return with_return(super().get_edit_url(instance), self.this_url)

    def get_add_url(self):
        return with_return(super().get_add_url(), self.this_url)
