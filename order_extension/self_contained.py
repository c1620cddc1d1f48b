"""HTML and CSS that need no server: what they refer to is put into them.

Functions of their arguments only. What a reference stands for is read by a function of the caller's, which returns a
tuple of MIME type and content, or None for what is not to be had.
"""

import base64
import html
import re

#: What the PDF program reads, best first: its browser is older than WOFF2.
FONT_SUFFIXES = (".woff", ".ttf", ".otf")
#: Families of icons, and what the classes of such an icon begin with.
ICONS = {"FontAwesome": "fa-", "odoo_ui_icons": "oi-"}

_FACE = re.compile(r"@font-face\s*{([^}]*)}")
_FAMILY = re.compile(r"font-family\s*:\s*([^;}]+)")
_URL = re.compile(r"url\(\s*(?:\"([^\"]*)\"|'([^']*)'|([^)\"']*))\s*\)")
_STYLESHEET = re.compile(r"<link\b[^>]*\bhref=\"([^\"]+)\"[^>]*>")
_SCRIPT = re.compile(r"<script\b[^>]*\bsrc=\"([^\"]+)\"[^>]*>\s*</script>")
_BASE = re.compile(r"<base\b[^>]*>")
_SOURCE = re.compile(r"(<(?:img|image|source|embed|object|iframe|input)\b[^>]*?\s(?:src|href|data)=)\"([^\"]*)\"")
_STYLE = re.compile(r"(\sstyle=)\"([^\"]*)\"")


def data_uri(mimetype, content):
    """
    >>> data_uri("text/plain", b"Hi")
    'data:text/plain;base64,SGk='
    """
    return f"data:{mimetype};base64,{base64.b64encode(content).decode()}"


def embed_urls(css, read):
    """Put into ``css`` what it refers to; what can't be had is left out.

    >>> embed_urls("a{background: url('/a.gif')} b{background: url(/b)}", {"/a.gif": ("image/gif", b"Hi")}.get)
    'a{background: url("data:image/gif;base64,SGk=")} b{background: none}'
    >>> embed_urls('a{background: url("data:image/gif;base64,SGk=")}', {}.get)
    'a{background: url("data:image/gif;base64,SGk=")}'
    """

    def embed(match):
        url = match[1] or match[2] or match[3] or ""
        if url.startswith(("data:", "#")):
            return match[0]
        found = read(url)
        return f'url("{data_uri(*found)}")' if found else "none"

    return _URL.sub(embed, css)


def used_families(css):
    """Return the families of fonts that something in ``css`` is written in.

    >>> sorted(used_families("@font-face{font-family: Oswald; src: url(/o)} p{font-family: 'Lato', Sans}"))
    ['Lato', 'Sans']
    """
    families = _FAMILY.findall(_FACE.sub("", css))
    return {name.replace("!important", "").strip(" \"'") for value in families for name in value.split(",")}


def embed_css(css, read, icons=()):
    """Like :func:`embed_urls`, with the fonts that are used, each in the one form that the PDF program reads.

    :param icons: families of icons that are shown
    """
    families = used_families(css) - (ICONS.keys() - set(icons))

    def embed_face(match):
        family = _FAMILY.search(match[1])
        if not family or family[1].strip(" \"'") not in families:
            return ""
        for suffix in FONT_SUFFIXES:
            for url in _URL.finditer(match[1]):
                name = next(filter(None, url.groups()), "")
                if name.partition("?")[0].endswith(suffix) and (found := read(name)):
                    # the source ends at a semicolon outside of any URL, as there are no data URIs in it
                    kept = [part for part in match[1].split(";") if part.strip() and not part.strip().startswith("src")]
                    return f'@font-face{{{";".join(kept)};src: url("{data_uri(*found)}")}}'
        return ""

    faces = "".join(embed_face(match) for match in _FACE.finditer(css))
    return faces + embed_urls(_FACE.sub("", css), read)


def shown_icons(page):
    """Return the families of icons of which ``page`` shows some.

    >>> shown_icons('<i class="fa fa-pencil"/>')
    ('FontAwesome',)
    """
    return tuple(family for family, prefix in ICONS.items() if re.search(rf'class="[^"]*\b{prefix}', page))


def embed(page, read, read_css):
    """Put into the HTML ``page`` all that it would fetch: styles, scripts and pictures.

    :param read: function of a URL, returns MIME type and content or None
    :param read_css: function of a URL and the families of icons, returns a style sheet that refers to nothing, or None

    >>> embed('<base href="http://here"/><link href="/s.css"/><img src="/a"/>', {}.get, lambda url, icons: "b{}")
    '<style>b{}</style><img src=""/>'
    """
    icons = shown_icons(page)

    def stylesheet(match):
        return f"<style>{read_css(html.unescape(match[1]), icons) or ''}</style>"

    def script(match):
        found = read(html.unescape(match[1]))
        text = found[1].decode().replace("</script", "<\\/script") if found else ""
        return f"<script>{text}</script>"

    def source(match):
        url = html.unescape(match[2])
        if url.startswith(("data:", "#")):
            return match[0]
        found = read(url)
        return f'{match[1]}"{data_uri(*found) if found else ""}"'

    def style(match):
        text = html.unescape(match[2])
        return match[0] if "url(" not in text else f'{match[1]}"{html.escape(embed_urls(text, read))}"'

    page = _STYLE.sub(style, _SOURCE.sub(source, _BASE.sub("", page)))
    # last: what is put in here is not looked through again
    return _STYLESHEET.sub(stylesheet, _SCRIPT.sub(script, page))
