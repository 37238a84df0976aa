"""Connections that are used again, proxies, redirections, and addresses with letters beyond ASCII."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator

import pytest

from common.fetch import session as asking
from common.fetch.errors import Deadline, PrivateAddressError, WebError, WebTimeoutError
from common.fetch.session import Session, WebRequest
from tests.support.servers.hostile_server import CERTIFICATE, OK, Behaviour, HostileServer, sends, silent


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Behaviour], HostileServer]]:
    for name in ("http_proxy", "https_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    started: list[HostileServer] = []

    def start(behaviour: Behaviour, *, encrypted: bool = False) -> HostileServer:
        started.append(HostileServer(behaviour, CERTIFICATE if encrypted else None))
        return started[-1]

    yield start
    for server in started:
        server.close()


def page(url: str, session: Session | None = None, timeout: float = 10, **question: object) -> bytes:
    with (session or Session()).open(WebRequest(url, **question), Deadline(timeout)) as answer:  # type: ignore[arg-type]
        return answer.read(1000)


def moved(location: str) -> Behaviour:
    return sends(f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode())


HELLO = sends(OK + b"Content-Length: 5\r\n\r\nhello")


def test_connections_are_used_again_until_a_server_says_more_than_it_should(serve) -> None:
    def two_answers(line) -> None:
        for extra in (b"", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfalse"):
            line.sendall(OK + b"Content-Length: 4\r\n\r\ntrue" + extra)
            line.recv(65_536)

    server = serve(two_answers)
    session = Session()

    assert page(server.url, session) == b"true"
    with pytest.raises(WebError, match="more than it announced"):
        page(server.url, session)
    assert len(server.asked) == 1
    assert page(server.url, session) == b"true"
    assert len(server.asked) == 2


def test_a_connection_that_the_server_closed_meanwhile_is_not_used_again(serve) -> None:
    server, session = serve(HELLO), Session()
    assert [page(server.url, session) for _ in range(3)] == [b"hello"] * 3
    assert len(server.asked) == 3


def test_what_was_left_from_an_answer_is_not_taken_for_the_next(serve) -> None:
    def two_answers(line) -> None:
        left = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nfalse\n"
        line.sendall(OK + b"Transfer-Encoding: chunked\r\n\r\n4\r\ntrue\r\n0\r\n\r\n" + left)
        line.recv(65_536)

    server, session = serve(two_answers), Session()
    assert [page(server.url, session) for _ in range(3)] == [b"true"] * 3
    assert len(server.asked) == 3


def test_a_question_that_meets_a_closing_connection_is_asked_anew(serve) -> None:
    def once(line) -> None:
        line.sendall(OK + b"Content-Length: 5\r\n\r\nhello")
        line.recv(65_536)

    server, session = serve(once), Session()
    assert [page(server.url, session, body=b"a" * 10) for _ in range(3)] == [b"hello"] * 3
    assert len(server.asked) == 3


def test_what_waits_ends_when_it_is_cut(serve) -> None:
    server, session = serve(silent), Session()
    reasons: list[str] = []

    def ask() -> None:
        try:
            page(server.url, session)
        except WebError as error:
            reasons.append(error.message)

    thread = threading.Thread(target=ask)
    thread.start()
    while not server.asked:
        threading.Event().wait(0.002)
    session.cut()
    thread.join(5)
    assert reasons == ["the answer broke off"]
    with pytest.raises(WebError):
        page(server.url, session)


@pytest.mark.parametrize("location", ["/новости/1?тема=мир", "/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8/1?тема=мир"])
def test_redirections_are_followed_in_any_letters(serve, location: str) -> None:
    end = serve(HELLO)
    start = serve(moved(end.url + location))
    assert page(start.url, redirections=1) == b"hello"
    path = b"/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8/1?%D1%82%D0%B5%D0%BC%D0%B0=%D0%BC%D0%B8%D1%80"
    assert end.asked[0].startswith(b"GET " + path + b" HTTP/1.1\r\n")


def test_without_leave_no_redirection_is_followed(serve) -> None:
    end = serve(HELLO)
    with Session().open(WebRequest(serve(moved(end.url)).url), Deadline(10)) as answer:
        assert (answer.status, answer.succeeded) == (302, False)
    assert end.asked == []


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("/a", "it redirects more than 3 times"),
        ("file:///etc/passwd", "it redirects to file:///etc/passwd, which is not on the web"),
        ("http://u:hunter22@h/", "it redirects to http://***@h/: an address with a name or password is not used"),
        ("http://[::1/", "it redirects to http://[:***/, which is not on the web"),
        ("/a b", "it redirects to /a b: the address has a space or a control character"),
    ],
)
def test_redirections_that_lead_nowhere_are_refused_in_one_line(serve, location: str, reason: str) -> None:
    with pytest.raises(WebError) as raised:
        page(serve(moved(location)).url, redirections=3)
    assert raised.value.message == reason


def test_a_redirection_into_the_private_network_is_refused(serve, monkeypatch: pytest.MonkeyPatch) -> None:
    end = serve(HELLO)
    start = serve(moved(end.url))
    monkeypatch.setenv("http_proxy", start.url)
    # The proxy stands for the whole internet, and says that the page is on this machine.
    with pytest.raises(PrivateAddressError):
        page("http://public.example/", Session(public_only=True), redirections=3)
    assert end.asked == []


@pytest.mark.parametrize(
    "host", ["169.254.169.254", "169.254.169.254.", "127.0.0.1.", "0x7f.1.", "localhost.", "a.localhost"]
)
def test_a_proxy_is_not_asked_for_a_private_address(serve, monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    proxy = serve(HELLO)
    monkeypatch.setenv("http_proxy", proxy.url)
    with pytest.raises(PrivateAddressError):
        page(f"http://{host}/", Session(public_only=True))
    assert proxy.asked == []


def test_a_proxy_is_asked_for_all_but_this_machine(serve, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy, near = serve(HELLO), serve(HELLO)
    monkeypatch.setenv("http_proxy", proxy.url.replace("//", "//me:pass%2Fword@"))
    monkeypatch.setenv("no_proxy", "near.example")
    assert page("http://far.example/a?b=c") == b"hello"
    assert proxy.asked[0].startswith(b"GET http://far.example/a?b=c HTTP/1.1\r\nHost: far.example\r\n")
    assert b"Proxy-Authorization: Basic bWU6cGFzcy93b3Jk\r\n" in proxy.asked[0]
    assert page(near.url) == b"hello"
    assert len(proxy.asked) == 1
    assert page("http://[2606:4700::1111]:81/a") == b"hello"
    assert proxy.asked[1].startswith(b"GET http://[2606:4700::1111]:81/a HTTP/1.1\r\nHost: [2606:4700::1111]:81\r\n")


def test_a_proxy_may_have_a_name_in_any_letters_and_no_scheme(serve, monkeypatch: pytest.MonkeyPatch) -> None:
    del serve
    asked: list[bytes] = []

    def look_up(host: bytes, *_: object, flags: int = 0, **__: object) -> list[object]:
        asked.append(host)
        if flags:
            return []
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setenv("http_proxy", "прокси.рф:3128")
    with pytest.raises(WebError, match=r"^name or service not known$"):
        page("http://far.example/")
    assert set(asked) == {"прокси.рф".encode("idna")}


def test_an_encrypted_page_is_asked_for_through_a_tunnel(serve, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = serve(sends(b"HTTP/1.1 403 No\r\n\r\n"))
    monkeypatch.setenv("https_proxy", proxy.url)
    with pytest.raises(WebError, match="the proxy answers 403"):
        page("https://far.example/")
    assert proxy.asked[0].startswith(b"CONNECT far.example:443 HTTP/1.1\r\n")
    assert b"Authorization" not in proxy.asked[0]
    with pytest.raises(WebError, match="the proxy answers 403"):
        page("https://[2606:4700::1111]/")
    assert proxy.asked[1].startswith(b"CONNECT [2606:4700::1111]:443 HTTP/1.1\r\nHost: [2606:4700::1111]:443\r\n")


def test_a_tunnel_is_used_again_and_leads_to_the_server_that_proves_its_name(serve, monkeypatch) -> None:
    proving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    proving.load_cert_chain(CERTIFICATE)

    def tunnel(line) -> None:
        line.sendall(b"HTTP/1.1 200 Go on\r\n\r\n")
        with proving.wrap_socket(line, server_side=True) as talk:
            while asked := talk.recv(65_536):
                talk.sendall(OK + b"Content-Length: %d\r\n\r\n" % len(asked) + asked)

    proxy = serve(tunnel)
    monkeypatch.setenv("https_proxy", proxy.url.replace("//", "//me:hunter22@"))
    with pytest.raises(WebError, match="certificate"):
        page("https://far.example/")
    trusting = ssl.create_default_context(cafile=CERTIFICATE)
    trusting.check_hostname = False
    monkeypatch.setattr(asking, "_encryption", lambda: trusting)
    session = Session()
    answers = [page("https://far.example/a", session, headers={"X": "y"}) for _ in range(2)]
    assert answers[0] == answers[1]
    assert answers[0].startswith(b"GET /a HTTP/1.1\r\nHost: far.example\r\n")
    assert b"Proxy-Authorization" not in answers[0]
    assert len(proxy.asked) == 2
    assert b"Proxy-Authorization: Basic " in proxy.asked[1]


def test_a_tunnel_that_is_never_encrypted_is_given_up_in_time(serve, monkeypatch: pytest.MonkeyPatch) -> None:
    def tunnel(line) -> None:
        line.sendall(b"HTTP/1.1 200 Go on\r\n\r\n")
        line.recv(65_536)
        silent(line)

    monkeypatch.setenv("https_proxy", serve(tunnel).url)
    with pytest.raises(WebTimeoutError):
        page("https://far.example/", timeout=0.3)


@pytest.mark.parametrize(
    "named", ["socks5://me:hunter22@h:1", "https://me:hunter22@h", "http://me:hunter/22@h", "http://", "http://..рф:1"]
)
def test_a_proxy_of_another_kind_is_refused_without_its_password(serve, named, monkeypatch: pytest.MonkeyPatch) -> None:
    del serve
    monkeypatch.setenv("http_proxy", named)
    with pytest.raises(WebError) as raised:
        page("http://far.example/")
    assert "hunter" not in str(raised.value)


@pytest.mark.parametrize("value", ["a\r\nX: y", "a\0", "к", "\x7f"])
def test_a_header_that_cannot_be_sent_is_not_repeated(serve, value: str) -> None:
    server = serve(HELLO)
    with pytest.raises(WebError, match=r"^the header X-Key has a character that HTTP does not allow$"):
        page(server.url, headers={"X-Key": value})
    assert server.asked == []


def test_a_server_that_does_not_encrypt_is_given_up_in_time(serve) -> None:
    with pytest.raises(WebTimeoutError):
        page(serve(silent).url.replace("http:", "https:"), timeout=0.3)


def test_only_a_server_that_proves_its_name_is_asked(serve, monkeypatch: pytest.MonkeyPatch) -> None:
    server = serve(HELLO, encrypted=True)
    with pytest.raises(WebError, match="certificate"):
        page(server.url)
    trusting = ssl.create_default_context(cafile=CERTIFICATE)
    monkeypatch.setattr(asking, "_encryption", lambda: trusting)
    session = Session()
    assert [page(server.url, session) for _ in range(2)] == [b"hello"] * 2
    assert page(server.url.replace("127.0.0.1", "localhost")) == b"hello"


def test_an_encrypted_page_without_a_length_ends_where_the_server_says_so(serve, monkeypatch) -> None:
    trusting = ssl.create_default_context(cafile=CERTIFICATE)
    monkeypatch.setattr(asking, "_encryption", lambda: trusting)
    whole = serve(lambda line: (line.sendall(OK + b"\r\nhello"), line.unwrap()), encrypted=True)
    assert page(whole.url) == b"hello"
    with pytest.raises(WebError):
        page(serve(sends(OK + b"\r\nhel"), encrypted=True).url)


def test_secrets_go_to_the_server_of_the_address_alone(serve) -> None:
    far = serve(HELLO)
    near = serve(moved(far.url))
    page(near.url, secrets={"Authorization": "Bearer hunter22"}, redirections=1)
    assert b"hunter22" in near.asked[0]
    assert b"hunter22" not in far.asked[0]


def test_secrets_do_not_come_back_with_a_redirection(serve) -> None:
    near = serve(silent)
    far = serve(moved(f"{near.url}/b"))
    answers = iter([moved(far.url), HELLO])

    def answer_in_turn(line) -> None:
        next(answers)(line)

    near.behaviour = answer_in_turn
    page(near.url, secrets={"Authorization": "Bearer hunter22"}, redirections=2)
    assert [b"hunter22" in asked for asked in near.asked] == [True, False]
