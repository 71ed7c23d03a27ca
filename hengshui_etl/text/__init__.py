"""Bytes to sentences: decode, take text out of pages, repair, convert, tell the parts of the article apart.

Belongs here: what a file says, position by position. Does not belong here: what a number in it means (figures/).
"""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Literal

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.records import Article
from hengshui_etl.text.article import layout_of
from hengshui_etl.text.decode import Unreadable, decoded
from hengshui_etl.text.repair import offsets_of, repair_counts, repairs_of, replayed
from hengshui_etl.text.script import narrow, simplified
from hengshui_etl.text.sentences import sentences_of

__all__ = ["Unreadable", "read_article", "repair_counts"]

_FILE_NAME = lazy_pattern(r"[^/\\]*$")


def read_article(
    data: bytes, *, source_path: str, article_id: str | None = None, published_on: date | None = None
) -> Article:
    """The article in the bytes of one file (text or HTML).

    `source_path` is recorded as given; `article_id` is the file name without its extension unless given;
    `published_on` is the day of publication where the article does not name it.
    Raises `Unreadable` for bytes that are no article, and nothing else.
    """
    text, encoding, _evidence = decoded(data)
    media: Literal["text", "html"] = "text"
    title = None
    if "<" in text:
        # The parser of pages is not needed for plain text, and start-up of the commands counts.
        from hengshui_etl.text.page import looks_like_page, page_text

        if looks_like_page(text):
            media = "html"
            text, title = page_text(text)
            if not text:
                raise Unreadable("the page holds no text")
    repairs = repairs_of(text)
    mended, script = simplified(replayed(text, repairs))
    clean = narrow(mended)
    if not clean or clean.isspace():
        raise Unreadable("the file holds nothing that can be read")
    layout = layout_of(clean, title)
    return Article(
        article_id=article_id or identifier_of(source_path),
        source_path=source_path,
        sha256=hashlib.sha256(data).hexdigest(),
        title=layout.title,
        published_on=layout.published_on or published_on,
        publisher=layout.publisher,
        byline=layout.byline,
        encoding=encoding,
        script=script,
        media=media,
        source=text,
        text=clean,
        offsets=offsets_of(repairs),
        repairs=repairs,
        blocks=layout.blocks,
        sentences=sentences_of(clean, layout.blocks),
    )


def identifier_of(source_path: str) -> str:
    """The file name without folder and extension; `-` (standard input) stays."""
    found = _FILE_NAME.search(source_path)
    name = found[0] if found else source_path
    stem = name.rpartition(".")[0].removesuffix(".gb")
    return stem or name or "article"
