"""What articles say reaches whoever is on duty as plain text, by every channel, on real receivers on loopback.

The chats that docs/operating.md names are apprise's own, with their address on loopback: what is judged is what they
send.
"""

from __future__ import annotations

import email
import json
import re
import socket
import threading
from collections.abc import Iterator
from decimal import Decimal
from email import policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, get_args

import pytest
from aiosmtpd.controller import Controller
from selectolax.lexbor import LexborHTMLParser

from hengshui_etl.alerts.channels import Channel, taken
from hengshui_etl.alerts.ledger import Change, Message
from hengshui_etl.alerts.subjects import Kind, Subject
from hengshui_etl.alerts.wording import Links, inert, messages_about
from hengshui_etl.messages import LANGUAGES, messages
from hengshui_etl.reading import HIDDEN

CASES = json.loads((Path(__file__).parents[1] / "cases" / "hostile_outputs.json").read_text("utf-8"))
CALLS = [
    '<at user_id="all">所有人</at>', "<!channel> <!here>", "@all @here @channel @everyone", "<@U123> <@all>", "@所有人",
    "[甲](http://evil.example/)", "![](http://evil.example/pixel.png)", "<http://evil.example/|甲>", "www.evil.example",
    "HTTPS://evil.example/", "`rm -rf ~`", "```\ncode\n```", "&lt;script&gt;", "甲\r\nBcc: all@evil.example\r\n\r\n乙",
    "甲\n# 乙\n- 丙\n> 丁", "\0", "\x1b[31m红", "=1+1",
]  # fmt: skip
TEXTS = [case["text"] for case in CASES] + CALLS
OBEYED = re.compile(r"[<>\[\]@`&]|://(?!127\.0\.0\.1)|www\.|[\0-\x08\x0b-\x1f\x7f]", re.IGNORECASE)
OURS = Links("http://127.0.0.1/report", lambda article: "http://127.0.0.1/page", lambda batch: "http://127.0.0.1/run")


def hostile(language: Any) -> list[Message]:
    """Messages of every kind about every text, one by one, and a digest of all."""

    def subject(kind: Kind, text: str) -> Subject:
        article = f"b/{text}.txt" if kind in ("finding", "quarantine") else ""
        about = "growth" if kind == "finding" else kind
        return Subject(f"{kind}{text}", kind, "b", article, "error", Decimal(1), about, text, text, text, text)

    changes = [Change("new", subject(kind, text)) for text in TEXTS for kind in get_args(Kind)]
    say = messages(language)
    return [m for change in changes for m in messages_about([change], say, OURS)] + messages_about(changes, say, OURS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_holds_what_a_reader_obeys(language: Any) -> None:
    made = hostile(language)
    assert len(made) == len(TEXTS) * len(get_args(Kind)) + 1
    for _, title, body in made:
        assert not OBEYED.search(title), title
        assert not OBEYED.search(body), body
        assert not re.search(f"[{HIDDEN}]", title + body.replace("\n", ""))


def test_a_text_stays_readable() -> None:
    text = "1-9月份，利润23.1亿元，同比增长1.0%；5个“三馆”项目（一期）建成。2019-10/projects_1.txt: 3 * 2 = 6"
    assert inert(text) == text
    assert inert("看[这里](http://a.b/)") == "看［这里］(http：//a.b/)"


class Receiver:
    """A web server that takes everything, and an SMTP server that does."""

    def __init__(self) -> None:
        self.posts: list[bytes] = []
        self.letters: list[bytes] = []
        posts = self.posts

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                posts.append(self.rfile.read(int(self.headers["Content-Length"])))
                answer = b'{"errcode": 0, "code": 0, "ok": true}' if "slack" not in self.path else b"ok"
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:  # noqa: N802  aiosmtpd's name
        self.letters.append(envelope.content)
        return "250 OK"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()
    threading.Thread(target=found.server.serve_forever, daemon=True).start()
    yield found
    found.server.shutdown()
    found.server.server_close()


CHATS = {
    "dingtalk": ("dingtalk://abcdef123456", {"notify_url": "{}/robot?access_token={{token}}"}),
    "feishu": ("feishu://abcdef123456", {"notify_url": "{}/hook/{{token}}/"}),
    "wecombot": ("wecombot://abcdef123456", {"notify_url": "{}/send?key={{key}}"}),
    "slack": ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ", {"webhook_url": "{}/slack"}),
    "mmost": ("mmost://127.0.0.1:{port}/3ccdd113474722377935511fc85d3dd4", {}),
    "ntfy": ("ntfy://127.0.0.1:{port}/topic", {}),
    "gotify": ("gotify://127.0.0.1:{port}/token", {}),
    "json": ("json://127.0.0.1:{port}/", {}),
    "form": ("form://127.0.0.1:{port}/", {}),
    "xml": ("xml://127.0.0.1:{port}/", {}),
}


@pytest.mark.parametrize("chat", CHATS)
def test_chats_get_nothing_that_they_obey(receiver: Receiver, chat: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import apprise

    url, addresses = CHATS[chat]
    channel = Channel(chat, url.format(port=receiver.port))
    kind = type(apprise.Apprise.instantiate(channel.url))
    monkeypatch.setattr(kind, "request_rate_per_sec", 0)
    for name, address in addresses.items():
        monkeypatch.setattr(kind, name, address.format(f"http://127.0.0.1:{receiver.port}"))
    made = hostile("zh")[:: 7 if chat == "json" else 29]
    for message in made:
        assert taken(channel, message)
    assert len(receiver.posts) >= len(made)
    for post in receiver.posts:
        text = said(chat, post)
        assert "b/" in text or "b" in text
        for call in (
            "<at ",
            "<!",
            "<@",
            "@all",
            "@here",
            "@every",
            "@所有人",
            "](",
            "://evil",
            "www.evil",
            "`",
            "<script",
        ):
            assert call not in text.lower(), text


def said(chat: str, post: bytes) -> str:
    """All that stands in a message, as its reader has it."""
    if chat in ("form", "xml"):
        from html import unescape
        from urllib.parse import unquote_plus

        return unquote_plus(post.decode()) if chat == "form" else unescape(post.decode())

    def strings(value: Any) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            yield from strings(inner)

    return "\n".join(strings(json.loads(post)))


@pytest.mark.parametrize("style", ["html", "text", "markdown"])
def test_mail_is_text_in_every_style(receiver: Receiver, style: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(receiver, hostname="127.0.0.1", port=port)
    server.start()
    try:
        url = f"mailto://127.0.0.1:{port}?smtp=127.0.0.1&mode=insecure&from=etl@example.org&to=duty@example.org"
        made = hostile("en")[::9]
        for message in made:
            assert taken(Channel("mail", f"{url}&format={style}"), message)
    finally:
        server.stop()
    assert len(receiver.letters) == len(made)
    for letter, message in zip(receiver.letters, made, strict=True):
        parsed: Any = email.message_from_bytes(letter, policy=policy.default)  # type: ignore[arg-type]
        assert str(parsed["subject"]) == " ".join(message.title.split())
        assert [address.addr_spec for address in parsed["to"].addresses] == ["duty@example.org"]
        assert parsed["bcc"] is None
        page = parsed.get_body(("html",))
        if page is not None:
            tags = {node.tag for node in LexborHTMLParser(page.get_content()).css("*")}
            assert tags <= {
                "html",
                "head",
                "body",
                "br",
                "p",
                "h1",
                "meta",
                "title",
                "a",
                "hr",
                "div",
                "strong",
                "em",
            }, tags
            links = [node.attributes.get("href") for node in LexborHTMLParser(page.get_content()).css("a")]
            assert all(str(link).startswith("http://127.0.0.1/") for link in links), links
        plain = parsed.get_body(("plain",))
        assert page is not None or plain is not None
        for part in filter(None, (page, plain)):
            assert "evil.example" not in part.get_content() or "://evil" not in part.get_content()
