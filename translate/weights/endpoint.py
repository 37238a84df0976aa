"""What a hub's errors mean for a model."""

from collections.abc import Iterator
from contextlib import contextmanager

from common.errors import NetworkError, TolmachError
from common.fetch.errors import WebError
from common.fetch.hub import HubAnswerError, HubNameError, endpoint
from translate.weights.errors import ModelUnavailableError


@contextmanager
def hub_errors(repo_id: str, *, otherwise: str = "`qwen2.5-coder-1.5b` needs no hub") -> Iterator[None]:
    """Turn what goes wrong with a hub into errors about a repository.

    Args:
        repo_id: The repository.
        otherwise: What can be done where no hub can be reached.
    """
    try:
        yield
    except HubAnswerError as error:
        raise _refused(repo_id, error) from error
    except HubNameError as error:
        hint = "Write hf:owner/name, or hf:owner/name@revision"
        raise ModelUnavailableError(
            f"{repo_id} names no repository, or a revision that there cannot be", hint=hint
        ) from error
    except WebError as error:
        raise NetworkError(
            f"cannot fetch {repo_id} from {endpoint()}: {error.message}",
            hint=f"Check the connection or HF_ENDPOINT; what was fetched so far is kept. {otherwise}",
        ) from error


def _refused(repo_id: str, error: HubAnswerError) -> TolmachError:
    if error.code == "GatedRepo":
        hint = f"Accept the terms at {endpoint()}/{repo_id} and set HF_TOKEN"
        return ModelUnavailableError(f"{repo_id} is gated: its owner asks for consent first", hint=hint)
    if error.lacks_repository:
        hint = "Check the name; for a private repository set HF_TOKEN"
        return ModelUnavailableError(f"there is no model {repo_id} on {endpoint()}", hint=hint)
    if error.code == "RevisionNotFound":
        hint = "Remove the model and fetch it again to move to the newest revision"
        return ModelUnavailableError(f"{repo_id} does not have this revision any more", hint=hint)
    return NetworkError(f"{endpoint()} answers {error.status} for {repo_id}", hint="Try again later")
