"""Keeps the model libraries from telling the user things that mean nothing to them."""

import logging
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def quiet_libraries() -> Iterator[None]:
    """Silence the progress bars, warnings and log lines of transformers and CTranslate2; errors still show.

    What they say here is advice to programmers (optional packages, defaults that changed); what a user must know,
    Tolmach says itself. A library that is not loaded yet stays so: loading one only to silence it takes half a second.
    """
    if "ctranslate2" in sys.modules:
        sys.modules["ctranslate2"].set_log_level(logging.ERROR)
    with _quiet_transformers(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextmanager
def _quiet_transformers() -> Iterator[None]:
    library: Any = sys.modules.get("transformers")
    if library is None:
        yield
        return
    messages = library.utils.logging
    level, bars = messages.get_verbosity(), messages.is_progress_bar_enabled()
    messages.set_verbosity(logging.CRITICAL)
    messages.disable_progress_bar()
    try:
        yield
    finally:
        messages.set_verbosity(level)
        if bars:
            messages.enable_progress_bar()
