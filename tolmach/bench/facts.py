"""What the reports of a benchmark tell in sentences: how to read them, and what was measured with what, on what."""

from collections.abc import Iterator

from eval.bench.result import BenchResult, ModelFigures, SystemFigures, Table


def how_to_read(result: BenchResult) -> str:
    """Return what the columns mean."""
    options = result.resampling
    systems = [system for table in result.tables for system in table.systems]
    told = [
        f"\N{PLUS-MINUS SIGN} is half the {options.confidence:.0%} interval over {options.resamples} bootstrap "
        f"resamples. A difference has a star where p < {options.alpha:g} in a paired approximate randomisation with "
        f"{options.trials} trials, after Holm's correction over the systems of the table."
    ]
    if any(system.adequacy is not None for system in systems):
        told.append(
            "Worst tenth is the mean adequacy of the worst tenth of the segments (0 to 1), told without a reference: "
            "it finds broken translations, but does not rank good ones. Flagged segments fail a check of translations. "
            "A reference's own row is the scale for both."
        )
    if any(system.agreement is not None for system in systems):
        told.append("Agreement with the other systems (up to 1) ranks systems that were made apart from each other.")
    if any(model.peak_bytes for model in result.models):
        told.append("Peak memory is the process's, without a GPU's.")
    return " ".join(told)


def model_facts(model: ModelFigures) -> str:
    """Return on what machine and with which libraries a model ran."""
    pairs = [*model.machine, *model.versions]
    return ", ".join(f"{name} {value}" for name, value in pairs)


def system_facts(system: SystemFigures) -> str:
    """Return what produced a system's translations; empty where it is not known."""
    known = [(name, value) for name, value in system.signature if value not in {"", "None"}]
    return ", ".join(f"{name} {value}" for name, value in known)


def table_facts(table: Table) -> Iterator[str]:
    """Yield what the test set is, so that a report can be cited by itself."""
    source = table.pair.partition("-")[0]
    told = ". ".join(filter(None, [table.citation, table.licence and f"Licence: {table.licence}"]))
    if told:
        yield f"{told}."
    yield f"Checksum of sources and references: {table.digest[:16]}."
    foreign = [origin for origin in table.origins if origin != source]
    if foreign and table.origins == tuple(foreign):
        yield (
            f"The sources are translations: the texts were written in {', '.join(foreign)}. Translating back into the "
            "language of the original is easier than translating originals."
        )
