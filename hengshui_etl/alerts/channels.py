"""Channels: where alerts go, by apprise (DingTalk, Feishu, WeCom, Slack, mail, webhook and a hundred others).

Belongs here: reading `HENGSHUI_ALERT_URLS`, names of channels that give nothing away, sending.
Does not belong here: what is sent (wording.py), what was sent (ledger.py).

The addresses are secrets: they hold tokens and passwords. They are read when needed, never stored, logged or put into
metadata; elsewhere a channel is named by its kind and a hash.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from hengshui_etl.alerts.ledger import Message

VARIABLE = "HENGSHUI_ALERT_URLS"

TIMEOUTS = "cto=5&rto=15"
"""Seconds that a channel has to take the connection and to answer; one that hangs must not hold the others up."""

LONGEST_S = 30.0
"""Seconds that a channel has in all: the others are about each wait, and one that answers a byte now and then meets
them for ever."""

_KIND = re.compile(r"[a-z0-9]+")

_LEVELS = {"error": "failure", "warning": "warning", "resolved": "success", "info": "info"}


hanging: set[str] = set()
"""Names of the channels that were given up. Apprise sends in threads of its own, which Python waits for when it ends:
who ends this process must not."""


class Channel(NamedTuple):
    """`name` tells channels apart and may be shown; `url` may not."""

    name: str
    url: str

    def __repr__(self) -> str:
        return f"Channel({self.name!r})"


def read_channels(environ: Mapping[str, str] | None = None) -> list[Channel]:
    """The channels that are set: addresses separated by blanks, or by commas before the next address."""
    text = (os.environ if environ is None else environ).get(VARIABLE, "").strip()
    if not text:
        return []
    from apprise.utils.parse import parse_urls

    urls: list[str] = list(dict.fromkeys(parse_urls(text)))  # type: ignore[no-untyped-call]
    return [Channel(_name(url), url) for url in urls]


def _name(url: str) -> str:
    """Kind and hash of an address. What has no kind may be a bare token: nothing of it is shown."""
    kind, mark, _ = url.partition("://")
    kind = kind.lower() if mark and _KIND.fullmatch(kind.lower()) else "unknown"
    return f"{kind}-{hashlib.sha256(url.encode()).hexdigest()[:8]}"


def invalid(channels: list[Channel]) -> list[str]:
    """The names of the channels that apprise cannot use."""
    return [channel.name for channel in channels if _service(channel) is None]


def taken(channel: Channel, message: Message) -> bool:
    """Send a message; whether the channel took it. Whatever goes wrong on the way is a no, never an exception."""
    import apprise

    service = _service(channel)
    if service is None:
        return False
    answers: list[bool] = []

    def send() -> None:
        with suppress(Exception):
            answers.append(
                bool(
                    service.notify(
                        title=message.title,
                        body=message.body,
                        notify_type=apprise.NotifyType(_LEVELS.get(message.level, "info")),
                        body_format=apprise.NotifyFormat.TEXT,
                    )
                )
            )

    sending = threading.Thread(target=send, daemon=True)  # one that hangs does not keep the program from ending
    sending.start()
    sending.join(LONGEST_S)
    if sending.is_alive():
        hanging.add(channel.name)
    return answers == [True]


def _service(channel: Channel) -> Any:
    """The apprise object of a channel; None where its address is not understood."""
    import apprise

    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)  # its lines carry addresses
    joint = "&" if "?" in channel.url else "?"
    service = apprise.Apprise()
    return service if service.add(f"{channel.url}{joint}{TIMEOUTS}") or service.add(channel.url) else None
