"""The page of both sides: a translation beside its source, and what is to be checked; it holds the document too."""

from dataclasses import replace

from tolmach.pages.bilingual_text import BilingualText
from tolmach.pages.embedding import ELEMENT_ID, embed_result
from tolmach.pages.page import environment, make_policy, resource
from tolmach.pages.summary import Figure, make_cautions, make_facts
from tolmach.results.result import Result
from tolmach.results.translation_counts import TranslationCounts, count_sentences


def render_bilingual(result: Result, target: str) -> str:
    """Return one translation beside its source as an HTML page that loads nothing.

    Blocks stand side by side with their markup; sentences that correspond light up together. Those that failed
    a check are marked by shape and words, not by colour alone, and listed at the top. `extract_result` reads the
    document of the two versions back from the page.

    Args:
        result: A document that fits together.
        target: Id of a version that Tolmach translated.
    """
    from markupsafe import Markup  # noqa: PLC0415 - comes with jinja2

    pair = pair_of(result, target)
    text, facts = BilingualText(pair), make_facts(pair)
    style, script = resource("report.css") + resource("bilingual.css"), resource("bilingual.js")
    counts = count_sentences(pair.translations[target])
    return (
        environment()
        .get_template("bilingual.html")
        .render(
            result=pair,
            source=pair.versions[0],
            target=pair.versions[1],
            facts=facts,
            cautions=make_cautions(facts),
            signature=pair.translations[target].signature,
            counts=counts,
            figures=_figures(counts),
            notes=text.notes,
            rows=list(text.rows()),
            element_id=ELEMENT_ID,
            # Our own files, and JSON without a character that means anything to HTML.
            style=Markup(style),  # noqa: S704
            script=Markup(script),  # noqa: S704
            document=Markup(embed_result(pair)),  # noqa: S704
            policy=make_policy(style, script),
        )
    )


def pair_of(result: Result, target: str) -> Result:
    """Return what a document says of one translation and its source, and of nothing else; quotes are left out.

    Args:
        result: A document that fits together.
        target: Id of a version that Tolmach translated.
    """
    translation = result.translations[target]
    name = f"{translation.source}-{target}"
    wanted = (translation.source, target)
    known = {version.id: version for version in result.versions}
    return Result(
        created=result.created,
        versions=tuple(known[one] for one in wanted),
        translations={target: translation},
        alignments={name: replace(result.alignments[name], versions=(0, 1))},
        scores={one: scores for one, scores in result.scores.items() if one == target},
        signature=result.signature,
    )


def _figures(counts: TranslationCounts) -> list[Figure]:
    found = [
        Figure(str(counts.sentences), "sentences", anchor="text"),
        Figure(str(counts.flagged), "to check", anchor="check"),
        Figure(str(counts.tried_again), "tried again", anchor="provenance"),
    ]
    if counts.from_memory:
        found.append(Figure(str(counts.from_memory), "from your memory", anchor="provenance"))
    return found
