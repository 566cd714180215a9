from django.core.exceptions import PermissionDenied


class MayFollowMixin:
    """For views of a mailing: whoever may send, and whoever may look."""

    def dispatch(self, request, *args, **kwargs):
        if not may_follow(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class MaySendMixin:
    """For views that send, or show the audience with its names."""

    def dispatch(self, request, *args, **kwargs):
        if not request.user.has_perm("newsletter.send_mailing"):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


def may_follow(user):
    return user.has_perm("newsletter.view_mailing") or user.has_perm("newsletter.send_mailing")
