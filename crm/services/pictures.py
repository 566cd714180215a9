"""What becomes of a picture that somebody uploads: small enough for a page, upright, and without where it was taken."""

import io

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from crm.exceptions import RegisterError

FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/gif"}
CONTENT_TYPE = "image/webp"
MAX_MEGABYTES = 10
MAX_PIXELS = 50_000_000  # a small file may unfold to more than the memory holds
SIDE = 512

# What Pillow raises on what only looks like a picture.
_DAMAGED = (OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError)


def small_picture(upload):
    """Return an upload as a WebP of at most 512 × 512. What kind of file it is, its content says and not its name.

    Raises RegisterError with a text for the person at the screen.
    """
    if upload.size > MAX_MEGABYTES * 1024 * 1024:
        raise RegisterError(_("The picture is larger than %(number)d MB. Save it smaller and choose it again.") % {"number": MAX_MEGABYTES})
    try:
        with Image.open(upload, formats=list(FORMATS)) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise RegisterError(_("The picture has too many pixels. Save it smaller and choose it again."))
            return ContentFile(_encoded(picture), name="picture.webp")
    except Image.DecompressionBombError as error:
        raise RegisterError(_("The picture has too many pixels. Save it smaller and choose it again.")) from error
    except UnidentifiedImageError as error:
        raise RegisterError(_refusal(upload)) from error
    except _DAMAGED as error:
        raise RegisterError(_("The picture is damaged. Open it in a picture program, save it once more and choose that.")) from error


def _encoded(picture):
    picture.draft("RGB", (2 * SIDE, 2 * SIDE))  # a JPEG needs not be unfolded to its full size
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    profile = picture.info.get("icc_profile") if picture.mode in ("RGB", "RGBA") else None  # that of other colours would be wrong
    small = picture if picture.mode == mode else picture.convert(mode)
    small.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    small = ImageOps.exif_transpose(small)
    made = io.BytesIO()
    # Only what is named here gets into the file: of all that a camera writes, the colour profile.
    small.save(made, "WEBP", quality=88, icc_profile=profile or b"", exif=b"", xmp=b"")
    return made.getvalue()


def _refusal(upload):
    upload.seek(0)
    if b"<svg" in upload.read(4096).lower():
        return _("SVG pictures can contain programs and are not taken. Save the picture as PNG and choose that.")
    return _("This is no picture that can be shown. Choose a JPEG, PNG, WebP or GIF.")
