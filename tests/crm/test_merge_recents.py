"""What somebody has opened lately, once it has become part of another record."""

import pytest

from crm.services.merge_plans import plan_merge
from crm.services.merges import merge
from crm.services.recents import opened_by, remember_opened
from crm.services.undo import undo
from tests.factories.crm import ContactFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("kind", "factory"), [("contact", ContactFactory), ("organisation", OrganisationFactory)])
def test_what_was_opened_before_a_merge_leads_to_the_one_that_stays(kind, factory, admin_user):
    kept, gone, other = factory.create_batch(3)
    for record in (other, kept, gone):
        remember_opened(admin_user, kind=kind, number=record.pk)

    done = merge(kept, gone, mark=plan_merge(kept, gone).mark, acting_user=admin_user)
    merged = opened_by(admin_user)
    undo(done, acting_user=admin_user)

    assert merged == [(kind, kept.pk), (kind, other.pk)]
    assert opened_by(admin_user) == [(kind, gone.pk), (kind, kept.pk), (kind, other.pk)]
