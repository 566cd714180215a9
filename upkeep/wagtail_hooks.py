from wagtail import hooks

from upkeep.viewsets import UpkeepViewSet


@hooks.register("register_admin_viewset")
def register_viewset():
    return UpkeepViewSet("upkeep")
