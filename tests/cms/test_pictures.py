import pytest

from cms.pictures import SHAPES, as_picture, prepare_renditions
from tests.factories.cms import ImageFactory

pytestmark = pytest.mark.usefixtures("db")


def test_prepared_picture_needs_no_scaling_when_it_is_shown():
    image = ImageFactory()
    prepare_renditions(image)
    made = image.renditions.count()
    for name in SHAPES:
        as_picture(image, name, alt="")
    assert image.renditions.count() == made


def test_picture_offers_avif_and_jpeg_and_loads_late():
    html = str(as_picture(ImageFactory(), "card", alt="En båt"))
    for part in ('type="image/avif"', ".jpg", 'loading="lazy"', 'alt="En båt"', "width=", "height="):
        assert part in html


def test_first_picture_of_a_page_loads_at_once():
    html = str(as_picture(ImageFactory(), "lead", alt="", eager=True))
    assert 'fetchpriority="high"' in html
    assert "lazy" not in html
