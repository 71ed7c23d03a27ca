"""The engine of many machines: segments are made by a Ray cluster, with Ray Data.

Belongs here: reaching the cluster, and taking work there and back in batches of Arrow rows. Does not belong here: what
the work is (segments.py), starting a cluster.

Work travels as bytes, those of files with it, and comes back as bytes: nodes need neither the raw files nor the
warehouse, only this program in the same version. What a node made that is then lost is made again on another one.
"""

from __future__ import annotations

import logging
import os
import pickle
import signal
import socket
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from queue import SimpleQueue
from typing import Any, NamedTuple

import pyarrow as pa  # type: ignore[import-untyped]

from hengshui_etl import segments
from hengshui_etl.engines import EngineUnavailable, OnItems, quiet
from hengshui_etl.engines.local import Counting, made_here
from hengshui_etl.examining import with_data
from hengshui_etl.revision import code_fingerprint
from hengshui_etl.segments import Made, Work

WORTH_A_CLUSTER = 2 * 2**20
"""With fewer bytes to examine, reaching the cluster would take longer than the work."""

PER_CORE = 2
"""Works of a window for each core of the cluster. Two windows are under way: one fills the gaps at the end of the
other."""

PART_OF_STORE = 8
"""A window takes no more than one part in so many of the object store of this node."""

PATIENCE_S = 1800.0
"""How long nothing may come. What is lost with a node or kills its process is done again without end; a work takes
minutes at most."""

REACHED_IN_S = 10.0

_WORK = pa.schema([("code", pa.string()), ("work", pa.large_binary())])
_MADE = pa.schema([("made", pa.large_binary())])


class _Failed(NamedTuple):
    """Why a node made nothing."""

    node: str
    error: Exception


class Ray:
    """Makes segments on the cluster at RAY_ADDRESS, or that of this machine; those of a batch of few bytes here."""

    def __init__(self, size: int) -> None:
        """For a batch of so many bytes. Raises EngineUnavailable where Ray is not installed."""
        if find_spec("ray") is None:
            raise EngineUnavailable("HENGSHUI_ENGINE is ray, and Ray is not installed: pip install 'hengshui-etl[ray]'")
        self.size = size

    def map(self, works: Iterable[Work], on_items: OnItems = quiet) -> Iterator[Made]:
        """What is made of each work, in order. Two windows of works are held at a time. How far it is is known by the
        work: a batch that is worth a cluster has many. Raises EngineUnavailable where the cluster cannot be reached or
        is not fit for the work."""
        done = Counting(on_items)
        if self.size < WORTH_A_CLUSTER:
            yield from made_here(works, done)
            return
        for made in self._made(works):
            done.add(made.rows["articles"] + made.rows["quarantine"] if made.rows else 0)
            done.tell()
            yield made

    def _made(self, works: Iterable[Work]) -> Iterator[Made]:
        with _cluster():
            waiting: deque[_Window] = deque()
            try:
                for tables in _windows(works):
                    waiting.append(_Window(tables))
                    if len(waiting) == 2:
                        yield from _made_by(waiting[0])
                        waiting.popleft()
                for window in waiting:
                    yield from _made_by(window)
            finally:
                for window in waiting:
                    window.end()


def _windows(works: Iterable[Work]) -> Iterator[list[pa.Table]]:
    """The works as tables of one row, so many at a time as the cluster, which may grow and shrink, can do at once."""
    window: list[pa.Table] = []
    size = 0
    most, most_bytes = _room()
    for work in works:
        packed = pickle.dumps(_with_bytes(work), protocol=pickle.HIGHEST_PROTOCOL)
        if window and (len(window) >= most or size + len(packed) > most_bytes):
            yield window
            window, size = [], 0
            most, most_bytes = _room()
        window.append(pa.table({"code": [work.code], "work": [packed]}, schema=_WORK))
        size += len(packed)
    if window:
        yield window


def _room() -> tuple[int, int]:
    """The most works and bytes of a window."""
    import ray

    here = ray.get_runtime_context().get_node_id()
    nodes: list[dict[str, Any]] = [node for node in ray.nodes() if node["Alive"]]  # type: ignore[no-untyped-call]
    cores = sum(node["Resources"].get("CPU", 0) for node in nodes)
    store = sum(node["Resources"].get("object_store_memory", 0) for node in nodes if node["NodeID"] == here)
    return max(1, int(cores)) * PER_CORE, int(store) // PART_OF_STORE


def _with_bytes(work: Work) -> Work:
    """The same work with the bytes of its files."""
    kept = frozenset(work.kept["articles"]["article_id"]) if work.kept else frozenset()
    return work._replace(
        items=tuple(item if item.article_id in kept else with_data(work.raw, item) for item in work.items)
    )


class _Window:
    """Works that Ray Data is doing: a thread takes the answers as they come, in order."""

    def __init__(self, tables: list[pa.Table]) -> None:
        import ray
        from ray.data import DataContext

        context = DataContext.get_current().copy()
        context.execution_options.preserve_order = True
        context.enable_progress_bars = False
        context.print_on_execution_start = False
        context.execution_no_progress_timeout_s = PATIENCE_S
        with DataContext.current(context):
            self._dataset = ray.data.from_arrow(tables).map_batches(_made, batch_size=None, batch_format="pyarrow")
        self._came: SimpleQueue[bytes | BaseException | None] = SimpleQueue()
        self._ended = False
        self._thread = threading.Thread(target=self._take, name="ray window")
        self._thread.start()

    def _take(self) -> None:
        try:
            for table in self._dataset.iter_batches(batch_size=None, batch_format="pyarrow", prefetch_batches=0):
                for answer in table["made"]:
                    self._came.put(answer.as_py())
                if self._ended:
                    return
            self._came.put(None)
        except BaseException as error:
            self._came.put(error)

    def answers(self) -> Iterator[bytes]:
        """The answers, in the order of the works. Raises what Ray raises."""
        while (answer := self._came.get()) is not None:
            if isinstance(answer, BaseException):
                raise answer
            yield answer

    def end(self) -> None:
        """Give up what has not been begun. Waits for the next answer: behind the back of a thread that asks Ray for
        something there is no leaving the cluster."""
        self._ended = True
        self._thread.join()


def _made(works: pa.Table) -> pa.Table:
    """On a node: what is made of these works, or why nothing is."""
    answers = map(_answer, works["code"].to_pylist(), works["work"].to_pylist())
    return pa.table({"made": [pickle.dumps(answer) for answer in answers]}, schema=_MADE)


def _answer(code: str, packed: bytes) -> Made | _Failed:
    """What is made of a work, on a node. Rows of another version of this program would be stored as those of this."""
    try:
        if code != code_fingerprint():
            raise EngineUnavailable("it has another version of hengshui-etl, or of a library; install the same one")
        return segments.made_of(pickle.loads(packed))
    except Exception as error:
        import ray

        return _Failed(ray.util.get_node_ip_address(), error)  # type: ignore[no-untyped-call]


def _made_by(window: _Window) -> Iterator[Made]:
    """What came of a window."""
    for answer in window.answers():
        made = pickle.loads(answer)
        if isinstance(made, _Failed):
            if isinstance(made.error, EngineUnavailable):
                raise EngineUnavailable(f"Ray node {made.node}: {made.error}")
            made.error.add_note(f"on the Ray node {made.node}")
            raise made.error
        yield made


@contextmanager
def _cluster() -> Iterator[None]:
    """The cluster that this process is connected to, or the one at RAY_ADDRESS, or that of this machine, for as long as
    it is needed."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is told to Ray's makers
    os.environ.setdefault("RAY_NUM_REDIS_GET_RETRIES", "1")  # what does not answer for 40 s is not asked for 15 minutes
    import ray
    import ray.data
    from ray.data.exceptions import ExecutionTimeoutError, SystemException
    from ray.exceptions import RayError

    logging.getLogger("ray.data").setLevel(logging.ERROR)
    connected = ray.is_initialized()
    if not connected:
        _connect(os.environ.get("RAY_ADDRESS") or "auto")
    try:
        yield
    except (RayError, SystemException, ExecutionTimeoutError) as error:
        raise EngineUnavailable(
            f"Ray gave up: {_line(error)} (on every node has to be the same hengshui-etl, and memory for its processes)"
        ) from None
    finally:
        if not connected:
            ray.shutdown()


def _connect(address: str) -> None:
    """Reach the cluster at an address. Signals go where they went before: Ray's own way with SIGTERM would end a run of
    Dagster as if nothing were going on."""
    import ray

    _reach(address)
    ours = threading.current_thread() is threading.main_thread()
    handler = signal.getsignal(signal.SIGTERM) if ours else None
    try:
        ray.init(address=address, log_to_driver=False, configure_logging=False, logging_level=logging.ERROR)
    except (
        OSError,
        RuntimeError,
        ValueError,
    ) as error:  # nothing there; another version of Ray or Python; a bad address
        raise EngineUnavailable(f"the Ray cluster {address} cannot be used: {_line(error)}") from None
    finally:
        if ours:
            signal.signal(signal.SIGTERM, handler)


def _reach(address: str) -> None:
    """See that somebody listens there, which Ray itself would try for minutes."""
    if address == "auto":
        return
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit() or "/" in host:
        raise EngineUnavailable(
            f"RAY_ADDRESS is {address!r}; it has to be host:port, on a machine that is a node itself"
        )
    try:
        socket.create_connection((host.strip("[]"), int(port)), REACHED_IN_S).close()
    except OSError as error:
        raise EngineUnavailable(
            f"the Ray cluster at RAY_ADDRESS={address} cannot be reached: {error.strerror or error}"
        ) from None


def _line(error: BaseException) -> str:
    """What is at the bottom of an error, as one line."""
    while error.__cause__ is not None:
        error = error.__cause__
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__
