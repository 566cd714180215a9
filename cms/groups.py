"""The groups that come with the product. They get their permissions when they are first made; after that they are the office's."""

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

STAFF = "Kansliet"
EDITORS = "Redaktörer"
SENDERS = "Nyhetsbrev"
ACCOUNTS = "Ekonomi"
BOARD = "Styrelsen"

RECORDS = [
    "contact",
    "organisation",
    "relationship",
    "membership",
    "fee",
    "feeround",
    "feerule",
    "feereminder",
    "feesettings",
    "network",
    "seat",
    "licence",
    "holding",
    "planitem",
    "planlink",
    "project",
    "partner",
    "projectrole",
    "indicator",
    "mobility",
    "cost",
    "evidence",
    "course",
    "seatrequest",
    "need",
    "match",
    "interest",
    "affiliation",
    "contactpoint",
    "segment",
    "segmentexception",
    "activity",
    "participation",
    "task",
    "tag",
    "tagging",
    "role",
    "municipality",
    "frozenreport",
]
REGISTER = [f"crm.{action}_{model}" for action in ("view", "add", "change", "delete") for model in RECORDS]
LOOK_AT_REGISTER = [f"crm.view_{model}" for model in RECORDS]
FEES = ["crm.change_membership"] + [
    f"crm.{action}_{model}"
    for action in ("add", "change", "delete")
    for model in ("fee", "feeround", "feerule", "feereminder", "feesettings")
]
SUBSCRIPTIONS = [f"newsletter.{action}_subscription" for action in ("view", "add", "change")]
SENDING = ["newsletter.send_mailing", "newsletter.view_mailing", "newsletter.view_newsletter", "newsletter.change_newsletter"]
# Not for the office as such: who writes the minutes there is added to the board's group, or given the permission.
BOARD_DOCUMENTS = [f"crm.{action}_boarddocument" for action in ("view", "add", "change", "delete")]
PERMISSIONS = {
    STAFF: ["wagtailadmin.access_admin", *REGISTER, *SUBSCRIPTIONS, "newsletter.view_mailing"],
    EDITORS: ["wagtailadmin.access_admin", "cms.add_newscategory", "cms.change_newscategory", "cms.change_sitesettings"],
    BOARD: ["wagtailadmin.access_admin", *LOOK_AT_REGISTER, *BOARD_DOCUMENTS],
    ACCOUNTS: ["wagtailadmin.access_admin", *FEES, *LOOK_AT_REGISTER],
    SENDERS: ["wagtailadmin.access_admin", *SENDING, *SUBSCRIPTIONS, *LOOK_AT_REGISTER],
}
PAGE_EDITORS = (EDITORS, SENDERS)


def sync_groups(**kwargs):
    """Make the groups that are missing. Connected to post_migrate: permissions exist only when all apps are migrated."""
    for label in ("wagtailadmin", "crm", "newsletter", "cms"):
        create_permissions(apps.get_app_config(label), verbosity=0)
    for name, codes in PERMISSIONS.items():
        group, created = Group.objects.get_or_create(name=name)
        if created:
            group.permissions.set(_permission(code) for code in codes)
            if name in PAGE_EDITORS:
                _let_edit_pages(group)


def _permission(code):
    app_label, codename = code.split(".")
    return Permission.objects.get(content_type__app_label=app_label, codename=codename)


def _let_edit_pages(group):
    root = Page.objects.filter(depth=1).first()
    if root is None:  # a database that holds no pages at all, as between some tests
        return
    for codename in ("add_page", "change_page", "publish_page"):
        GroupPagePermission.objects.get_or_create(group=group, page=root, permission=Permission.objects.get(codename=codename))
    for collection_permission in ("add_image", "change_image", "choose_image", "add_document", "change_document", "choose_document"):
        app_label = "wagtailimages" if collection_permission.endswith("image") else "wagtaildocs"
        permission = Permission.objects.get(content_type__app_label=app_label, codename=collection_permission)
        GroupCollectionPermission.objects.get_or_create(group=group, collection=Collection.get_first_root_node(), permission=permission)
