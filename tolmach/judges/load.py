"""Loads the judge that `tolmach compare --judge` names."""

from typing import TYPE_CHECKING

from common.progress import Progress
from common.secrets import JUDGE_KEY, read_key

if TYPE_CHECKING:
    from quotes.judges.base import Judge


def load_judge(name: str, progress: Progress) -> "Judge":
    """Return the judge that `--judge` names; a model is loaded when it is first asked.

    Args:
        name: Address of a server with its model behind `#`, or a chat model as `load_likelihood` takes it.
        progress: Told what is fetched.

    Raises:
        UnknownModelError: No model has such a name.
        UsageError: The model is none for chats, or the address is none.
        NetworkError: What the model needs to be known cannot be fetched.
        OfflineError: It would have to be, and no network is allowed.
    """
    if "://" in name:
        from quotes.judges.endpoint import EndpointOptions  # noqa: PLC0415 - loaded when used
        from quotes.judges.judge import EndpointJudge  # noqa: PLC0415 - loaded when used

        address, _, model = name.partition("#")
        return EndpointJudge(address, model or None, EndpointOptions(key=read_key(JUDGE_KEY)))
    from tolmach.judges.local import LocalJudge  # noqa: PLC0415 - loaded when used
    from translate.pipeline.likelihood import load_likelihood  # noqa: PLC0415 - loaded when used

    return LocalJudge(load_likelihood(name, progress=progress))
