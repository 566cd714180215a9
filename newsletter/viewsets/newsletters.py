from django.db.models import ProtectedError
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from newsletter.models import Newsletter


class NewsletterDeleteView(generic.DeleteView):
    def form_valid(self, form):
        try:
            return super().form_valid(form)
        except ProtectedError:
            messages.error(self.request, _("The newsletter has subscriptions or issues, and cannot be deleted."))
            return redirect("newsletter_newsletters:edit", self.object.pk)


class NewsletterViewSet(ModelViewSet):
    model = Newsletter
    name = "newsletter_newsletters"
    url_prefix = "newsletter/newsletters"
    menu_label = _("Newsletters")
    icon = "media"
    menu_order = 30
    add_to_reference_index = False
    copy_view_enabled = False
    delete_view_class = NewsletterDeleteView
    list_display = ["name", "from_name", "from_address", "is_default"]
    search_fields = ["name"]
    search_backend_name = None
    panels = [
        FieldPanel("name"),
        FieldPanel("slug"),
        FieldPanel("description"),
        MultiFieldPanel([FieldPanel("from_name"), FieldPanel("from_address"), FieldPanel("reply_to")], heading=_("Sender")),
        FieldPanel("postal_address"),
        MultiFieldPanel([FieldPanel("is_default"), FieldPanel("consent_text")], heading=_("Sign-up")),
    ]
