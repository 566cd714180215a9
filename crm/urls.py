"""Addresses of the register outside the admin, for programs and people that cannot log in."""

from django.urls import path

from crm.views.calendar_feeds import calendar_feed
from crm.views.meeting_replies import meeting_reply

urlpatterns = [
    path("kalender/<str:token>.ics", calendar_feed, name="calendar_feed"),
    path("traff/<str:token>/", meeting_reply, name="meeting_reply"),
]
