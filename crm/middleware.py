from crm.models import ChangeSet
from crm.services.ledger import opened_when_needed

_SAFE_METHODS = {"GET", "HEAD", "OPTIONS", "TRACE"}


class LedgerMiddleware:
    """Gives whatever a request writes to the register a change set, with whoever is logged in as its actor.

    Views that know more say so with a change set of their own; this is for those that are not ours, such as the deletion of
    a user who has saved segments.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method in _SAFE_METHODS:
            return self.get_response(request)

        def opening():
            return {"actor": request.user if request.user.is_authenticated else None, "cause": ChangeSet.Cause.EDIT}

        with opened_when_needed(opening):
            return self.get_response(request)
