"""What a search of a small corpus finds, for tests of its page."""

from tolmach.corpus.index.search import QuoteFilter, SearchResult, Utterance, Wording

EVIL = "<script>document.title = 'run'</script> & \N{RIGHT-TO-LEFT OVERRIDE}“said”"


def wording(article: str, text: str, **more: object) -> Wording:
    """Return a wording of an article, in English and without anything else that is not named."""
    known: dict[str, object] = {
        "quote": "q1", "story": article, "language": "en", "outlet": None, "date": None, "url": None, "title": None,
        "speaker_name": None, "verdict": None, "altered": None,
    }  # fmt: skip
    return Wording(article=article, text=text, **(known | more))  # type: ignore[arg-type]


def search_result() -> SearchResult:
    """Return two utterances: one in four wordings of three languages, and one whose article is full of markup."""
    wordings = (
        wording("a-en", "It will take a long time.", date="2023-01-10", outlet="Herald", speaker_name="Sergey Lavrov",
                url="https://herald.example/1", title="A long time"),
        wording("a-ru", "Это займёт много времени.", language="ru", date="2023-02", outlet="Вестник", verdict="same",
                altered=0.08, speaker_name="Сергей Лавров"),
        wording("a-zh", "这需要很短时间。", language="zh", date="2023-05-02T10:00:00Z", verdict="altered",
                altered=0.93),
        wording("b-en", "It may take a short time.", date="2024-03-01", outlet="Gazette", verdict="altered",
                altered=0.9),
    )  # fmt: skip
    evil = wording("evil", EVIL, outlet=EVIL, title=EVIL, url="javascript:alert(1)", speaker_name=EVIL)
    return SearchResult(
        query="a long time",
        filters=QuoteFilter(speaker="Lavrov", since="2023"),
        utterances=(
            Utterance(id="u1", speaker_name="Sergey Lavrov", score=0.9, wordings=wordings),
            Utterance(id="u2", speaker_name=EVIL, score=0.4, wordings=(evil,)),
        ),
    )
