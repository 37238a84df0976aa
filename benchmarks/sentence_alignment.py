"""Measure sentence alignment: strict and lax F1 on gold sets, and time.

    python benchmarks/sentence_alignment.py [--output docs/results/alignment.json] [--encoder use]

Sets: `samples/articles` and `samples/lavrov` from the repo; with TOLMACH_SHARED also the NTREX development documents
(the prices were chosen on the even-numbered ones, the odd-numbered ones are held out) and the development part
of Text+Berg. No price was chosen on Text+Berg or the samples, but their errors were looked at while the method was
built. Scores are those of Vecalign's scorer, see `alignment.scoring`.
"""

import argparse
import json
import platform
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from alignment_data import (
    Document,
    ntrex_documents,
    sample_documents,
    shared_folder,
    split_halves,
    text_berg,
)

from alignment import AlignOptions, load_encoder, score_alignments
from alignment.aligner import align_runs, longest_run, signature
from alignment.encoders import Encoder
from alignment.overlaps import encode_runs
from alignment.types import Alignment
from corpora.files import write_text

OPTIONS = AlignOptions()


def documents_by_set() -> dict[str, list[Document]]:
    sets = {"articles": sample_documents("articles"), "lavrov": sample_documents("lavrov")}
    if (shared_folder() / "alignment").is_dir():
        even, odd = split_halves(ntrex_documents())
        sets |= {
            "ntrex-dev odd (held out)": odd,
            "ntrex-dev even (prices chosen on)": even,
            "text+berg dev": text_berg(),
        }
    else:
        print(f"{shared_folder()} is absent: NTREX and Text+Berg are left out (set TOLMACH_SHARED)")
    return sets


def aligned(document: Document, encoder: Encoder) -> Alignment:
    """Align through the rooms below `align_sentences`, as German and French are no languages of ours."""
    source, target = (
        encode_runs(text, language, longest_run(text, OPTIONS), encoder)
        for text, language in zip((document.source, document.target), document.languages, strict=True)
    )
    return align_runs(source, target, OPTIONS)


def measure(documents: Sequence[Document], encoder: Encoder) -> dict[str, Any]:
    began, used = time.perf_counter(), time.process_time()
    pairs = [(aligned(document, encoder), document.gold) for document in documents]
    seconds, processor = time.perf_counter() - began, time.process_time() - used
    score = score_alignments(pairs)
    return {
        "documents": len(documents),
        "sentences": sum(len(document.source) + len(document.target) for document in documents),
        "seconds": round(seconds, 2),
        "processor_seconds": round(processor, 2),
        **{
            f"{kind}_{name}": round(getattr(getattr(score, kind), name), 4)
            for kind in ("strict", "lax")
            for name in ("precision", "recall", "f1")
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--encoder", default="use")
    parser.add_argument("--output", type=Path, help="write the figures as JSON too")
    arguments = parser.parse_args()
    encoder = load_encoder(arguments.encoder)
    encoder.encode(["The first call is slower."])
    results: dict[str, dict[str, Any]] = {}
    print(f"{'set':<36}{'pair':<8}{'documents':>10}{'strict F1':>11}{'lax F1':>9}{'seconds':>9}")
    for name, documents in documents_by_set().items():
        results[name] = {}
        for pair in sorted({document.languages for document in documents}):
            row = measure([document for document in documents if document.languages == pair], encoder)
            results[name]["-".join(pair)] = row
            figures = f"{row['documents']:>10}{row['strict_f1']:>11.3f}{row['lax_f1']:>9.3f}{row['seconds']:>9.2f}"
            print(f"{name:<36}{'-'.join(pair):<8}{figures}", flush=True)
    if arguments.output:
        machine = {"python": platform.python_version(), "numpy": np.__version__, "machine": platform.machine()}
        record = {"signature": dict(signature(encoder, OPTIONS)), "machine": machine, "results": results}
        write_text(arguments.output, json.dumps(record, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
