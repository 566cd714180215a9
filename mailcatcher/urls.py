from django.urls import path

from mailcatcher import views

app_name = "mailcatcher"
urlpatterns = [
    path("", views.message_list, name="list"),
    path("delete/", views.delete, name="delete"),
    path("<str:key>/", views.message_detail, name="message"),
    path("<str:key>/html/", views.html_part, name="html"),
    path("<str:key>/source/", views.source, name="source"),
    path("<str:key>/attachments/<int:number>/", views.attachment, name="attachment"),
]
