"""What is wrong now, and can be said: failing relations, files in quarantine, runs that ended red.

Belongs here: a subject and what makes it the same subject tomorrow. Does not belong here: what was said of it
(ledger.py), how it is said (wording.py).

A subject has to be known again after the article was edited, so numbers are no part of its key: a sum that fails in a
sentence is the same finding when another of its numbers changes, and is then better, worse, or resolved.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Literal, NamedTuple

import polars as pl

from hengshui_etl import warehouse
from hengshui_etl.rulings import Ruling, Statement, ruling_of
from hengshui_etl.tables.findings import failing, failing_shares

Kind = Literal["finding", "quarantine", "run", "job"]
Level = Literal["warning", "error"]


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


_NUMBER = re.compile(r"[0-9０-９][0-9０-９,，.．]*")


def subjects_in(folder: Path, batch: str, rulings: Mapping[Statement, Ruling]) -> list[Subject]:
    """Everything that is wrong in a batch as its Parquet files have it: findings first, then files in quarantine."""
    failures = [failing(chunk) for chunk in warehouse.read_chunks(folder, "relations", batch)]
    failed = pl.concat([warehouse.empty("relations"), *failures])
    texts = _texts_of(folder, batch, failed)
    found = [_finding(batch, row, texts, rulings) for row in failed.iter_rows(named=True)]
    shares = failing_shares(warehouse.read_table(folder, "provincial_shares", batch))
    found += [_share(batch, row) for row in shares.iter_rows(named=True) if row["status"] != "fail"]
    return list(_numbered([*found, *_refused(folder, batch)]))


def run_failure(batch: str, cause: str) -> Subject:
    """A run of the batch that ended red for this cause."""
    key = _key("run", batch, _NUMBER.sub("#", cause))
    return Subject(key, "run", batch, "", "error", Decimal(0), "run", cause, cause)


def job_failure(job: str, cause: str) -> Subject:
    """A run of a job that is about no batch, such as the nightly verification, that ended red or ought to have."""
    return Subject(_key("job", job, _NUMBER.sub("#", cause)), "job", job, "", "error", Decimal(0), "job", cause, cause)


def _finding(
    batch: str, row: dict[str, object], texts: Mapping[tuple[str, str], str], rulings: Mapping[Statement, Ruling]
) -> Subject:
    article, kind, sentence = str(row["article_id"]), str(row["type"]), str(row["sentence_text"])
    operands = row["operands"]
    assert isinstance(operands, list)
    figures = tuple(texts.get((article, figure), "?") for figure in operands)
    mend = f"{texts.get((article, str(row['mend_figure_id'])), '?')} → {row['mend_text']}" if row["mend_text"] else ""
    return Subject(
        key=_key("finding", article, kind, _NUMBER.sub("#", sentence)),
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


def _refused(folder: Path, batch: str) -> Iterator[Subject]:
    """Files in quarantine. Of a file of many articles its records are one subject, however many they are."""
    rows = warehouse.read_table(folder, "quarantine", batch, ["source_path", "reason", "record_nr"])
    by_file = rows.sort("source_path", "record_nr").group_by("source_path", maintain_order=True)
    files = by_file.agg(pl.len(), pl.col("reason").first(), pl.col("record_nr").first())
    for path, count, reason, record in files.iter_rows():
        text = f"record {record}: {reason}" if record else reason
        text += f" (and {count - 1} more of its records)" if count > 1 else ""
        key = _key("quarantine", batch, path)
        yield Subject(key, "quarantine", batch, path, "error", Decimal(0), "quarantine", text, text)


def _texts_of(folder: Path, batch: str, rows: pl.DataFrame) -> dict[tuple[str, str], str]:
    """The printed characters of the figures of these articles."""
    articles = rows.select("article_id").unique()
    found: dict[tuple[str, str], str] = {}
    if len(articles):
        for chunk in warehouse.read_chunks(folder, "figures", batch, ["article_id", "figure_id", "text"]):
            wanted = chunk.join(articles, on="article_id", how="semi")
            found.update({(article, figure): text for article, figure, text in wanted.iter_rows()})
    return found


def _numbered(subjects: Sequence[Subject]) -> Iterator[Subject]:
    """The same, with keys that occur more than once told apart by their order."""
    seen: Counter[str] = Counter()
    for subject in subjects:
        seen[subject.key] += 1
        nth = seen[subject.key]
        yield subject if nth == 1 else subject._replace(key=f"{subject.key}.{nth}")


def _key(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]
