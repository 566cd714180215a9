"""Addresses of the register outside the admin, for programs that cannot log in."""

from django.urls import path

from crm.views.calendar_feeds import calendar_feed

urlpatterns = [path("kalender/<str:token>.ics", calendar_feed, name="calendar_feed")]
