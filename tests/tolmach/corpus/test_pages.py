"""A list of addresses: each page is fetched once, and one that cannot be is a broken record."""

import json
from types import SimpleNamespace

import pytest

from common.errors import InputError, NetworkError
from common.progress import SILENT
from tolmach.corpus import pages
from tolmach.corpus.records import open_source


@pytest.fixture
def asked(monkeypatch):
    """Serve pages from memory; return the addresses that were asked for."""
    monkeypatch.delenv("TOLMACH_OFFLINE", raising=False)
    found = []

    def fetch(url, progress):
        del progress
        found.append(url)
        if url.endswith("gone"):
            raise NetworkError("the server says 404")
        return SimpleNamespace(data=b"The talks will go on in May.", charset=None)

    monkeypatch.setattr(pages, "fetch", fetch)
    return found


def test_pages_are_fetched_once_and_a_cut_line_again(tmp_path, asked):
    wanted, kept = tmp_path / "in.txt", tmp_path / "state" / "pages.jsonl"
    wanted.write_text("https://a.org/1\ttalks\nhttps://a.org/gone\n\nhttps://a.org/2\n", encoding="utf-8")
    pages.fetch_pages(wanted, kept, SILENT)
    whole = kept.read_bytes()
    kept.write_bytes(whole[:-9])
    pages.fetch_pages(wanted, kept, SILENT)
    assert kept.read_bytes() == whole
    assert sorted(asked) == ["https://a.org/1", "https://a.org/2", "https://a.org/2", "https://a.org/gone"]
    source = open_source(kept)
    first, gone, _ = source.entries()
    assert (first.story, source.load(first).text) == ("talks", "The talks will go on in May.")
    with pytest.raises(InputError, match="404"):
        source.load(gone)
    assert json.loads(whole.splitlines()[1]) == {
        "id": "https://a.org/gone", "url": "https://a.org/gone", "story": None, "error": "the server says 404"
    }  # fmt: skip


def test_a_line_that_is_no_address_is_refused_before_any_is_fetched(tmp_path, asked):
    wanted = tmp_path / "in.txt"
    wanted.write_text("https://a.org/1\nnotes\n", encoding="utf-8")
    with pytest.raises(InputError, match="'notes', which is no address"):
        pages.fetch_pages(wanted, tmp_path / "pages.jsonl", SILENT)
    assert asked == []
