"""What is wrong now, and can be said: failing relations, files in quarantine, runs that ended red.

Belongs here: a subject and what makes it the same subject tomorrow. Does not belong here: what was said of it
(ledger.py), how it is said (wording.py).

A subject has to be known again after the article was edited, so numbers are no part of its key: a sum that fails in a
sentence is the same finding when another of its numbers changes, and is then better, worse, or resolved. What tells two
failures in one sentence apart is which of its figures take part, counted in the order of reading.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Literal, NamedTuple

import polars as pl

from hengshui_etl import parts
from hengshui_etl.rulings import Ruling, Statement, ruling_of
from hengshui_etl.tables.findings import failing, failing_shares, named_figures

Kind = Literal["finding", "quarantine", "run", "job", "damaged", "rulings"]
Level = Literal["warning", "error"]


RULINGS = "rulings.toml"
"""Stands for the batch where a subject is about the file of the rulings, whatever its path."""


class Subject(NamedTuple):
    """Something that is wrong. `gap` is how far off, in units of the last printed place, where that can be said;
    `ruled` is set where a reviewer has ruled on it."""

    key: str
    kind: Kind
    batch: str
    article_id: str
    level: Level
    gap: Decimal
    type: str
    message_en: str
    message_zh: str
    sentence: str = ""
    mend: str = ""
    ruled: bool = False


_OF_FIGURES = ("article_id", "figure_id", "figure_nr", "text", "sentence", "sentence_text")
_NUMBER = re.compile(r"[0-9０-９][0-9０-９,，.．]*")


def subjects_in(folder: Path | str, batch: str, rulings: Mapping[Statement, Ruling]) -> Iterator[Subject]:
    """Everything that is wrong in a batch as its Parquet files have it, read as it is asked for: findings first, then
    files in quarantine."""
    for rows in parts.read_segments(folder, batch, {"relations": None, "figures": _OF_FIGURES}):
        failed = failing(rows["relations"])
        printed = _printed(failed, rows["figures"])
        yield from _numbered(_finding(batch, row, printed, rulings) for row in failed.iter_rows(named=True))
    shares = failing_shares(parts.read_table(folder, "provincial_shares", batch))
    yield from _numbered(_share(batch, row) for row in shares.iter_rows(named=True) if row["status"] != "fail")
    yield from quarantined(folder, batch)


def damaged(batch: str, reason: str) -> Subject:
    """A batch whose Parquet files cannot be read, so that nothing can be said of what it holds."""
    return Subject(_key("damaged", batch), "damaged", batch, "", "error", Decimal(0), "damaged", reason, reason)


def rulings_failure(reason: str) -> Subject:
    """The file of the rulings cannot be read, so that nothing can be said of findings."""
    return Subject(_key("rulings"), "rulings", RULINGS, "", "error", Decimal(0), "rulings", reason, reason)


def run_failure(batch: str, cause: str) -> Subject:
    """A run of the batch that ended red for this cause."""
    key = _key("run", batch, _NUMBER.sub("#", cause))
    return Subject(key, "run", batch, "", "error", Decimal(0), "run", cause, cause)


def job_failure(job: str, cause: str) -> Subject:
    """A run of a job that is about no batch, such as the nightly verification, that ended red or ought to have."""
    return Subject(_key("job", job, _NUMBER.sub("#", cause)), "job", job, "", "error", Decimal(0), "job", cause, cause)


class _Printed(NamedTuple):
    """The characters of a figure, its sentence, and the how manieth of that sentence it is."""

    text: str
    sentence: str
    place: int


_GONE = _Printed("?", "", 0)


def _finding(
    batch: str, row: dict[str, object], known: Mapping[tuple[str, str], _Printed], rulings: Mapping[Statement, Ruling]
) -> Subject:
    article, kind, sentence = str(row["article_id"]), str(row["type"]), str(row["sentence_text"])
    operands = row["operands"]
    assert isinstance(operands, list)
    printed = [known.get((article, figure), _GONE) for figure in operands]
    figures = tuple(figure.text for figure in printed)
    places = [f"{figure.place}{'' if figure.sentence == sentence else ' elsewhere'}" for figure in printed]
    mend = ""
    if row["mend_text"]:
        mend = f"{known.get((article, str(row['mend_figure_id'])), _GONE).text} → {row['mend_text']}"
    return Subject(
        key=_key("finding", article, kind, _NUMBER.sub("#", sentence), *places),
        kind="finding",
        batch=batch,
        article_id=article,
        level="error" if row["severity"] == "error" else "warning",
        gap=Decimal(str(row["gap"] or 0)),
        type=kind,
        message_en=str(row["message_en"]),
        message_zh=str(row["message_zh"]),
        sentence=sentence,
        mend=mend,
        ruled=ruling_of(rulings, article, kind, sentence, figures) is not None,
    )


def _share(batch: str, row: dict[str, object]) -> Subject:
    article, sentence = str(row["article_id"]), str(row["sentence_text"])
    counted, share = row["counted"], row["share_percent"]
    return Subject(
        key=_key("share", article, str(counted), _NUMBER.sub("#", sentence)),
        kind="finding",
        batch=batch,
        article_id=article,
        level="error",
        gap=Decimal(0),
        type="threshold",
        message_en=f"{counted}: {share} % is said to be above the average of the province's cities, and is not",
        message_zh=f"{counted}：{share}%称高于全省各市平均水平，实际不高于",
        sentence=sentence,
    )


def quarantined(folder: Path | str, batch: str) -> Iterator[Subject]:
    """The files of a batch in quarantine, which no ruling is about. Of a file of many articles its records are one
    subject, however many they are."""
    rows = parts.read_table(folder, "quarantine", batch, ["source_path", "reason", "record_nr"])
    by_file = rows.sort("source_path", "record_nr").group_by("source_path", maintain_order=True)
    files = by_file.agg(pl.len(), pl.col("reason").first(), pl.col("record_nr").first())
    for path, count, reason, record in files.iter_rows():
        text = f"record {record}: {reason}" if record else reason
        text += f" (and {count - 1} more of its records)" if count > 1 else ""
        key = _key("quarantine", batch, path)
        yield Subject(key, "quarantine", batch, path, "error", Decimal(0), "quarantine", text, text)


def _printed(relations: pl.DataFrame, figures: pl.DataFrame) -> dict[tuple[str, str], _Printed]:
    """The figures that these relations name as they are printed, by article and figure."""
    place = pl.col("figure_nr").rank("ordinal").over("article_id", "sentence").alias("place")
    told = figures.join(relations.select("article_id"), on="article_id", how="semi").with_columns(place)
    columns = ["article_id", "figure_id", "text", "sentence_text", "place"]
    named = named_figures(relations, told).select(columns)
    return {(article, figure): _Printed._make(printed) for article, figure, *printed in named.iter_rows()}


def _numbered(subjects: Iterable[Subject]) -> Iterator[Subject]:
    """The same, with keys that occur more than once told apart by their order; all of an article come together."""
    seen: Counter[str] = Counter()
    for subject in subjects:
        seen[subject.key] += 1
        nth = seen[subject.key]
        yield subject if nth == 1 else subject._replace(key=f"{subject.key}.{nth}")


def _key(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]
