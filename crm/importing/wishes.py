"""What a user may wish of an import beyond the matching of columns; kept with the job as JSON."""

from dataclasses import asdict, dataclass, fields


@dataclass(frozen=True)
class Wishes:
    create_organisations: bool = False  # organisations that the register lacks are created
    organisation_kind: str = "company"  # of those, where the file doesn't say
    by_domain: bool = False  # somebody without an organisation belongs to the one whose mail domain their address has
    unknown_roles: str = "refuse"  # or "title": a role that the register lacks becomes the title
    new_organisation: str = "ask"  # or "change", "add": what it means that somebody turns up at another organisation
    wipe_empty: bool = False  # an empty cell empties what stands in the register

    @classmethod
    def from_json(cls, values):
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in (values or {}).items() if name in known})

    def to_json(self):
        return asdict(self)
