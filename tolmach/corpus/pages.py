"""A list of addresses becomes JSON lines: each page is fetched once, so that a resumed run reads the same."""

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from common.errors import InputError, TolmachError
from common.names import printable
from common.network import require_network
from common.progress import SILENT, Progress
from corpora.encoding import decode
from corpora.limits import read_text
from corpora.readers.load import fetch

_AT_ONCE: Final = 8
"""Pages that are asked for at the same time: few enough for a server that has all of them."""


def fetch_pages(addresses: Path, pages: Path, progress: Progress) -> None:
    """Add the pages of a list, one address a line, to JSON lines; those that are there are not fetched again.

    Args:
        addresses: The list; a tab and the name of the story may follow an address.
        pages: The JSON lines.
        progress: Counts the pages.

    Raises:
        InputError: The list cannot be read, or a line of it is no address.
        OfflineError: No network is allowed.
    """
    wanted = [line.partition("\t") for line in read_text(addresses).splitlines() if line.strip()]
    wrong = next((url for url, _, _ in wanted if not url.startswith(("http://", "https://"))), None)
    if wrong is not None:
        raise InputError(f"{printable(addresses)} names {wrong[:80]!r}, which is no address")
    pages.parent.mkdir(parents=True, exist_ok=True)
    have = set(_fetched(pages))
    missing = [(url, story.strip()) for url, _, story in wanted if url not in have]
    if not missing:
        return
    require_network("fetch the pages")
    with (
        pages.open("a", encoding="utf-8", newline="\n") as file,
        progress.bar("Fetching the pages", len(missing), unit="pages") as advance,
        ThreadPoolExecutor(_AT_ONCE) as pool,
    ):
        for line in pool.map(_page, missing):
            file.write(line)
            file.flush()
            advance(1)


def _page(wanted: Sequence[str]) -> str:
    url, story = wanted
    record: dict[str, str | None] = {"id": url, "url": url, "story": story or None}
    try:
        page = fetch(url, progress=SILENT)
        record["text"] = decode(page.data, name=url, declared=page.charset).text
    except TolmachError as error:
        record["error"] = error.message
    return json.dumps(record, ensure_ascii=False) + "\n"


def _fetched(pages: Path) -> Iterator[str]:
    """Yield the addresses that are there, after cutting off what a kill left of a line."""
    if not pages.exists():
        return
    with pages.open("rb+") as file:
        end = 0
        for line in file:
            if not line.endswith(b"\n"):
                break
            end += len(line)
            yield json.loads(line)["url"]
        file.truncate(end)
