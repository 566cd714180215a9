"""The shapes in which pictures appear on the site: crop, widths and formats in one place.

Templates, lists that fetch renditions beforehand, and the task that makes them at upload all go by these, so that
no visitor waits while a picture is scaled.
"""

from dataclasses import dataclass

from wagtail.images.models import Picture
from wagtail.images.shortcuts import get_renditions_or_not_found

FORMATS = ("format-avif|avifquality-55", "format-jpeg|jpegquality-78")


@dataclass(frozen=True)
class Shape:
    operations: tuple  # one for each width, smallest first
    sizes: str  # how wide the browser will show it

    @property
    def specs(self):
        return [f"{operation}|{form}" for form in FORMATS for operation in self.operations]


_CARD = ("fill-480x320", "fill-960x640")
_WIDE = ("fill-800x500", "fill-1600x1000")
SHAPES = {
    "card": Shape(_CARD, "(min-width: 72rem) 23rem, (min-width: 44rem) 46vw, 92vw"),
    "feature": Shape(_WIDE, "(min-width: 60rem) 44rem, 92vw"),
    "lead": Shape(_WIDE, "(min-width: 80rem) 76rem, 92vw"),
    "text": Shape(("width-720", "width-1440"), "(min-width: 48rem) 41rem, 92vw"),
}
SHARED = "fill-1200x630|format-jpeg|jpegquality-78"  # what other services show when somebody shares a page


def as_picture(image, shape_name, *, alt, eager=False):
    """Return the <picture> of an image; an eager one is what the visitor sees first and waits for."""
    shape = SHAPES[shape_name]
    attrs = {"alt": alt, "sizes": shape.sizes, "decoding": "async"}
    attrs |= {"fetchpriority": "high"} if eager else {"loading": "lazy"}
    return Picture(get_renditions_or_not_found(image, shape.specs), attrs)


def prepare_renditions(image, shapes=SHAPES):
    """Make the renditions that the site asks for in these shapes."""
    image.get_renditions(*(spec for name in shapes for spec in SHAPES[name].specs), SHARED)
