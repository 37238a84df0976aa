"""Where the hub is, and what its client's errors mean."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from corpora.errors import NetworkError, OfflineError
from corpora.secrets import check_hub_token
from translate.weights.errors import ModelUnavailableError

DEFAULT_ENDPOINT: Final = "https://huggingface.co"


def endpoint() -> str:
    """Return the address of the hub: `HF_ENDPOINT`, or the public one."""
    return os.environ.get("HF_ENDPOINT", DEFAULT_ENDPOINT).rstrip("/")


@contextmanager
def hub_errors(repo_id: str, *, otherwise: str = "`qwen2.5-coder-1.5b` needs no hub") -> Iterator[None]:
    """Turn what huggingface_hub raises about a repository into Tolmach's errors.

    Args:
        repo_id: The repository.
        otherwise: What can be done where no hub can be reached.
    """
    from huggingface_hub import errors  # noqa: PLC0415 - slow to import, and not needed for cached models
    from huggingface_hub.utils import httpx  # type: ignore[attr-defined] # noqa: PLC0415 - as it says, for any version

    check_hub_token()
    try:
        yield
    except errors.GatedRepoError as error:
        hint = f"Accept the terms at {endpoint()}/{repo_id} and set HF_TOKEN"
        raise ModelUnavailableError(f"{repo_id} is gated: its owner asks for consent first", hint=hint) from error
    except errors.RepositoryNotFoundError as error:
        hint = "Check the name; for a private repository set HF_TOKEN"
        raise ModelUnavailableError(f"there is no model {repo_id} on {endpoint()}", hint=hint) from error
    except errors.RevisionNotFoundError as error:
        hint = "Remove the model and fetch it again to move to the newest revision"
        raise ModelUnavailableError(f"{repo_id} does not have this revision any more", hint=hint) from error
    except (errors.HFValidationError, httpx.InvalidURL) as error:
        hint = "Write hf:owner/name, or hf:owner/name@revision"
        raise ModelUnavailableError(
            f"{repo_id} names no repository, or a revision that there cannot be", hint=hint
        ) from error
    except errors.OfflineModeIsEnabled as error:
        raise OfflineError(f"cannot fetch {repo_id}: HF_HUB_OFFLINE is set", hint="Unset it for once") from error
    except errors.HfHubHTTPError as error:
        status = error.response.status_code
        raise NetworkError(f"{endpoint()} answers {status} for {repo_id}", hint="Try again later") from error
    except (errors.LocalEntryNotFoundError, httpx.HTTPError) as error:
        raise _unreachable(repo_id, error, otherwise) from error
    except OSError as error:
        if error.errno is not None:  # the disk's, not the hub's
            raise
        raise _unreachable(repo_id, error, otherwise) from error


def _unreachable(repo_id: str, error: Exception, otherwise: str) -> NetworkError:
    reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return NetworkError(
        f"cannot fetch {repo_id}: no hub can be reached at {endpoint()} ({reason})",
        hint=f"Check the connection or HF_ENDPOINT; what was fetched so far is kept. {otherwise}",
    )
