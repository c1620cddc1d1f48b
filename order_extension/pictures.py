"""Pictures that everybody can see: in a browser, in a mail, in a PDF. Free of the ORM."""

import base64
import io

from PIL import Image, ImageOps, UnidentifiedImageError

from odoo.tools.image import IMAGE_MAX_RESOLUTION

#: What every browser and the PDF show. Odoo reads some others too; what it doesn't read, it can't show.
SHOWN_FORMATS = frozenset({"JPEG", "PNG", "GIF"})
_UNREADABLE = (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError, EOFError)


def is_picture(content):
    """Whether ``content`` begins as a picture that is shown, whatever its file is called."""
    try:
        with Image.open(io.BytesIO(content or b"")) as image:
            return image.format in SHOWN_FORMATS and image.width * image.height <= IMAGE_MAX_RESOLUTION
    except _UNREADABLE:
        return False


def shown_picture(content):
    """Return ``content`` if it is a whole picture that is shown, or a JPEG of it if Odoo reads it.

    :param bytes content: a file
    :raise ValueError: if it is no picture, a broken one, too large to unfold, or in a format that is not read (HEIC)
    """
    try:
        with Image.open(io.BytesIO(content or b"")) as image:
            if image.width * image.height > IMAGE_MAX_RESOLUTION:
                raise ValueError("too large")
            image.load()
            return content if image.format in SHOWN_FORMATS else as_jpeg(image)
    except _UNREADABLE as error:
        raise ValueError("unreadable") from error


def as_jpeg(image, size=None):
    """Return ``image`` as a JPEG file: upright, on white paper, at most of ``size`` in pixels."""
    upright = ImageOps.exif_transpose(image).convert("RGBA")
    if size:
        upright.thumbnail(size)
    paper = Image.new("RGB", upright.size, "white")
    paper.paste(upright, mask=upright)
    copy = io.BytesIO()
    paper.save(copy, "JPEG", quality=85)
    return copy.getvalue()


def picture_data_uri(picture, size):
    """Return a small copy of ``picture`` as a data URI that every PDF program can show, or an empty string.

    The PDF program can't log in to fetch a picture and doesn't know how a phone was held. Formats that Odoo doesn't
    read, WebP among them, give an empty string.

    :param bytes picture: a picture file
    :param tuple size: greatest width and height of the copy, in pixels
    """
    try:
        with Image.open(io.BytesIO(picture or b"")) as image:
            if image.width * image.height > IMAGE_MAX_RESOLUTION:
                return ""
            image.draft("RGB", size)
            copy = as_jpeg(image, size)
    except _UNREADABLE:
        return ""
    return f"data:image/jpeg;base64,{base64.b64encode(copy).decode()}"
