"""What the files of the report are called, and where they lie.

Belongs here: names and paths, and knowing our own files by them. Does not belong here: what is in them (pages.py).

A batch has a folder of its own, in which its lists and the pages of its articles lie, so that no folder grows with the
warehouse. Names are readable where batch and article are, unique in any case, and fit for every system.
"""

from __future__ import annotations

import hashlib
import re

from hengshui_etl.messages import Language

ARTICLES = "articles"
"""The folder of the batches."""

PAGE_NAME = re.compile(r"[a-z0-9-]+-[0-9a-f]{12}\.(zh\.)?html")
"""The names that `page_name` gives, to know our own files by."""

LIST_NAME = re.compile(r"index(\.[1-9][0-9]*)?(\.zh)?\.html")
"""The names that `index_name` gives."""

FOLDER_NAME = re.compile(r"[a-z0-9-]+-[0-9a-f]{12}")
"""The names that `batch_folder` gives."""


def index_name(language: Language, number: int = 1) -> str:
    """The file of a list, or of a later page of it: `index.html`, `index.zh.html`, `index.2.html`."""
    page = "" if number == 1 else f".{number}"
    return f"index{page}{_suffix(language)}"


def page_name(article_id: str, language: Language) -> str:
    """The file of an article's page, in the folder of its batch."""
    return f"{_readable(article_id, 'article')}{_suffix(language)}"


def batch_folder(batch: str) -> str:
    """The folder of a batch, in the folder `articles`."""
    return _readable(batch, "batch")


def batch_path(batch: str, language: Language) -> str:
    """The list of a batch's articles, from where the report begins."""
    return f"{ARTICLES}/{batch_folder(batch)}/{index_name(language)}"


def page_path(batch: str, article_id: str, language: Language) -> str:
    """The page of an article, from where the report begins."""
    return f"{ARTICLES}/{batch_folder(batch)}/{page_name(article_id, language)}"


def _readable(name: str, otherwise: str) -> str:
    readable = re.sub("[^a-z0-9]+", "-", name.lower()).strip("-")[:60]
    return f"{readable or otherwise}-{hashlib.sha256(name.encode()).hexdigest()[:12]}"


def _suffix(language: Language) -> str:
    return ".html" if language == "en" else f".{language}.html"
