"""What the checks look at, and where a measure becomes suspicious."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """Where a measure becomes suspicious; `benchmarks/translation/checks.py` says what the defaults find.

    Attributes:
        meaning: Whether to read both sides with the sentence encoder: without it nothing is said about what was
            dropped, added or told otherwise, and about few names.
        min_script_share: Least share of a translation's letters in the script of its language, 0 to 1.
        max_copied: Most of the source's words that a translation may repeat in their order, as a share from 0 to 1.
        max_compression: Most times a translation may shrink under zlib before it is called a loop; prose of one to
            three sentences stays below 2.5.
        max_length_gap: Most that a translation may be longer or shorter than usual, as a natural logarithm.
        min_length: Texts that take fewer characters in English are not judged by length.
        content_limit: Least logit, see `translate.checks.content`, from which something is dropped or added.
        similarity_limit: The same, from which the two sides tell different things.
        name_limit: Least strength, 0 to 1, of the evidence that a name is lost or another.
        number_limit: The same of a number.
    """

    meaning: bool = True
    min_script_share: float = 0.5
    max_copied: float = 0.8
    max_compression: float = 3.5
    max_length_gap: float = 1.0
    min_length: int = 20
    content_limit: float = 0.0
    similarity_limit: float = -0.5
    name_limit: float = 0.5
    number_limit: float = 0.6
