"""Imported by the server that forks, and by nobody else: whatever the program reads once and keeps is read before the
fork.

Belongs here: one examination, so that vocabulary, patterns and scripts are loaded. Does not belong here: polars, whose
threads do not survive a fork, beyond its import.
"""

from hengshui_etl.pipeline import examine
from tests.torture.project import article

examine(article("preloaded", "").encode(), source_path="preloaded.txt", article_id="preloaded.txt")
