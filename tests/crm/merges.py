"""What the tests of merges share."""

from crm.models import MergedRecord
from crm.recording import recordings
from crm.services.merge_plans import plan_merge
from crm.services.merges import merge
from crm.services.net_changes import net_changes
from crm.services.undo import undo
from crm.services.values import parse_row
from tests.dumps import dump

__all__ = ["dump", "merged", "planned", "undo", "written"]


def merged(kept, gone, choices=None, *, by=None):
    """Make one a part of the other as a preview of this moment says; return the change set."""
    return merge(kept, gone, choices, mark=plan_merge(kept, gone, choices).mark, acting_user=by)


def planned(plan):
    """Return {(label, number): values, or None for what goes} of what a plan says."""
    said = {(model._meta.label_lower, number): values for (model, number), values in plan.changes.items()}
    gone = [*plan.deletions, (plan.model, plan.gone.pk)]
    return said | {(model._meta.label_lower, number): None for model, number in gone}


def written(opened):
    """Return the same of what a change set has done, the note of the merge itself left out."""
    found = {}
    for label, recording in recordings().items():
        for net in net_changes(opened.changes.all(), recording):
            if recording.model is not MergedRecord or net.action != "+":
                found[label, net.object_id] = None if net.action == "-" else parse_row(recording, net.after)
    return found
