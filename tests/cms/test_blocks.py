import pytest
from django.core.exceptions import ValidationError
from django.template.loader import get_template
from wagtail.blocks import ListBlock

from cms.blocks import ArticleBody, HomeBody
from cms.blocks.button import ButtonBlock
from cms.blocks.picture import PictureBlock
from tests.factories.cms import ImageFactory

BLOCKS = {**HomeBody().child_blocks, **ArticleBody().child_blocks}


@pytest.mark.parametrize("name", BLOCKS)
def test_every_block_has_what_an_editor_needs_to_choose_it(name):
    block = BLOCKS[name]
    assert block.meta.icon != "placeholder"
    assert str(block.get_description()).strip()
    assert get_template(block.meta.template)
    assert block.is_previewable


@pytest.mark.parametrize("name", BLOCKS)
@pytest.mark.usefixtures("home")
def test_every_preview_renders(name):
    ImageFactory()
    assert BLOCKS[name].render(BLOCKS[name].get_preview_value()).strip()


def test_blocks_in_lists_have_templates():
    for block in BLOCKS.values():
        for child in getattr(block, "child_blocks", {}).values():
            if isinstance(child, ListBlock) and hasattr(child.child_block, "child_blocks"):
                assert get_template(child.child_block.meta.template)


@pytest.mark.parametrize(("decorative", "typed", "alt"), [(True, "x", ""), (False, "Anna", "Anna"), (False, "", "En brygga i morgonljus")])
@pytest.mark.usefixtures("db")
def test_alternative_text_of_a_picture(decorative, typed, alt):
    image = {"image": ImageFactory().pk, "alt_text": typed, "decorative": decorative}
    assert PictureBlock().to_python({"image": image, "caption": "", "width": "text"}).alt == alt


@pytest.mark.usefixtures("home")
def test_button_needs_exactly_one_goal():
    block = ButtonBlock()
    for url, page in (("", None), ("https://example.org/", 1)):
        with pytest.raises(ValidationError):
            block.clean(block.to_python({"text": "Vidare", "url": url, "page": page}))


def test_link_elsewhere_is_marked():
    block = ButtonBlock()
    assert block.to_python({"text": "Dit", "url": "https://example.org/"}).is_external
    assert not block.to_python({"text": "Hit", "url": "http://testserver/om-oss/"}).is_external
