"""The views of the DuckDB file, its list of batches and its rulings: SQL with a description of every column.

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
        "quarantine_rows": "Files, and records of files of many articles, that could not be read.",
        "figures_rows": "Figures in the articles.",
        "relations_rows": "Relations between the figures.",
        "fingerprint": "Hash of what the rows were made from: raw files and code. Equal hash, equal rows.",
    },
    "CREATE TABLE batches (batch VARCHAR NOT NULL, raw_articles_rows BIGINT NOT NULL, articles_rows BIGINT NOT NULL,"
    " quarantine_rows BIGINT NOT NULL, figures_rows BIGINT NOT NULL, relations_rows BIGINT NOT NULL,"
    " fingerprint VARCHAR NOT NULL)",
)

RULINGS = View(
    "TABLE",
    "What reviewers have ruled on findings, as rulings.toml had it at the last run.",
    {
        "article_id": "The article.",
        "type": "What kind of arithmetic was ruled on.",
        "sentence_text": "The sentence, of the clean text.",
        "figures": "The figures as printed, in the order of their roles.",
        "ruling": "false alarm (the article is right) or acknowledged (it is wrong, and that is known).",
        "reason": "Why.",
        "ruled_on": "Day of the ruling.",
        "sha256": "SHA-256 of the article's bytes when it was ruled on.",
    },
    "CREATE TABLE rulings (article_id VARCHAR NOT NULL, type VARCHAR NOT NULL, sentence_text VARCHAR NOT NULL,"
    " figures VARCHAR[] NOT NULL, ruling VARCHAR NOT NULL, reason VARCHAR NOT NULL, ruled_on DATE NOT NULL,"
    " sha256 VARCHAR NOT NULL)",
)

OF_DUCKDB: dict[str, View] = {"batches": BATCHES, "rulings": RULINGS}
"""The tables that only DuckDB has."""

VIEWS: dict[str, View] = {
    "failed_checks": View(
        "VIEW",
        "Every relation that does not hold, with the article, the arithmetic, the likely mend and what was ruled on it;"
        " those that nobody has ruled on first, of these the errors.",
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
            "ruling": "What a reviewer ruled: false alarm or acknowledged; empty where nobody has.",
            "ruling_reason": "The reviewer's reason.",
        },
        """
CREATE VIEW failed_checks AS
SELECT r.batch, r.article_id, r.relation_id, a.title, a.published_on, r.type, r.severity, r.message_en, r.message_zh,
       r.operands, r.operand_texts, r.stated_low, r.stated_high, r.computed_low, r.computed_high, r.gap, r.blame,
       r.mend_figure_id, r.mend_text, r.sentence_text, u.ruling, u.reason AS ruling_reason
FROM relations r
JOIN articles a USING (batch, article_id)
LEFT JOIN rulings u ON u.article_id = r.article_id AND u.type = r.type AND u.sentence_text = r.sentence_text
    AND u.figures = r.operand_texts
WHERE r.status = 'fail'
ORDER BY u.ruling IS NOT NULL, r.severity, r.batch, r.article_id, r.relation_nr""".strip(),
    ),
    "quarantine_summary": View(
        "VIEW",
        "One row a file that could not be read, or of which records could not.",
        {
            "batch": "Batch.",
            "source_path": "Path of the file below data/raw.",
            "records": "Records that could not be read; 0 where it is the file as a whole.",
            "reason": "Why; of several records the first one's number and reason.",
        },
        """
CREATE VIEW quarantine_summary AS
SELECT batch, source_path, count(*) FILTER (record_nr > 0) AS records,
       if(min(record_nr) > 0, 'record ' || min(record_nr) || ': ', '') || arg_min(reason, record_nr)
       || if(count(*) > 1, ' (and ' || (count(*) - 1) || ' more of its records)', '') AS reason
FROM quarantine
GROUP BY batch, source_path
ORDER BY batch, source_path""".strip(),
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
            "ruled": "How many of the failed ones a reviewer has ruled on.",
            "worst": "error or warning; empty if nothing failed that is not ruled on.",
        },
        """
CREATE VIEW article_summary AS
SELECT a.batch, a.article_id, a.title, a.published_on, a.repair_count,
       coalesce(f.n, 0) AS figure_count, coalesce(r.n, 0) AS relation_count,
       coalesce(r.passed, 0) AS passed, coalesce(r.implied, 0) AS implied, coalesce(r.failed, 0) AS failed,
       coalesce(r.ruled, 0) AS ruled, r.worst
FROM articles a
LEFT JOIN (SELECT batch, article_id, count(*) AS n FROM figures GROUP BY ALL) f USING (batch, article_id)
LEFT JOIN (
    SELECT s.batch, s.article_id, count(*) AS n, count(*) FILTER (s.status = 'pass') AS passed,
           count(*) FILTER (s.status = 'implied') AS implied, count(*) FILTER (s.status = 'fail') AS failed,
           count(*) FILTER (s.status = 'fail' AND u.ruling IS NOT NULL) AS ruled,
           min(s.severity) FILTER (s.status = 'fail' AND u.ruling IS NULL) AS worst
    FROM relations s
    LEFT JOIN rulings u ON u.article_id = s.article_id AND u.type = s.type AND u.sentence_text = s.sentence_text
        AND u.figures = s.operand_texts
    GROUP BY ALL
) r USING (batch, article_id)
ORDER BY a.batch, a.article_id""".strip(),
    ),
    "stale_rulings": View(
        "VIEW",
        "Rulings that are no longer about what they were made on: look at them again, and edit rulings.toml.",
        {
            "article_id": "The article.",
            "type": "What kind of arithmetic was ruled on.",
            "sentence_text": "The sentence, as it was.",
            "figures": "The figures as printed, as they were.",
            "ruling": "false alarm or acknowledged.",
            "reason": "Why it was ruled so.",
            "ruled_on": "Day of the ruling.",
            "why": "article_gone; text_changed (its bytes are others); nothing_fails (in that statement, any more).",
            "applies": "Whether that statement fails all the same, and is shown as ruled.",
        },
        """
CREATE VIEW stale_rulings AS
SELECT * FROM (
    SELECT u.article_id, u.type, u.sentence_text, u.figures, u.ruling, u.reason, u.ruled_on,
           CASE WHEN a.article_id IS NULL THEN 'article_gone' WHEN a.sha256 <> u.sha256 THEN 'text_changed'
                WHEN c.article_id IS NULL THEN 'nothing_fails' END AS why,
           c.article_id IS NOT NULL AS applies
    FROM rulings u
    LEFT JOIN (SELECT article_id, sha256 FROM articles WHERE article_id IN (SELECT article_id FROM rulings)) a
        ON a.article_id = u.article_id
    LEFT JOIN (
        SELECT DISTINCT article_id, type, sentence_text, operand_texts FROM relations
        WHERE status = 'fail' AND article_id IN (SELECT article_id FROM rulings)
    ) c ON c.article_id = u.article_id AND c.type = u.type AND c.sentence_text = u.sentence_text
        AND c.operand_texts = u.figures
)
WHERE why IS NOT NULL
ORDER BY article_id, sentence_text""".strip(),
    ),
}
