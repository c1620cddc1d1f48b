"""Pictures that everybody can see: in a browser, in a mail, in a PDF. Free of the ORM."""

import base64
import io

from PIL import Image, ImageOps, UnidentifiedImageError

#: What every browser and the PDF show.
SHOWN_FORMATS = ("JPEG", "PNG", "GIF")
#: What is read, and made a JPEG of: no other program of the library comes near what strangers send.
READ_FORMATS = (*SHOWN_FORMATS, "BMP")
#: Unfolded, a pixel takes up to four bytes of memory. Photos of phones have 12 million; Odoo keeps them smaller.
MOST_PIXELS = 50_000_000
_UNREADABLE = (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError, EOFError)


def open_picture(content, formats=READ_FORMATS, most=MOST_PIXELS):
    """Return ``content`` as an image of which only the head is read so far.

    :param bytes content: a file
    :raise ValueError: if it is no picture in one of ``formats``, or has more than ``most`` pixels
    """
    try:
        image = Image.open(io.BytesIO(content or b""), formats=formats)
    except _UNREADABLE as error:
        raise ValueError("unreadable") from error
    if image.width * image.height > most:
        raise ValueError("too_large")
    return image


def is_picture(content):
    """Whether ``content`` begins as a picture that is shown, whatever its file is called."""
    try:
        open_picture(content, SHOWN_FORMATS).close()
    except ValueError:
        return False
    return True


def shown_picture(content):
    """Return ``content`` if it is a whole picture that is shown as it is, or else a JPEG of it.

    :param bytes content: a file
    :raise ValueError: if it is no picture, a broken one, too large to unfold, or in a format that is not read (HEIC)
    """
    try:
        with open_picture(content) as image:
            image.load()
            return content if image.format in SHOWN_FORMATS else as_jpeg(image)
    except _UNREADABLE as error:
        raise ValueError("unreadable") from error


def as_jpeg(image, size=None):
    """Return ``image`` as a JPEG file: upright, on white paper, at most of ``size`` in pixels."""
    if size:
        image.draft("RGB", size)  # a JPEG is unfolded no larger than needed
        image.thumbnail(size)
    upright = ImageOps.exif_transpose(image).convert("RGBA")
    paper = Image.new("RGB", upright.size, "white")
    paper.paste(upright, mask=upright)
    copy = io.BytesIO()
    paper.save(copy, "JPEG", quality=85)
    return copy.getvalue()


def picture_data_uri(picture, size):
    """Return a small copy of ``picture`` as a data URI that every PDF program can show, or an empty string.

    The PDF program can't log in to fetch a picture and doesn't know how a phone was held. Formats that are not read,
    WebP among them, give an empty string.

    :param bytes picture: a picture file
    :param tuple size: greatest width and height of the copy, in pixels
    """
    try:
        with open_picture(picture) as image:
            copy = as_jpeg(image, size)
    except _UNREADABLE:
        return ""
    return f"data:image/jpeg;base64,{base64.b64encode(copy).decode()}"
