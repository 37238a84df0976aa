"""Share of sample texts that are decoded correctly from legacy encodings, compared with charset-normalizer.

python -m benchmarks.corpora.encodings --output docs/results/encodings.json
"""

import argparse
import json
from importlib.metadata import version
from pathlib import Path

from charset_normalizer import from_bytes

from common.errors import InputError
from common.files import write_text
from corpora.encoding import decode
from corpora.samples import list_samples, sample_language, sample_path

ENCODINGS = {
    "ru": ("cp1251", "koi8-r", "cp866", "iso8859-5", "mac-cyrillic"),
    "zh": ("gb18030",),
    "zh-Hant": ("big5",),
    "en": ("cp1252", "gb18030"),
}
# Characters missing in an older character set were typed with the available ones.
TYPED = str.maketrans(
    {"«": '"', "»": '"', "„": '"', "“": '"', "”": '"', "—": "-", "–": "-", "…": "...", "’": "'", "№": "N"}
)


def encode(text: str, encoding: str) -> bytes:
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(TYPED).encode(encoding, errors="replace")


def ours(data: bytes) -> str | None:
    try:
        return decode(data).text
    except InputError:
        return None


def alone(data: bytes) -> str | None:
    best = from_bytes(data).best()
    return str(best) if best else None


def measure(texts: list[str], encoding: str) -> dict[str, int]:
    """Count the non-ASCII texts that are decoded as they were saved."""
    saved = [data for data in (encode(text, encoding) for text in texts) if not data.isascii()]
    right = {
        name: sum(read(data) == data.decode(encoding) for data in saved)
        for name, read in (("tolmach", ours), ("charset-normalizer", alone))
    }
    return {"texts": len(saved), **right}


def report() -> dict[str, dict[str, dict[str, int]]]:
    rows = {}
    for language, encodings in ENCODINGS.items():
        articles = [
            sample_path(name, language).read_text(encoding="utf-8")
            for name in list_samples()
            if sample_language(name, language) == language
        ]
        paragraphs = [line for text in articles for line in text.split("\n") if line]
        for encoding in encodings:
            rows[f"{language} {encoding}"] = {
                "articles": measure(articles, encoding),
                "paragraphs": measure(paragraphs, encoding),
            }
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--output", type=Path, help="write the figures as JSON")
    options = parser.parse_args()
    rows = report()
    for name, counts in rows.items():
        print(f"{name:<18} {counts}")
    if options.output:
        result = {"schema": "tolmach/1", "version": version("charset-normalizer"), "right": rows}
        write_text(options.output, json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
