"""The whole register as plain data, for saying that two states of it are the same."""

from crm.recording import recordings


def dump(*left_out):
    """Return {model: {number: row}} of every recorded model, all columns, the derived ones included."""
    return {
        label: {row["id"]: row for row in recording.model._base_manager.values()}
        for label, recording in recordings().items()
        if label not in left_out
    }
