"""Dagster's own services, started and, above all, ended.

Belongs here: free ports, the processes of the UI, signals. Does not belong here: what they serve (definitions.py).
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from hengshui_etl.home import prepared_dagster_home
from hengshui_etl.settings import Settings

PATIENCE = 30
"""Seconds that the services have to end after they were asked to."""


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen there."""
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            server.bind((host, port))
        except OSError:
            return False
        return True


def serve(settings: Settings, host: str, port: int) -> int:
    """Web server and daemon until they end or this process is asked to end; their exit status.

    `dagster dev` ends its services on Ctrl+C only: on any other signal it would go and leave them behind. It runs in a
    session of its own, out of reach of the terminal, and whatever this process gets is passed on as Ctrl+C.
    """
    workspace = settings.root / "workspace.yaml"
    source = ["-w", str(workspace)] if workspace.exists() else ["-m", "hengshui_etl.definitions"]
    command = [sys.executable, "-m", "dagster", "dev", *source, "--host", host, "--port", str(port)]
    environment = {**os.environ, "DAGSTER_HOME": str(prepared_dagster_home(settings))}
    # `dg dev`, which Dagster recommends instead, is a package more and does nothing else for us.
    quiet = "ignore:Function `dev_command` is superseded"
    environment["PYTHONWARNINGS"] = ",".join(filter(None, [os.environ.get("PYTHONWARNINGS"), quiet]))
    with asked_to_end():
        process = subprocess.Popen(command, env=environment, start_new_session=True)
        try:
            return process.wait()
        except KeyboardInterrupt:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(PATIENCE)
            except (subprocess.TimeoutExpired, KeyboardInterrupt):
                process.kill()
            return 0


@contextmanager
def asked_to_end() -> Iterator[None]:
    """Whichever way this process is asked to end, it raises KeyboardInterrupt while the block runs."""

    def interrupt(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    names = [name for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {name: signal.signal(getattr(signal, name), interrupt) for name in names}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)
