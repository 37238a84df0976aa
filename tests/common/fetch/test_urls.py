"""Addresses of the web, and the machines that they lead to."""

import socket
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.fetch.errors import Deadline, PrivateAddressError, WebError, WebTimeoutError, quoted
from common.fetch.reach import find_places, is_public, numeric_places, public_places
from common.fetch.urls import parse_url, show_url


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http://example.org", "http://example.org/"),
        ("HTTPS://Example.ORG:443/A%2fb%20c?q=%7E&r#part", "https://example.org/A%2fb%20c?q=%7E&r"),
        ("http://h:8080/новости/1", "http://h:8080/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8/1"),
        ("http://h/?q=мир&p=100%", "http://h/?q=%D0%BC%D0%B8%D1%80&p=100%"),
        ("http://новости.рф/", "http://xn--b1amnebsh.xn--p1ai/"),
        ("http://НОВОСТИ。рф/", "http://xn--b1amnebsh.xn--p1ai/"),
        ("http://新闻.中国/a", "http://xn--efvy88h.xn--fiqs8s/a"),
        ("http://[2001:DB8::1]:81/a", "http://[2001:db8::1]:81/a"),
        ('http://h/a/../b//c;d=1,2|"<>', "http://h/a/../b//c;d=1,2%7C%22%3C%3E"),
        ("https://medium.com/@user/x", "https://medium.com/@user/x"),
    ],
)
def test_an_address_is_sent_in_ascii_and_otherwise_as_it_is(text: str, expected: str) -> None:
    assert str(parse_url(text)) == expected
    assert str(parse_url(expected)) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("http://", "web address"), ("http:///a", "web address"), ("a/b", "web address"), ("ftp://h/", "web address"),
        ("http://[bad/", "web address"), ("http://h:port/", "web address"), ("http://h:99999/", "web address"),
        ("http://h:0/", "web address"), ("https://h:00", "web address"),
        ("http://exa mple.org/", "a space"), ("http://h/a b", "a space"), ("http://h/a\tb", "a control"),
        ("http://h/\r\nX: y", "a control"), ("http://h/\x1b[2J", "a control"), ("http://h/\udcff", "a control"),
        ("http://h/\N{NO-BREAK SPACE}", "a space"),
        ("http://u:p@h/", "a name or password"), ("http://@h/", "a name or password"),
        ("http://good\\@evil/", "a name or password"), ("http://good\\evil/", "no name"),
        ("http://h%2f/", "no name"), ("http://a..рф/", "no name"), ("http://\N{SNOWMAN}-.рф/", "no name"),
        ("http://[fe80::1%25eth0]/", "no name"),
        ("https://.example.org/", "no name"), ("http://a..b/", "no name"), (f"http://{'a' * 64}.org/", "no name"),
        (f"http://{'a.' * 140}org/", "no name"),
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_in_words(text: str, reason: str) -> None:
    with pytest.raises(WebError, match=reason):
        parse_url(text)


@pytest.mark.slow
@given(st.text(max_size=30), st.text(max_size=30))
def test_any_text_is_an_address_or_refused(host: str, rest: str) -> None:
    try:
        url = parse_url(f"http://{host}/{rest}")
    except WebError:
        return
    assert str(url).isascii()
    assert str(url).isprintable()
    assert parse_url(str(url)) == url


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://h/a?b=c&access_token=abc", "https://h/a?b=c&access_token=***"),
        ("http://u:PW@h/a", "http://***@h/a"),
        ("http://u:P/W@h/a", "http://***@h/a"),
        ("http://u:P#W@h:x/a", "http://***@h:***/a"),
        ("http://u:PW", "http://u:***"),
        ("https://h/@user", "https://h/@user"),
        ("http://u:P W@h/", "http://***@h/"),
        ("https://h/\x1b[2Ja\nb", "https://h/ [2Ja b"),
    ],
)
def test_an_address_is_shown_without_its_secrets(text: str, shown: str) -> None:
    assert show_url(text) == shown


def test_words_of_a_server_are_cut_after_the_key_is_out() -> None:
    key = "sk-" + "0123456789abcdef" * 2
    for before in range(380, 402):
        said = quoted("x" * before + key, key)
        assert not any(key[start : start + 4] in said for start in range(len(key) - 3))
    assert quoted("a\x1b[2J\r\nb\u202ec") == "a [2J b c"


PRIVATE = [
    "127.0.0.1", "127.8.9.1", "0.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "198.18.0.1", "192.0.2.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "192.0.0.8",
    "::", "::1", "fe80::1", "fe80::1%1", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1", "100::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "2002:7f00:1::", "2002:a00:1::", "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "3fff::1", "3fff:fff::", "5f00::1", "4000::1", "2001::1", "2001:0:7f00:1::",
]  # fmt: skip
PUBLIC = ["93.184.216.34", "1.1.1.1", "172.32.0.1", "2606:4700::1111", "::ffff:1.1.1.1", "2002:101:101::",
          "64:ff9b::101:101", "3ffe::1", "2a00::1"]  # fmt: skip


@pytest.mark.parametrize("number", PRIVATE)
def test_addresses_of_this_machine_and_its_networks_are_not_public(number: str) -> None:
    assert not is_public(number)


@pytest.mark.parametrize("number", PUBLIC)
def test_addresses_of_the_internet_are_public(number: str) -> None:
    assert is_public(number)


@pytest.mark.parametrize(
    "spelling", ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0x7f.1", "017700000001", "0", "::1"]
)
def test_every_spelling_of_a_number_is_seen_through(spelling: str) -> None:
    places = numeric_places(parse_url(f"http://{f'[{spelling}]' if ':' in spelling else spelling}/").host, 80)
    with pytest.raises(PrivateAddressError):
        public_places(spelling, places)


def test_a_name_is_refused_only_where_all_its_machines_are_private(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [("10.0.0.1", 80), ("1.1.1.1", 80)]
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda *_, flags=0, **__: [] if flags else [(2, 1, 6, "", where) for where in answers]
    )
    places = find_places("h", 80, Deadline(5), threading.Event())
    assert [place[4] for place in public_places("h", places)] == [("1.1.1.1", 80)]
    with pytest.raises(PrivateAddressError, match="h is in a private network"):
        public_places("h", places[:1])


def test_a_look_up_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, flags=0, **__: [] if flags else over.wait(10) and [])
    with pytest.raises(WebTimeoutError):
        find_places("h", 80, Deadline(0.1), threading.Event())
    cut = threading.Event()
    cut.set()
    with pytest.raises(WebError, match="taken back"):
        find_places("h", 80, Deadline(5), cut)
    over.set()
