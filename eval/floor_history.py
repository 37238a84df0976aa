"""Earlier versions of the file of quality floors, as git remembers them."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from common.errors import InputError
from eval.floors import BASELINE_PATH, Baseline, parse_baseline


@dataclass(frozen=True, slots=True)
class GitHistory:
    """What git knows of the file.

    Attributes:
        versions: Committed versions, oldest first.
        note: Why there are none, or not all; None where all were read.
    """

    versions: tuple[Baseline, ...] = ()
    note: str | None = None


def git_history(path: Path = BASELINE_PATH) -> GitHistory:
    """Return the committed versions of the file; without git, a repository or its whole history, say so instead."""
    git = shutil.which("git")
    if git is None:
        return GitHistory(note="git is not installed")
    shallow = _ask(git, path, "rev-parse", "--is-shallow-repository")
    if shallow is None:
        return GitHistory(note=f"{path.parent} is in no git repository that can be read")
    if shallow.strip() != "false":
        return GitHistory(note="the git repository is shallow: its earlier commits are not there")
    commits = (
        _ask(git, path, "log", "--full-history", "--topo-order", "--reverse", "--format=%H", "--", path.name)
    ) or ""
    versions, unread = [], []
    for commit in commits.split():
        text = _ask(git, path, "show", f"{commit}:./{path.name}")
        if text is None:  # the commit that removed it
            continue
        try:
            versions.append(parse_baseline(text, f"{path.name} of {commit[:10]}"))
        except InputError as error:
            unread.append(error.message)
    return GitHistory(tuple(versions), "; ".join(unread) or None)


def _ask(git: str, path: Path, *words: str) -> str | None:
    """Return what git answers in the file's folder, None where it refuses."""
    # A hook runs with variables that name another repository or index.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(  # noqa: S603 - a fixed program with words of our own
        [git, "-C", str(path.parent), *words], check=False, capture_output=True, env=environment
    )
    return done.stdout.decode("utf-8", errors="replace") if done.returncode == 0 else None
