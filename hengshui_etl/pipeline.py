"""The one pure path from an article's bytes to everything that is known of it.

Belongs here: the order of the stages. Command line, Dagster and the scale-out engine all call `examine`.
Does not belong here: anything that a stage does, any input or output.
"""

from __future__ import annotations

from datetime import date

from hengshui_etl.figures import read
from hengshui_etl.records import Examination
from hengshui_etl.relations import relations_of
from hengshui_etl.text import read_article


def examine(
    data: bytes, *, source_path: str, article_id: str | None = None, published_on: date | None = None
) -> Examination:
    """Article, figures, judged relations and what was left undecided, from the bytes of one file.

    `source_path` is recorded as given; `article_id` is made from it unless given; `published_on` is the day of
    publication where the article does not name it. The same arguments give the same answer. Raises
    `hengshui_etl.text.Unreadable` for bytes that are no article (empty, binary, in no known encoding, figures without
    end), and nothing else.
    """
    article = read_article(data, source_path=source_path, article_id=article_id, published_on=published_on)
    reading = read(article)
    relations, undecided = relations_of(article, reading)
    return Examination(article, reading.figures, relations, undecided)
