"""The former place of `common.errors`, kept for one release."""

from common.errors import *  # noqa: F403
