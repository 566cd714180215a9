from django.urls import path

from newsletter.views import sign_up, subscriptions

app_name = "newsletter"

urlpatterns = [
    path("prenumerera/", sign_up.sign_up, name="sign_up"),
    path("prenumerera/tack/", sign_up.thanks, name="thanks"),
    path("bekrafta/<str:token>/", subscriptions.confirm, name="confirm"),
    path("avsluta/<str:token>/", subscriptions.unsubscribe, name="unsubscribe"),
    path("ett-klick/<str:token>/", subscriptions.one_click, name="one_click"),
]
