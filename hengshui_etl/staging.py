"""Segments that were made and are not published yet: what a run that was killed leaves for the next one.

Belongs here: keeping them, finding them again, bringing them to their places, clearing them away.
Does not belong here: which files are the tables of a batch (parts.py), making segments (segments.py).

A segment is there once its note, `<hash>.json`, is there: it is written after the files. What belongs to a batch is
cleared away when the batch is published; what belongs to none, after a week.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence

from hengshui_etl.parts import Place, Segment, State, folder_of, named, publish, segment_from, state_of
from hengshui_etl.storage import storage_of

STAGING = ".staging"
LEFT_AFTER_S = 7 * 24 * 3600


class Stage:
    """The segments that are there of a batch, published or not, by the hash of what they are made from; with `anew`
    none of them counts. `before` is what is published, without segments of which a file is missing."""

    def __init__(self, place: Place, batch: str, tables: Sequence[str], anew: bool = False) -> None:
        self._place, self._batch, self._tables = place, batch, tuple(tables)
        self._storage = storage_of(place)
        self._folder = _folder(batch)
        if anew:
            self._storage.remove_folder(self._folder)
        self._staged = {name: entry.size for name, entry in self._storage.files(self._folder).items()}
        self._published = {
            table: {name: entry.size for name, entry in self._storage.files(folder_of(table, batch)).items()}
            for table in tables
        }
        self._anew = anew
        self._known: dict[str, Segment] = {}
        self.before = None if anew else state_of(self._storage, batch, "examination")
        if self.before is not None:
            sound = [each for each in self.before.segments if all(self._is_there(each, table) for table in tables)]
            self.before = self.before._replace(segments=tuple(sound))
            self._known = {segment.id: segment for segment in sound if segment.lasting}

    def find(self, fingerprint: str) -> Segment | None:
        """The segment made from this, if its files are all there."""
        if self._anew:
            return None
        segment = self._known.get(fingerprint) or self._noted(fingerprint)
        if segment is None or not all(self._is_there(segment, table) for table in self._tables):
            return None
        return segment

    def _noted(self, fingerprint: str) -> Segment | None:
        note = f"{fingerprint[:16]}.json"
        data = self._storage.read(f"{self._folder}/{note}") if note in self._staged else None
        try:
            segment = segment_from(json.loads(data)) if data else None
        except (ValueError, KeyError, TypeError):
            return None
        return segment if segment and segment.id == fingerprint and segment.lasting else None

    def _is_there(self, segment: Segment, table: str) -> bool:
        size = segment.sizes.get(table)
        return size is not None and size in (
            self._staged.get(_file(segment, table)),
            self._published[table].get(segment.name),
        )

    def put(self, segment: Segment, files: Mapping[str, bytes]) -> None:
        """Keep a segment that was made."""
        self._storage.write({f"{self._folder}/{_file(segment, table)}": data for table, data in files.items()})
        note = json.dumps(segment._asdict()).encode()
        self._storage.write({f"{self._folder}/{segment.id[:16]}.json": note})
        self._staged.update({_file(segment, table): len(data) for table, data in files.items()})

    def publish(self, state: State) -> None:
        """Make these segments the tables of the batch; what else was kept goes. Raises Incomplete, and then the tables
        are as they were."""
        wanted = [
            (f"{self._folder}/{_file(segment, table)}", f"{folder_of(table, self._batch)}/{segment.name}")
            for segment in state.segments
            for table in self._tables
        ]
        there = self._storage.files(self._folder)
        self._storage.move(pair for pair in wanted if pair[0].rpartition("/")[2] in there)
        publish(self._place, self._batch, self._tables, state)
        self._storage.remove_folder(self._folder)


def _folder(batch: str) -> str:
    return f"{STAGING}/{named(batch)}"


def _file(segment: Segment, table: str) -> str:
    return f"{segment.id[:16]}.{table}.parquet"


def clear_old(place: Place, now: float | None = None) -> None:
    """Take away what was kept of batches that nobody has come back to."""
    storage = storage_of(place)
    oldest = (now or time.time()) - LEFT_AFTER_S
    for name in storage.folders(STAGING):
        entries = storage.files(f"{STAGING}/{name}").values()
        if all(entry.written < oldest for entry in entries):
            storage.remove_folder(f"{STAGING}/{name}")


def forget(place: Place, batch: str) -> None:
    """Take away what was kept of a batch."""
    storage_of(place).remove_folder(_folder(batch))
