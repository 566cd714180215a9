"""Addresses of the site that are not pages. The pages themselves are Wagtail's to serve."""

from django.urls import path
from wagtail.contrib.sitemaps.views import sitemap

from cms import views

urlpatterns = [
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", sitemap, name="sitemap"),
    path("styleguide/", views.style_guide, name="style_guide"),
]
