"""Photos and logos: private, small, and without what the camera has written into them."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import override
from PIL import Image

from crm.exceptions import RegisterError
from crm.models import Change, ChangeSet, Contact, Organisation
from crm.services import pictures
from crm.services.pictures import small_picture
from crm.services.undo import undo
from tests.crm.changes import text
from tests.crm.test_record_page import url
from tests.factories.crm import ContactFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db

TRANSPARENT, RED = (0, 0, 0, 0), (200, 0, 0)


def drawn(file_format="JPEG", size=(40, 20), colour=RED, **options):
    content = io.BytesIO()
    Image.new("RGBA" if len(colour) == 4 else "RGB", size, colour).save(content, file_format, **options)
    return content.getvalue()


def from_a_phone():
    """A photo that says where it was taken, and that it lies on its side."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees
    exif[0x010F] = "Kameran"
    exif.get_ifd(0x8825)[1] = "N"
    return drawn(size=(1200, 600), exif=exif)


def picture_url(record):
    return f"/admin/{record._meta.model_name}/picture/{record.pk}/"


def upload(client, record, content=None, name="IMG_1.jpg", **values):
    file = SimpleUploadedFile(name, drawn() if content is None else content)
    data = {"do": "edit", "spot": "picture", type(record).picture_field: file, **values}
    return client.post(url(record), data, follow=True)


def stored(record):
    record = type(record).objects.get(pk=record.pk)
    return Image.open(record.picture)


@pytest.fixture
def asa():
    return ContactFactory(first_name="Åsa", last_name="Öberg")


# What becomes of it


def test_photo_is_upright_small_and_does_not_say_where_it_was_taken(staff_client, asa):
    upload(staff_client, asa, from_a_phone())
    picture = stored(asa)
    assert (picture.format, picture.size) == ("WEBP", (256, 512))
    assert not picture.getexif()
    assert not {"exif", "xmp"} & set(picture.info)


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "GIF"])
def test_content_counts_and_not_the_name(staff_client, asa, file_format):
    upload(staff_client, asa, drawn(file_format), name="bild.txt")
    assert stored(asa).format == "WEBP"


def test_logo_stays_transparent(staff_client):
    organisation = OrganisationFactory()
    upload(staff_client, organisation, drawn("PNG", colour=TRANSPARENT), name="logo.png")
    assert stored(organisation).convert("RGBA").getpixel((5, 5))[3] == 0


@pytest.mark.parametrize("mode", ["CMYK", "L", "1", "P", "LA"])
def test_every_kind_of_colour_is_taken(staff_client, asa, mode):
    content = io.BytesIO()
    Image.new(mode, (20, 20)).save(content, "JPEG" if mode == "CMYK" else "PNG")
    upload(staff_client, asa, content.getvalue())
    assert stored(asa).size == (20, 20)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "SVG"),
        (b"GIF89a nothing more", "picture"),
        (drawn("PNG")[:60], "damaged"),
        (b"%PDF-1.7", "JPEG"),
    ],
)
def test_what_is_no_picture_is_refused_with_a_reason(staff_client, asa, content, words):
    assert upload(staff_client, asa, content, name="logo.png").context["picture_form"].errors["photo"]
    assert not Contact.objects.get(pk=asa.pk).photo
    with override("en"), pytest.raises(RegisterError, match=words):
        small_picture(SimpleUploadedFile("logo.png", content))


def test_what_is_too_large_is_refused(staff_client, asa, monkeypatch):
    monkeypatch.setattr(pictures, "MAX_PIXELS", 700)
    assert upload(staff_client, asa).context["picture_form"].errors
    monkeypatch.setattr(pictures, "MAX_PIXELS", 10_000)
    monkeypatch.setattr(pictures, "MAX_MEGABYTES", 0)
    assert upload(staff_client, asa).context["picture_form"].errors
    assert not Contact.objects.get(pk=asa.pk).photo


def test_name_of_the_file_may_be_long(staff_client, asa):
    upload(staff_client, asa, name="å" * 200 + ".jpg")
    assert stored(asa)


# Where it is shown


def test_picture_is_shown_on_the_page_and_at_a_glance(staff_client, asa):
    assert "ÅÖ" in text(staff_client.get(url(asa)))
    upload(staff_client, asa)
    for address in (url(asa), f"/admin/contact/peek/{asa.pk}/?fragment"):
        assert f'src="{picture_url(asa)}?v=' in staff_client.get(address).content.decode()


def test_picture_goes_to_those_who_may_see_the_record_and_no_further(staff_client, onlooker, client, asa):
    upload(staff_client, asa)
    client.force_login(onlooker)
    response = client.get(picture_url(asa))
    assert response["Content-Type"] == "image/webp"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"].startswith("private")
    assert Image.open(io.BytesIO(b"".join(response.streaming_content))).format == "WEBP"
    stranger = UserFactory()
    client.force_login(stranger)
    assert client.get(picture_url(asa)).status_code == 302
    client.logout()
    assert client.get(picture_url(asa)).status_code == 302


def test_picture_that_is_not_there_is_not_found(staff_client, asa):
    assert staff_client.get(picture_url(asa)).status_code == 404
    upload(staff_client, asa)
    photo = Contact.objects.get(pk=asa.pk).photo
    photo.storage.delete(photo.name)
    assert staff_client.get(picture_url(asa)).status_code == 404


def test_who_may_only_look_changes_no_picture(onlooker_client, asa):
    assert upload(onlooker_client, asa).status_code in (302, 403) or not Contact.objects.get(pk=asa.pk).photo
    assert "edit=picture" not in onlooker_client.get(url(asa)).content.decode()
    assert not Contact.objects.get(pk=asa.pk).photo


@pytest.mark.parametrize(
    ("record", "initials"),
    [
        (Contact(pk=1, first_name="åsa", last_name="öberg"), "ÅÖ"),
        (Contact(pk=1, first_name="Kim", last_name=""), "K"),
        (Organisation(pk=1, name="Lärcentrum Åmål i Dalsland"), "LÅ"),
        (Organisation(pk=1, name="– (okänd)"), ""),
    ],
)
def test_initials(record, initials):
    assert record.initials == initials


# Exchanged, removed, brought back


def test_undo_brings_the_former_picture_back(staff_client, staff, asa):
    upload(staff_client, asa, drawn(size=(10, 10)))
    upload(staff_client, asa, drawn(size=(30, 30)))
    assert stored(asa).size == (30, 30)
    undo(ChangeSet.objects.latest("pk"), acting_user=staff)
    assert stored(asa).size == (10, 10)


def test_picture_is_removed_and_history_tells_all_of_it(staff_client, asa):
    upload(staff_client, asa)
    upload(staff_client, asa)
    staff_client.post(url(asa), {"do": "edit", "spot": "picture", "photo-clear": "on"})
    assert not Contact.objects.get(pk=asa.pk).photo
    assert Change.objects.filter(model="crm.contact", after__has_key="photo").count() == 4  # the first is its creation
    history = staff_client.get(f"/admin/contact/history/{asa.pk}/").content.decode()
    assert "pictures/" not in history
    assert text(staff_client.get(url(asa)))


def test_form_takes_a_picture_keeps_it_and_removes_it(staff_client, asa):
    data = {"first_name": "Åsa", "last_name": "Ek", "language": "sv"}
    for lines in ("contact_points", "affiliations"):
        data |= {f"{lines}-TOTAL_FORMS": 0, f"{lines}-INITIAL_FORMS": 0}
    address = f"/admin/contact/edit/{asa.pk}/"
    assert 'enctype="multipart/form-data"' in staff_client.get(address).content.decode()
    staff_client.post(address, {**data, "photo": SimpleUploadedFile("a.jpg", drawn())})
    first = Contact.objects.get(pk=asa.pk).photo.name
    assert first
    assert picture_url(asa) in staff_client.get(address).content.decode()
    staff_client.post(address, data)
    assert Contact.objects.get(pk=asa.pk).photo.name == first
    staff_client.post(address, {**data, "photo-clear": "on"})
    assert not Contact.objects.get(pk=asa.pk).photo
