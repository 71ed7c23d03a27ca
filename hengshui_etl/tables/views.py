"""The views of the DuckDB file, and its list of batches: SQL with a description of every column.

Belongs here: what is derived from the tables by SQL alone. Does not belong here: running SQL (warehouse.py).
"""

from __future__ import annotations

from typing import NamedTuple


class View(NamedTuple):
    """A view (or a table that only DuckDB has): the statement that makes it, and what it and its columns hold."""

    kind: str
    description: str
    columns: dict[str, str]
    sql: str


BATCHES = View(
    "TABLE",
    "Which batches are loaded, how many rows each has, and what they were made from.",
    {
        "batch": "Batch: the first folder below data/raw.",
        "raw_articles_rows": "Files of the batch.",
        "articles_rows": "Articles that were read.",
        "quarantine_rows": "Files that could not be read.",
        "figures_rows": "Figures in the articles.",
        "relations_rows": "Relations between the figures.",
        "fingerprint": "Hash of what the rows were made from: raw files and code. Equal hash, equal rows.",
    },
    "CREATE TABLE batches (batch VARCHAR NOT NULL, raw_articles_rows BIGINT NOT NULL, articles_rows BIGINT NOT NULL,"
    " quarantine_rows BIGINT NOT NULL, figures_rows BIGINT NOT NULL, relations_rows BIGINT NOT NULL,"
    " fingerprint VARCHAR NOT NULL)",
)

VIEWS: dict[str, View] = {
    "failed_checks": View(
        "VIEW",
        "Every relation that does not hold, with the article, the arithmetic and the likely mend; errors first.",
        {
            "batch": "Batch.",
            "article_id": "The article.",
            "relation_id": "The relation within its article.",
            "title": "Headline of the article.",
            "published_on": "Day of publication.",
            "type": "What kind of arithmetic.",
            "severity": "error, or warning if it fails by one last place at most.",
            "message_en": "The arithmetic in words, English.",
            "message_zh": "The arithmetic in words, Chinese.",
            "operands": "The figures of the relation.",
            "operand_texts": "Their characters in the source, in the same order.",
            "stated_low": "Lower end of what the article prints.",
            "stated_high": "Upper end of what the article prints.",
            "computed_low": "Lower end of what the other operands imply.",
            "computed_high": "Upper end of what the other operands imply.",
            "gap": "Distance between the two, in units of the last printed place.",
            "blame": "Figures whose change would mend it.",
            "mend_figure_id": "The figure that one edit would mend.",
            "mend_text": "What that figure would then read.",
            "sentence_text": "The sentence.",
        },
        """
CREATE VIEW failed_checks AS
SELECT r.batch, r.article_id, r.relation_id, a.title, a.published_on, r.type, r.severity, r.message_en, r.message_zh,
       r.operands, o.operand_texts, r.stated_low, r.stated_high, r.computed_low, r.computed_high, r.gap, r.blame,
       r.mend_figure_id, r.mend_text, r.sentence_text
FROM relations r
JOIN articles a USING (batch, article_id)
LEFT JOIN (
    SELECT p.batch, p.article_id, p.relation_id, list(f.text ORDER BY p.position) AS operand_texts
    FROM relation_operands p
    JOIN relations s USING (batch, article_id, relation_id)
    JOIN figures f USING (batch, article_id, figure_id)
    WHERE s.status = 'fail'
    GROUP BY ALL
) o USING (batch, article_id, relation_id)
WHERE r.status = 'fail'
ORDER BY r.severity, r.batch, r.article_id, r.relation_nr""".strip(),
    ),
    "article_summary": View(
        "VIEW",
        "One row an article: how many figures and relations it has, and how many of them hold.",
        {
            "batch": "Batch.",
            "article_id": "The article.",
            "title": "Headline.",
            "published_on": "Day of publication.",
            "repair_count": "Damaged places that were mended.",
            "figure_count": "Figures.",
            "relation_count": "Relations between them.",
            "passed": "Relations that hold.",
            "implied": "Relations with one term unstated, which is possible.",
            "failed": "Relations that do not hold.",
            "worst": "error or warning; empty if nothing failed.",
        },
        """
CREATE VIEW article_summary AS
SELECT a.batch, a.article_id, a.title, a.published_on, a.repair_count,
       coalesce(f.n, 0) AS figure_count, coalesce(r.n, 0) AS relation_count,
       coalesce(r.passed, 0) AS passed, coalesce(r.implied, 0) AS implied, coalesce(r.failed, 0) AS failed, r.worst
FROM articles a
LEFT JOIN (SELECT batch, article_id, count(*) AS n FROM figures GROUP BY ALL) f USING (batch, article_id)
LEFT JOIN (
    SELECT batch, article_id, count(*) AS n, count(*) FILTER (status = 'pass') AS passed,
           count(*) FILTER (status = 'implied') AS implied, count(*) FILTER (status = 'fail') AS failed,
           min(severity) FILTER (status = 'fail') AS worst
    FROM relations GROUP BY ALL
) r USING (batch, article_id)
ORDER BY a.batch, a.article_id""".strip(),
    ),
}
