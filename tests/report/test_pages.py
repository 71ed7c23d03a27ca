"""What the pages of the report say, and that articles cannot make them do anything."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengshui_etl.messages import LANGUAGES, Language, messages
from hengshui_etl.report import names, pages
from hengshui_etl.report.names import batch_folder, index_name, page_name
from hengshui_etl.report.pages import (
    Listing,
    article_page,
    index_page,
    list_page,
    pieces_of,
    quotes_of,
    stated_figure,
)
from hengshui_etl.report.rows import (
    ArticleRow,
    ArticleRows,
    CheckRow,
    Ends,
    FigureRow,
    IndexRow,
    Refused,
    Summary,
)
from hengshui_etl.report.written import expected, number

SOURCE = "某市三件事\n全市开工191项,其中工业100项,农业90项。完成投资7.5亿元,增长8%。"
OURS = {"style", "script", "meta", "link", "form"}


def figure(name: str, text: str, value: str, unit: str = "项", source: str = SOURCE) -> FigureRow:
    start = source.index(text)
    return FigureRow(
        name, text, start, start + len(text), value, None, unit, "exact", None, None, "某市", None, date(2019, 9, 30),
        "count", "0", 1, start, start + len(text),
    )  # fmt: skip


def check(name: str, status: str, severity: str, *operands: tuple[str, str]) -> CheckRow:
    one = Ends(Decimal(191), Decimal(191), False, False, True)
    failed = status == "fail"
    return CheckRow(
        name, "sum", status, severity, operands, one, one._replace(low=Decimal(190), high=Decimal(190)), Decimal(1),
        f"{name} in English", f"{name} 中文", ("f1",) if failed else (), "f1" if failed else None,
        "190项" if failed else None, "digit" if failed else None, "全市开工191项",
    )  # fmt: skip


FIGURES = (
    figure("f1", "191项", "191"),
    figure("f2", "100项", "100"),
    figure("f3", "90项", "90"),
    figure("f4", "7.5亿元", "750000000", "元"),
    figure("f5", "8%", "8", "%"),
)
ARTICLE = ArticleRow(
    "2019-10", "2019-10/a.txt", "某市三件事", date(2019, 10, 16), None, None, 2, "0" * 64, SOURCE, SOURCE
)
ROWS = ArticleRows(
    ARTICLE,
    FIGURES,
    (
        check("c1", "pass", "info", ("part", "f2"), ("whole", "f4")),
        check("c2", "fail", "error", ("part", "f2"), ("part", "f3"), ("whole", "f1")),
        check("c3", "implied", "info", ("part", "f5")),
        check("c4", "fail", "warning", ("whole", "f3")),
    ),
    1,
    {1: SOURCE.partition("\n")[2].partition("。")[0] + "。"},
)
INDEX = IndexRow(
    "2019-10", "2019-10/a.txt", "某市三件事", date(2019, 10, 16), 5, 4, 1, 1, 2, "error", regions=("某市", "某省")
)
SUMMARY = Summary("2019-10", 1, {"fails": 1}, 1, date(2019, 10, 16), date(2019, 10, 16))


def listing(*rows: IndexRow, batch: str = "2019-10", **more: object) -> Listing:
    """The list of a batch with these articles, all of which have pages."""
    whole = Listing(batch, rows, frozenset(row.article_id for row in rows), total=len(rows), listed=len(rows))
    return whole._replace(**more)


HOSTILE = [
    "<script>alert(1)</script>",
    "</title><img src=x onerror=alert(1)>",
    '" autofocus onfocus="alert(1)',
    "' onmouseover='alert(1)",
    "{{ 7 * 7 }}{% raw %}",
    "--></style></script><svg onload=alert(1)>",
    "&lt;b&gt;&amp;",
    "javascript:alert(1)",
]


class Page(HTMLParser):
    """What a browser makes of a page: its elements with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.elements and self.elements[-1][0] not in ("style", "script"):
            self.words.append(data)

    @property
    def text(self) -> str:
        return "".join(self.words)

    def shape(self) -> list[tuple[str, list[str]]]:
        return [(tag, sorted(attributes)) for tag, attributes in self.elements]

    def by_id(self, name: str) -> dict[str, str | None]:
        (found,) = [attributes for _, attributes in self.elements if attributes.get("id") == name]
        return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_is_marked_by_the_worst_that_is_known_of_it(language: Language) -> None:
    page = Page(article_page(ROWS, language))
    marks = {name: str(page.by_id(name)["class"]).split()[1:] for name in ("f1", "f2", "f3", "f4", "f5")}
    assert marks == {"f1": ["fails", "suspect"], "f2": ["fails"], "f3": ["fails"], "f4": ["holds"], "f5": ["implied"]}
    for name in marks:
        assert page.by_id(name)["tabindex"] == "0"
        assert page.by_id(str(page.by_id(name)["aria-describedby"]))["class"] == "tip"


def test_a_figure_that_no_check_speaks_of_is_not_checked() -> None:
    page = Page(article_page(ROWS._replace(checks=()), "en"))
    assert {str(page.by_id(f"f{n}")["class"]) for n in range(1, 6)} == {"fig unchecked"}
    assert "Nothing to check" in page.text


@pytest.mark.parametrize(("language", "word"), [("en", "in English"), ("zh", "中文")])
def test_checks_come_failures_first_with_arithmetic_and_repair(language: Language, word: str) -> None:
    page = Page(article_page(ROWS, language))
    order = [attributes["id"] for tag, attributes in page.elements if tag == "li" and "id" in attributes]
    assert order == ["c2", "c4", "c3", "c1"]
    assert f"c2 {word}" in page.text
    assert re.search(r"191项\s*→\s*190项", page.text)
    links = {attributes["href"] for tag, attributes in page.elements if tag == "a"}
    assert {"#f1", "#f2", "#c2", index_name(language)} <= links


def test_what_a_figure_says_stands_beside_it() -> None:
    text = Page(article_page(ROWS, "en")).text
    assert "750\u202f000\u202f000 元" in text
    assert "as of 2019-09-30" in text


def test_the_sentence_is_quoted_with_its_figures_marked() -> None:
    figures = {figure.id: figure for figure in FIGURES}
    (quote,) = quotes_of(ROWS.checks[1], ROWS, figures)
    assert [(piece.text, piece.style) for piece in quote if piece.style] == [
        ("191项", "suspect"),
        ("100项", "operand"),
        ("90项", "operand"),
    ]
    assert "".join(piece.text for piece in quote) == ROWS.sentences[1]
    assert quotes_of(ROWS.checks[1], ROWS._replace(sentences={}), figures) == [[(ROWS.checks[1].sentence, "")]]


def test_a_long_sentence_is_cut_around_its_figures() -> None:
    source = "啊" * 100 + SOURCE.partition("\n")[2].partition("。")[0] + "哦" * 100
    figures = tuple(
        figure("f" + str(n), text, "1", source=source) for n, text in enumerate(("191项", "100项", "90项"), 1)
    )
    rows = ROWS._replace(article=ARTICLE._replace(clean=source), figures=figures, sentences={1: source})
    (quote,) = quotes_of(ROWS.checks[1], rows, {figure.id: figure for figure in figures})
    assert (quote[0].text, quote[-1].text) == ("…", "…")
    assert len("".join(piece.text for piece in quote)) == 2 + 60 + len("191项,其中工业100项,农业90项") + 60


def test_what_is_printed_is_one_figure_of_an_equation_and_none_of_a_bound() -> None:
    failed = ROWS.checks[1]
    assert stated_figure(failed) == "f1"
    assert stated_figure(failed._replace(type="threshold")) is None
    assert stated_figure(failed._replace(type="enumeration")) == "f2"
    assert stated_figure(failed._replace(status="implied")) is None


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("hostile", HOSTILE)
def test_articles_are_shown_and_never_obeyed(hostile: str, language: Language) -> None:
    source = f"{hostile}191项{hostile}"
    at = len(hostile)
    evil = FIGURES[0]._replace(start=at, end=at + 4, metric=hostile, scope=hostile, unit=hostile, text=hostile)
    article = ARTICLE._replace(title=hostile, publisher=hostile, byline=hostile, source=source, article_id=hostile)
    one = check("c1", "fail", "error", ("whole", "f1"))
    one = one._replace(message_en=hostile, message_zh=hostile, mend_text=hostile, sentence=hostile)

    def shape(article: ArticleRow, figure: FigureRow, check: CheckRow) -> Page:
        return Page(article_page(ArticleRows(article, (figure,), (check,), 0), language))

    page = shape(article, evil, one)
    kept = article._replace(title="x", publisher="x", byline="x", article_id="x", source="x" * at + "191项" + "x" * at)
    harmless = shape(
        kept,
        evil._replace(metric="x", scope="x", unit="x", text="x"),
        one._replace(message_en="x", message_zh="x", mend_text="x", sentence="x"),
    )
    assert page.shape() == harmless.shape(), "the text of an article may not add an element or an attribute"
    assert page.text.count(hostile) >= 10

    row = INDEX._replace(title=hostile, article_id=hostile, regions=(hostile,))
    listed = Page(list_page(listing(row, batch=hostile, refused=(Refused(hostile, hostile),)), language))
    plain = row._replace(title="x", article_id="x", regions=("x",))
    assert listed.shape() == Page(list_page(listing(plain, refused=(Refused("x", "x"),)), language)).shape()
    first = Page(index_page([Summary(hostile, 1, {"fails": 1})], language, urgent=[row]))
    assert first.shape() == Page(index_page([Summary("x", 1, {"fails": 1})], language, urgent=[plain])).shape()
    assert [attributes["data-regions"] for _, attributes in listed.elements if "data-regions" in attributes] == [
        hostile
    ]


@pytest.mark.parametrize("hidden", ["\x00", "\x1b", "\u202e", "\u2066", "\u061c", "\u200b", "\ufeff", "\u2028"])
def test_invisible_characters_are_shown_by_their_number(hidden: str) -> None:
    article = ARTICLE._replace(title=f"a{hidden}b", source=f"{hidden}{SOURCE}")
    moved = tuple(figure._replace(start=figure.start + 1, end=figure.end + 1) for figure in FIGURES)
    html = article_page(ROWS._replace(article=article, figures=moved), "en")
    assert hidden not in html
    assert html.count(f"⟨U+{ord(hidden):04X}⟩") == 3  # in <title>, headline and text


def test_nothing_is_fetched_and_only_our_script_runs() -> None:
    for html in (article_page(ROWS, "en"), index_page([SUMMARY], "en"), list_page(listing(INDEX), "en")):
        page = Page(html)
        assert not re.search(r"https?://|url\(|@import|\son\w+=", html)
        assert not {tag for tag, _ in page.elements} & {"img", "iframe", "link", "object", "base"}
        policy = next(each["content"] for tag, each in page.elements if tag == "meta" and "http-equiv" in each) or ""
        assert "default-src 'none'" in policy
        assert re.search(r"script-src 'sha256-[A-Za-z0-9+/]{43}='", policy)


def test_only_our_own_style_and_script_go_unescaped() -> None:
    templates = "".join(path.read_text("utf-8") for path in Path(pages.__file__).parent.glob("templates/*.html"))
    assert sorted(re.findall(r"\w+\s*\|\s*safe", templates)) == ["script|safe", "style|safe"]
    assert "autoescape" not in templates


@given(st.text(max_size=40), st.lists(st.tuples(st.integers(0, 39), st.integers(1, 10)), max_size=8))
def test_the_pieces_are_the_source_and_hold_every_figure_once(source: str, spans: list[tuple[int, int]]) -> None:
    figures = [
        FIGURES[0]._replace(id=f"f{n}", start=start, end=min(start + length, len(source)))
        for n, (start, length) in enumerate(spans)
        if start < len(source)
    ]
    pieces = list(pieces_of(source, figures))
    assert "".join(piece.text for piece in pieces) == source
    assert sorted(figure.id for piece in pieces for figure in piece.figures) == sorted(each.id for each in figures)


def test_a_list_can_be_filtered() -> None:
    fine = INDEX._replace(article_id="b", failed=0, worst=None, published_on=None, regions=())
    nothing = fine._replace(article_id="c", checks=0)
    off = INDEX._replace(article_id="d", worst="warning")
    page = Page(list_page(listing(INDEX, off, fine, nothing), "en"))
    rows = [attributes for tag, attributes in page.elements if "data-status" in attributes]
    assert [row["data-status"] for row in rows] == ["fails", "off", "holds", "unchecked"]
    assert rows[0]["data-date"] == "2019-10-16"
    assert rows[0]["data-regions"] == "某市\n某省"
    assert (rows[2]["data-date"], rows[2]["data-regions"]) == ("", "")


def test_an_empty_warehouse_is_said() -> None:
    assert "no articles" in Page(index_page([], "en")).text


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_has_no_page_is_never_silently_missing(language: Language) -> None:
    """An article without a page, articles that no list names, files that are too many, a batch without pages."""
    say = messages(language)
    bounded = listing(INDEX, refused=(Refused("a", "b"),), pages=frozenset(), last=3, total=9, listed=8, refusals=7)
    page = Page(list_page(bounded, language))
    assert "hengshui-etl report --article ID" in page.text
    assert say("report.unlisted", n=1) in page.text
    assert say("report.more_refused", n=6) in page.text
    assert INDEX.title in page.text
    links = {attributes.get("href") for tag, attributes in page.elements if tag == "a"}
    assert not any(page_name(INDEX.article_id, language) in (link or "") for link in links)
    assert index_name(language, 2) in links
    index = Page(index_page([SUMMARY, Summary("new", 5, built=False)], language, number=2, pages=3))
    assert say("report.not_built") in index.text
    links = {attributes.get("href") for tag, attributes in index.elements if tag == "a"}
    assert {names.batch_path("2019-10", language), index_name(language), index_name(language, 3)} <= links
    assert names.batch_path("new", language) not in links


def test_names_of_pages_are_safe_and_differ() -> None:
    ids = ["2019-10/a.txt", "2019-10/A.txt", "../../etc/passwd", "衡水", "河北", "a" * 500, "con", "a\x00b", 'x"><', ""]
    files = [page_name(name, language) for name in ids for language in LANGUAGES]
    assert len({name.lower() for name in files}) == len(files)
    for name in files:
        assert names.PAGE_NAME.fullmatch(name)
        assert len(name) < 100
    folders = {batch_folder(name) for name in ids}
    assert len({name.lower() for name in folders}) == len(ids)
    assert all(names.FOLDER_NAME.fullmatch(name) for name in folders)
    assert all(names.LIST_NAME.fullmatch(index_name(language, n)) for language in LANGUAGES for n in (1, 2, 30))


@pytest.mark.parametrize(
    ("ends", "printed", "place", "text"),
    [
        (Ends(Decimal("98.5001"), Decimal("99.5009"), False, False, True), "98.2%", "0.1", "between 98.5% and 99.501%"),
        (Ends(Decimal(3), Decimal(3), False, False, True), "4个", "0", "3个"),
        (Ends(Decimal("0.333333333333"), Decimal("0.333333333333"), False, False, False), "4个", "0", "≈ 0.3333个"),
        (Ends(None, Decimal(1000), False, True, True), "4个", "0", "less than 1\u202f000个"),
        (Ends(None, Decimal(1000), False, False, True), "4个", "0", "at most 1\u202f000个"),
        (Ends(Decimal(-7), None, True, False, True), "4个", "0", "more than −7个"),
        (Ends(Decimal(-7), None, False, False, True), "4个", "0", "at least −7个"),
        (Ends(Decimal(123_456_700_000), Decimal(123_456_789_000), False, False, True), "1234.6亿元", "10000000",
         "between 1\u202f234.567亿元 and 1\u202f234.568亿元"),
        (Ends(None, None, False, False, True), "4个", "0", ""),
    ],
)  # fmt: skip
def test_what_is_expected_is_written_as_the_figure_is_printed(ends: Ends, printed: str, place: str, text: str) -> None:
    unit = printed.lstrip("0123456789.亿")
    assert expected(ends, FIGURES[0]._replace(text=printed, unit=unit, place=place), messages("en")) == text


@pytest.mark.parametrize(("value", "text"), [("71670000000", "71 670 000 000"), ("-1234.50", "−1 234.50"), ("0", "0")])
def test_numbers_can_be_read(value: str, text: str) -> None:
    assert number(value) == text.replace(" ", "\u202f")
