"""Alert channels that hang, and a hundred findings at once.

Belongs here: what goes over the wire to a channel on loopback. Does not belong here: the ledger's file (damage.py).
"""

from __future__ import annotations

import random
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.torture import warm
from tests.torture.case import Case, Outcome, scratch
from tests.torture.project import ARTICLES, Project, article, patient, unclear, write_raw

LONGEST_S = 90.0
"""How long a run may take with a channel that hangs: every connection is given up after 20 s, and one that hangs is not
tried again in the same run."""


@contextmanager
def mute(drips: bool) -> Iterator[int]:
    """The port of a server that takes connections and never answers; or that answers a byte every second, for ever."""
    end = threading.Event()
    held: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)

        def hold(connection: socket.socket) -> None:
            with suppress(OSError):
                connection.sendall(b"HTTP/1.1 200 OK\r\nX-Wait: ")
                while not end.wait(1.0):
                    connection.sendall(b"x")

        def work() -> None:
            while not end.is_set():
                with suppress(TimeoutError, OSError):
                    connection, _ = server.accept()
                    held.append(connection)
                    if drips:
                        threading.Thread(target=hold, args=(connection,), daemon=True).start()

        thread = threading.Thread(target=work)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            end.set()
            thread.join()
            for connection in held:
                connection.close()


@contextmanager
def webhook(port: int = 0) -> Iterator[tuple[int, list[bytes]]]:
    """The port of a channel that takes everything, and what it took."""
    got: list[bytes] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", port), Receiver) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_address[1], got
        finally:
            server.shutdown()
            thread.join()


def hanging(times: int, chance: random.Random) -> Outcome:
    """A channel that takes the connection and never answers, or drips; then one that works at the same address."""
    lost: list[str] = []
    longest = 0.0
    with scratch() as folder:
        for number in range(times):
            project = Project(folder / f"tried{number}")
            write_raw(project, "a")
            with mute(drips=number % 2 == 1) as port:
                url = f"json://127.0.0.1:{port}/"
                done = warm.run(project, "run", HENGSHUI_ALERT_URLS=url)
            longest = max(longest, done.seconds)
            wrong = unclear(done)
            if done.seconds > patient(LONGEST_S):
                wrong.append(f"the run took {done.seconds:.0f} s")
            articles = warm.run(project, "query", "SELECT count(*) FROM articles", "--format", "csv").out
            if not articles.strip().endswith(f"\n{ARTICLES}"):
                wrong.append(f"not all articles are loaded: {articles!r}")
            with webhook(port) as (_, got):
                until = time.monotonic() + patient(120)
                while not got and time.monotonic() < until:
                    wrong += unclear(warm.run(project, "run", HENGSHUI_ALERT_URLS=url))
                    time.sleep(1)
            if len(got) != 1:
                wrong.append(f"what waited was delivered {len(got)} times")
            lost += [f"{'drips' if number % 2 else 'mute'}: {each}" for each in wrong]
    return Outcome({"runs": times}, lost, f"the longest took {longest:.0f} s; what waited came once the channel worked")


def hundred(times: int, chance: random.Random) -> Outcome:
    """A hundred articles that do not add up at once, then again, then all corrected."""
    lost: list[str] = []
    with scratch() as folder, webhook() as (port, got):
        project = Project(folder / "tried", HENGSHUI_ALERT_URLS=f"json://127.0.0.1:{port}/")
        for number in range(times):
            counts = []
            for failing in (True, True, False):
                for n in range(100):
                    path = project.raw / "2020-01" / f"{n:03}.txt"
                    path.parent.mkdir(exist_ok=True)
                    path.write_text(article(f"{number} {n}", "hundred", failing=failing), "utf-8")
                got.clear()
                lost += unclear(warm.run(project, "run"))
                counts.append(len(got))
                told = [int(number) for number in re.findall(rb"\d+", b"".join(got))]
                if failing and len(counts) == 1 and max(told, default=0) < 100:
                    lost.append("the message does not say how many there are")
            if counts != [1, 0, 1]:
                lost.append(f"messages when they came, at another run, when corrected: {counts} and not [1, 0, 1]")
    return Outcome({"times": times}, lost, "messages: one when they came, none at another run, one when corrected")


CASES = [
    Case(
        "channel",
        "an alert channel that hangs",
        "A server that accepts and never answers, and one that answers a byte a second for ever; `run` ends within"
        f" {LONGEST_S:.0f} s with all loaded; once the channel works, what waited is delivered, once",
        hanging,
        2,
    ),
    Case(
        "hundred",
        "a hundred failing articles at once",
        "100 articles with wrong sums, a real webhook on loopback: one digest, no message at another run, one"
        " when all are corrected",
        hundred,
        1,
    ),
]
