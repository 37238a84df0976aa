"""Builds the index: reads the parts of a corpus that are new, and puts each quote into its utterance."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from common.errors import InputError
from common.names import printable
from common.progress import Progress
from tolmach.corpus.folder import CorpusFolder, describe
from tolmach.corpus.index.store import QuoteStore, among
from tolmach.corpus.index.utterances import (
    ACCEPT,
    SPEECH,
    IndexedPassage,
    compare_wordings,
    least_cosine,
    near,
    passage_score,
    passage_texts,
)
from tolmach.corpus.schema import read_table

if TYPE_CHECKING:
    from common.arrays import Floats

_SLICE: Final = 2_000
"""Quotes that are encoded, compared with all others and added at once."""
_UNDATED: Final = "9999"
"""Sorts quotes of unknown date behind all others."""
_QUOTE: Final = (
    "article", "quote", "story", "language", "outlet", "date", "url", "kind", "text", "speaker_name",
)  # fmt: skip
_COMPARED: Final = ("number", "text", "language", "kind", "speaker_name")
_COMPARED_AT_ONCE: Final = 500
"""Wordings that are compared between two writes, which an interruption loses."""
_DECIDED: Final = 2.0
"""Score of two quotes that the comparison of their story found to be one: above all others."""

QuoteRow = dict[str, Any]
_QuoteName = tuple[str, str]
"""Id of an article, and of a quote in it."""
_Links = Mapping[_QuoteName, list[_QuoteName]]


def open_store(folder: CorpusFolder) -> QuoteStore:
    """Return the store of a corpus's index, which need not exist."""
    from alignment import load_encoder  # noqa: PLC0415 - loads the encoder

    encoder = load_encoder()
    return QuoteStore(folder.root / "index", f"{encoder.name} {encoder.revision}", encoder.dimension)


def index_corpus(folder: CorpusFolder, progress: Progress, accept: float = ACCEPT) -> dict[str, int]:
    """Bring the index of a corpus up to date, and return its figures and those of what was added.

    Raises:
        InputError: There is no corpus, it has no quotes, or its tables or the index are damaged.
        UsageError: Another process is at work on the index.
        MissingExtraError: LanceDB is not installed.
    """
    if describe(folder)["rows"]["quotes"] == 0:
        raise InputError(
            f"the corpus in {printable(folder.root)} has no quotes", hint="Run it with the step quotes: --steps quotes"
        )
    form = folder.read_manifest()["format"]
    store = open_store(folder)
    with folder.locked("index-lock"):
        store.create()
        known = store.parts()
        store.forget_unfinished(known)
        for report in folder.reports():
            store.forget_articles(f"part-{report.number:06}.{form}", report.withdrawn)
        names = [f"part-{number:06}.{form}" for number in sorted(folder.numbers_done())]
        new = [name for name in names if name not in known]
        before = store.count("sentence = 0")
        with progress.bar("Indexing the quotes", len(new), unit="parts") as advance:
            builder = _Builder(store, accept, store.next_number())
            for name in new:
                builder.add(name, read_part(folder, name))
                advance(1)
            builder.flush()
        _compare(store, progress)
        if new:
            store.optimize()
        quotes = store.count("sentence = 0")
        return {
            "parts": len(names),
            "new_parts": len(new),
            "quotes": quotes,
            "new_quotes": quotes - before,
            "utterances": store.count_utterances(),
        }


@dataclass(frozen=True)
class CorpusPart:
    """What is indexed of a part.

    Attributes:
        quotes: Its quotes that are speech.
        links: Quotes that the comparison of their story found to be one, by article and id.
    """

    quotes: list[QuoteRow]
    links: _Links


def read_part(folder: CorpusFolder, name: str) -> CorpusPart:
    """Read the quotes of a part, and which of them belong together.

    Raises:
        InputError: A table is damaged.
    """
    quotes = [row for row in read_table(folder.root / "quotes" / name, _QUOTE) if row["kind"] in SPEECH and row["text"]]
    titles = {row["article"]: row["title"] for row in read_table(folder.root / "articles" / name, ("article", "title"))}
    links: defaultdict[_QuoteName, list[_QuoteName]] = defaultdict(list)
    for row in read_table(folder.root / "pairs" / name, ("first", "first_quote", "second", "second_quote")):
        if row["first_quote"] and row["second_quote"]:
            one, other = (row["first"], row["first_quote"]), (row["second"], row["second_quote"])
            links[one].append(other)
            links[other].append(one)
    return CorpusPart([row | {"part": name, "title": titles.get(row["article"])} for row in quotes], links)


@dataclass
class _Builder:
    """Takes quotes part by part, and adds them to the store in slices."""

    store: QuoteStore
    accept: float
    number: int
    waiting: list[QuoteRow] = field(default_factory=list)
    complete: list[str] = field(default_factory=list)
    links: dict[_QuoteName, list[_QuoteName]] = field(default_factory=dict)

    def add(self, name: str, part: CorpusPart) -> None:
        """Add the quotes of a part; some may wait for those of the next."""
        self.links |= part.links
        rest = iter(part.quotes)
        while quotes := list(islice(rest, _SLICE - len(self.waiting))):
            self.waiting += quotes
            if len(self.waiting) >= _SLICE:
                self.flush()
                self.links = dict(part.links)
        self.complete.append(name)

    def flush(self) -> None:
        """Write what waits, and then note which parts are complete: all rows of others are the last ones."""
        if self.waiting:
            new = _Slice(self.store, self.accept, self.waiting, self.number)
            new.place(self.links)
            self.store.add(new.rows)
            self.number += len(new.rows)
        if self.complete:
            self.store.finish(self.complete)
        self.waiting, self.complete = [], []


class _Slice:
    """Some quotes that are put into utterances together.

    Args:
        store: All others.
        accept: Least score of an utterance.
        quotes: The quotes.
        number: The number of the first; each passage takes one.
    """

    def __init__(self, store: QuoteStore, accept: float, quotes: Sequence[QuoteRow], number: int) -> None:
        import numpy as np  # noqa: PLC0415 - heavy

        from alignment import load_encoder  # noqa: PLC0415 - loads the encoder

        self._store, self._accept = store, accept
        self.rows: list[QuoteRow] = []
        for quote in quotes:
            own = number + len(self.rows)
            for at, text in enumerate(passage_texts(quote["text"], quote["language"])):
                self.rows.append(quote | {"number": own, "sentence": at, "text": text})
        halves = load_encoder().encode([row["text"] for row in self.rows]).astype(np.float16)
        # The store keeps half precision; what is compared now must be what is compared later.
        self._vectors: Floats = halves.astype(np.float32)
        for row, vector in zip(self.rows, halves, strict=True):
            row["vector"] = vector
        self._passages = [_passage_of(row) for row in self.rows]

    def place(self, links: _Links) -> None:
        """Give each quote its utterance.

        Args:
            links: Quotes of one story that are one.
        """
        known = self._known(links)
        best = self._best_stored()
        inside = self._near_inside()
        utterances: dict[int, int] = {}
        for row, passage in zip(self.rows, self._passages, strict=True):
            own = row["number"]
            if row["sentence"] == 0:
                name = (row["article"], row["quote"])
                found = [best[own]] if own in best else []
                found += [(score, -other, utterances[other]) for score, other in inside.get(own, ())]
                found += [
                    (_DECIDED, -known[other][0], known[other][1]) for other in links.get(name, ()) if other in known
                ]
                utterances[own] = max(found, default=(0.0, 0, own))[2]
                known[name] = (own, utterances[own])
            row["utterance"] = utterances[passage.number]

    def _known(self, links: _Links) -> dict[_QuoteName, tuple[int, int]]:
        """Return number and utterance of the stored quotes that are linked with those of the slice.

        A story may go on from one slice to the next, and get new versions long after.
        """
        own = {(row["article"], row["quote"]) for row in self.rows}
        linked = {article for name in own for article, quote in links.get(name, ()) if (article, quote) not in own}
        rows = self._store.of_articles(linked, ("article", "quote", "number", "utterance"))
        return {(row["article"], row["quote"]): (row["number"], row["utterance"]) for row in rows}

    def _best_stored(self) -> dict[int, tuple[float, int, int]]:
        """Return for each quote the best score, the number (negative) and the utterance of another in the store."""
        best: dict[int, tuple[float, int, int]] = {}
        least = least_cosine(self._accept)
        columns = ("number", "utterance", "text", "kind", "speaker_name", "vector")
        for batch in self._store.scan(columns):
            for one, other, cosine in self._near_batch(batch, least):
                passage = self._passages[one]
                score = passage_score(passage, _passage_of(other), cosine)
                if score >= self._accept:
                    found = (score, -other["number"], other["utterance"])
                    best[passage.number] = max(best.get(passage.number, found), found)
        return best

    def _near_batch(self, batch: Any, least: float) -> Iterator[tuple[int, QuoteRow, float]]:
        import numpy as np  # noqa: PLC0415 - heavy

        vectors = batch["vector"].flatten().to_numpy().reshape(batch.num_rows, -1)
        cosines = self._vectors @ vectors.astype(np.float32).T
        pairs = list(near(cosines, least))
        columns = sorted({column for _, column in pairs})
        rows = batch.drop_columns("vector").take(columns).to_pylist() if columns else ()
        others = dict(zip(columns, rows, strict=True))
        for row, column in pairs:
            yield row, others[column], float(cosines[row, column])

    def _near_inside(self) -> dict[int, list[tuple[float, int]]]:
        """Return for each quote score and number of earlier ones of the slice that may be one with it."""
        import numpy as np  # noqa: PLC0415 - heavy

        found: defaultdict[int, list[tuple[float, int]]] = defaultdict(list)
        cosines = np.tril(self._vectors @ self._vectors.T, -1)
        for row, column in near(cosines, least_cosine(self._accept)):
            one, other = self._passages[row], self._passages[column]
            if one.number != other.number:
                score = passage_score(one, other, float(cosines[row, column]))
                if score >= self._accept:
                    found[one.number].append((score, other.number))
        return found


def _compare(store: QuoteStore, progress: Progress) -> None:
    """Compare the wordings of each utterance with the earliest, where that has not been done."""
    known = {(row["number"], row["against"]) for row in store.verdicts()}
    groups: defaultdict[int, list[QuoteRow]] = defaultdict(list)
    for row in store.rows(("number", "utterance", "date"), "sentence = 0"):
        groups[row["utterance"]].append(row)
    wanted = []
    for rows in groups.values():
        earliest = min(rows, key=moment)["number"]
        wanted += [(row["number"], earliest) for row in rows if row["number"] != earliest]
    wanted = sorted(set(wanted) - known)
    with progress.bar("Comparing the wordings", len(wanted), unit="quotes") as advance:
        for start in range(0, len(wanted), _COMPARED_AT_ONCE):
            pairs = wanted[start : start + _COMPARED_AT_ONCE]
            numbers = sorted({number for pair in pairs for number in pair})
            quotes = {
                row["number"]: row for row in store.rows(_COMPARED, f"sentence = 0 AND {among('number', numbers)}")
            }
            found = compare_wordings([(quotes[against], quotes[number]) for number, against in pairs])
            store.add_verdicts([
                {"number": number, "against": against, "verdict": verdict, "altered": altered}
                for (number, against), (verdict, altered) in zip(pairs, found, strict=True)
            ])  # fmt: skip
            advance(len(pairs))


def moment(row: Mapping[str, Any]) -> tuple[str, int]:
    """Return what sorts the wordings of an utterance: the date, and then the order in which they were read."""
    return row["date"] or _UNDATED, row["number"]


def _passage_of(row: Mapping[str, Any]) -> IndexedPassage:
    return IndexedPassage(row["number"], row["text"], row["kind"], row["speaker_name"])
