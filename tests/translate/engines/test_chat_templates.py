"""A chat template is a program of strangers: it is given little, and ends in words of ours whatever it does."""

import resource
import time
from pathlib import Path

import pytest

from tests.support.models import tiny_models
from translate.engines import template_worker
from translate.engines.base import ModelFiles
from translate.engines.chat_template import ChatTemplate
from translate.engines.loaders import load_tokenizer
from translate.engines.tokens import LibraryTokenizer
from translate.types import UnsupportedModelError

USER = {"role": "user", "content": "Hi"}
SYSTEM = {"role": "system", "content": "Translate."}
ASSISTANT = {"role": "assistant", "content": "Привет"}
PLAIN = "{% for one in messages %}[{{ one.role }}: {{ one.content }}]{% endfor %}"
NO_SYSTEM = "{% if messages[0].role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}" + PLAIN
DOUBLED = "{% set ns = namespace(x='ab') %}{% for i in range(40) %}{% set ns.x = NEXT %}{% endfor %}{{ ns.x }}"
QUICK = pytest.mark.usefixtures("quick_worker")
LOOP = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
MACRO = "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(60) }}"


def test_a_template_has_the_additions_of_transformers() -> None:
    source = (
        "{{ bos_token }}{% for one in messages %}{% if loop.index > 1 %}{% break %}{% endif %}{{ one | tojson }}"
        "{% endfor %}{% set found = namespace(text='x') %}{% set found.text = found.text + 'y' %}{{ found.text }}"
        "{{ dict(a=1)['a'] }}{{ strftime_now('%Y') | length }}{% if add_generation_prompt %}!{% endif %}"
        "{% generation %}g{% endgeneration %}"
    )
    messages = [{"role": "user", "content": "<é>"}, {"role": "assistant", "content": "no"}]
    expected = '<s>{"role": "user", "content": "<é>"}xy14!g'
    assert ChatTemplate(source, {"bos_token": "<s>"}).render(messages, asks=True) == expected


def test_text_comes_through_as_it_is() -> None:
    odd = "a\n\r\u2028\x00\ud800\U0001f600{{ 7 * 7 }}"
    assert ChatTemplate("{{ messages[0].content }}", {}).render([{"role": "user", "content": odd}], asks=True) == odd


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        ([USER], "[user: Hi]"),
        ([SYSTEM, USER], "[user: Translate.\n\nHi]"),
        ([SYSTEM, USER, ASSISTANT, USER], "[user: Translate.\n\nHi][assistant: Привет][user: Hi]"),
        ([SYSTEM], ""),
    ],
)
def test_a_system_turn_that_is_refused_goes_to_the_first_user_turn(
    messages: list[dict[str, str]], expected: str
) -> None:
    assert ChatTemplate(NO_SYSTEM, {}).render(messages, asks=True) == expected


def test_a_system_turn_that_is_taken_stays() -> None:
    assert ChatTemplate(PLAIN, {}).render([SYSTEM, USER], asks=True) == "[system: Translate.][user: Hi]"


@pytest.mark.slow
@pytest.mark.parametrize(
    "source",
    [
        "{{ raise_exception('no') }}",
        "{{ messages.__class__.__mro__ }}{{ ''.__class__.__subclasses__() }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ namespace(__init__=1) }}",
        "{{ messages.append(1) }}",
        "{{ missing.name }}",
        "{{ missing() }}",
        "{{ 1 / 0 }}",
        "{{ 1 + 'a' }}",
        "{{ 'a' | nothing }}",
        "{{ messages | sum }}",
        "{{ ('9' * 5000) | int * 1.5 }}{{ 10.0 ** 400 }}",
        "{{ ('9' * 9999999999) }}",
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
        "{% include 'x' %}",
        "{% extends '/etc/passwd' %}",
        "{% import 'os' as os %}",
        "{{ 'a' * 3000000000 }}",
        "{{ ['a'] * 3000000000 }}",
        "{{ 'a' | center(10 ** 10) }}",
        "{{ 'a'.ljust(10 ** 10) }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ '{:>1000000000}'.format(1) }}",
        "{{ '%1000000000s' | format('a') }}",
        "{{ messages | tojson(indent=10 ** 9) }}",
        "{{ 'a\nb' | indent(10 ** 9) }}",
        "{{ [1] | batch(10 ** 9, 'a') | list }}",
        "{{ lipsum(n=10 ** 7) }}",
        "{{ range(10 ** 9) | list }}",
        DOUBLED.replace("NEXT", "ns.x + ns.x"),
        DOUBLED.replace("NEXT", "ns.x ~ ns.x"),
        DOUBLED.replace("NEXT", "ns.x | replace('a', ns.x)"),
        DOUBLED.replace("NEXT", "[ns.x, ns.x] | join"),
        DOUBLED.replace("NEXT", "'%s%s' % (ns.x, ns.x)"),
        "{% for i in range(99999) %}{{ 'a' * 99 }}{% endfor %}",
    ],
)
@QUICK
def test_a_template_that_fails_ends_in_our_words(source: str) -> None:
    with pytest.raises(UnsupportedModelError, match=r"the (model's )?chat template (fails|cannot be read): ."):
        ChatTemplate(source, {}).render([SYSTEM, USER], asks=True)


@pytest.mark.slow
@pytest.mark.parametrize(
    "source",
    [
        LOOP,
        "{{ 10 ** (10 ** 10) }}",
        MACRO,
        "{% for a in range(99999) %}{% set b = range(99999) | list | sort %}{% endfor %}",
    ],
)
@QUICK
def test_a_template_that_does_not_end_is_ended(source: str) -> None:
    began = time.monotonic()
    with pytest.raises(UnsupportedModelError, match="takes too much time or memory"):
        ChatTemplate(source, {}).render([USER], asks=True)
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    "source",
    [
        "{% set x = 1 %}",
        "{{ namespace.__init__ }}",
        " ",
        "fixed text",
        "{{ messages[0].content }}",
        "{{ messages[-1].content[:5] }}",
        "{{ messages[-1].content | upper }}",
    ],
)
def test_a_template_that_leaves_out_the_text_is_refused(source: str) -> None:
    user = {"role": "user", "content": "Die Minister trafen sich"}
    with pytest.raises(UnsupportedModelError, match="omits the user's text"):
        ChatTemplate(source, {}).render([SYSTEM, user], asks=True)


@pytest.mark.parametrize("text", ["", "…", " Hi\n there ", '国家 "x"', "e\u0301 🙂"])
@pytest.mark.parametrize("source", [PLAIN, "x{{ messages[-1].content | trim }}", "{{ messages | tojson }}"])
def test_a_template_may_change_what_is_between_the_words(source: str, text: str) -> None:
    assert ChatTemplate(source, {}).render([SYSTEM, {"role": "user", "content": text}], asks=True)


@pytest.fixture
def quick_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the process less time, so that the tests need less."""
    text = Path(template_worker.__file__).read_text(encoding="utf-8")
    changed = text.replace("_SECONDS: Final = 5.0", "_SECONDS: Final = 1.5")
    assert changed != text
    (tmp_path / "worker.py").write_text(changed, encoding="utf-8")
    monkeypatch.setattr("translate.engines.chat_template._WORKER", tmp_path / "worker.py")


@pytest.mark.slow
@QUICK
def test_a_template_that_fails_for_one_chat_goes_on_with_the_next() -> None:
    endless = "{% if messages[0].content == 'x' %}" + LOOP + "{% endif %}" + PLAIN
    template = ChatTemplate(endless, {})
    with pytest.raises(UnsupportedModelError):
        template.render([{"role": "user", "content": "x"}], asks=True)
    assert template.render([USER], asks=True) == "[user: Hi]"


def test_the_process_takes_little_memory() -> None:
    template = ChatTemplate(PLAIN, {})
    template.render([USER], asks=True)
    limit = resource.prlimit(template._worker._process.pid, resource.RLIMIT_AS)
    assert limit == (template_worker._MEMORY, template_worker._MEMORY)


def test_the_process_ends_with_the_template(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOLMACH_SERVER_KEY", "secret")
    template = ChatTemplate(PLAIN, {})
    process = template._worker._process
    assert b"secret" not in Path(f"/proc/{process.pid}/environ").read_bytes()
    del template
    assert process.returncode is not None


@pytest.mark.parametrize("source", ["{% for %}", "{{ " + "(" * 5000, "{% generation %}", "{{ 'a", "{% if x %}" * 3000])
def test_a_template_that_is_none_is_refused(source: str) -> None:
    with pytest.raises(UnsupportedModelError, match="cannot be read"):
        ChatTemplate(source, {})


@pytest.mark.slow
def test_the_tokenizers_of_transformers_are_given_the_same_process(tmp_path: Path) -> None:
    tiny_models.make_qwen2(tmp_path, steps=1)
    tokenizer = load_tokenizer(ModelFiles(tmp_path, "chat"))
    theirs = tokenizer.apply_chat_template([SYSTEM, USER], tokenize=False, add_generation_prompt=True)
    assert LibraryTokenizer(tokenizer).render([SYSTEM, USER], asks=True) == theirs
    tokenizer.chat_template = "{{ 'a' * 3000000000 }}"
    with pytest.raises(UnsupportedModelError, match="MemoryError"):
        LibraryTokenizer(tokenizer).render([USER], asks=True)
