"""What is done about a sentence that fails its checks."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AttemptOptions:
    """How often and how a sentence is tried again.

    Attributes:
        most: Most hypotheses of one sentence, the first one included; 1 tries nothing again.
        beam_size: Hypotheses kept by a second search after a greedy first one.
        repetition_penalty: Divides the score of tokens already produced, where a hypothesis ran in a loop.
        no_repeat_ngram_size: Length of token runs that may then not occur twice.
        least_split: Length from which a sentence is translated in halves, in characters, a Chinese one counting as
            three (`corpora.languages.text_weight`).
    """

    most: int = 4
    beam_size: int = 5
    repetition_penalty: float = 1.2
    no_repeat_ngram_size: int = 4
    least_split: int = 40
