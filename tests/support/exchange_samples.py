"""Small files as this and other tools write them."""

from corpora.article import Bitext

BITEXT = Bitext(
    ("Good morning.", "Hello.", "Bye."),
    ("你好。", "早。", "再见。"),
    (((0, 1), (0,)), ((), (1,)), ((2,), (2,))),
    (0.75, 0.0, 0.5),
    (0.9, 0.25, 1.0),
    "en",
    "zh",
    "en.txt",
    "zh.txt",
)


def tmx(*units: str, srclang: str = "en", doctype: str = "") -> str:
    header = (
        '<header creationtool="other" creationtoolversion="1" segtype="sentence" o-tmf="x" adminlang="en"'
        f' srclang="{srclang}" datatype="plaintext"/>'
    )
    return f'<?xml version="1.0"?>{doctype}<tmx version="1.4">{header}<body>{"".join(units)}</body></tmx>'


def tu(**segments: str) -> str:
    variants = (f'<tuv xml:lang="{tag.replace("_", "-")}"><seg>{seg}</seg></tuv>' for tag, seg in segments.items())
    return f"<tu>{''.join(variants)}</tu>"


def xliff(body: str, attributes: str = 'srcLang="en" trgLang="ru"', version: str = "2.0") -> str:
    return (
        f'<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="{version}" {attributes}>'
        f'<file id="f1">{body}</file></xliff>'
    )
