"""Where the form for companies' needs is sent; beside the pages, which may come from a cache."""

from django.urls import path

from cms import needs

app_name = "needs"
urlpatterns = [
    path("<int:page_id>/", needs.state_need, name="state"),
    path("<int:page_id>/tack/", needs.thanks, name="thanks"),
]
