"""Every command that reads articles may be allowed to read them from this machine, and is not by itself."""

import pytest
from click.testing import CliRunner

from common.network import PRIVATE_VARIABLE
from tolmach.cli import main

ADDRESS = "http://127.0.0.1:1/a"
COMMANDS = {
    "align": ["align", ADDRESS, ADDRESS],
    "quotes": ["quotes", ADDRESS],
    "compare": ["compare", ADDRESS, ADDRESS],
    "evaluate": ["evaluate", ADDRESS, ADDRESS, "--by", "article"],
    "translate": ["translate", ADDRESS, "--to", "ru"],
    "run": ["run", ADDRESS, "--to", "ru", "-o", "out"],
}


@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS)
@pytest.mark.parametrize(
    ("option", "reason"), [([], "is in a private network"), (["--allow-private-addresses"], "connection refused")]
)
def test_articles_of_this_machine_are_read_only_where_that_is_allowed(words, option, reason, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(PRIVATE_VARIABLE, "0")
    monkeypatch.delenv("TOLMACH_OFFLINE", raising=False)
    result = CliRunner().invoke(main, [*words, *option])
    assert result.exit_code == 1
    assert reason in result.output
