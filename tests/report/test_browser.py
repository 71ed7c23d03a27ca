"""The report in a browser, as an editor walks it: from disk, in both languages, by mouse, touch and keyboard.

Every page that a test opens is watched: a line in the console, an error, a dialog or a request for anything that is not
a file of the report fails the test.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from hengshui_etl.messages import LANGUAGES, Language, Messages, messages
from hengshui_etl.pipeline import examine
from hengshui_etl.records import Examination
from hengshui_etl.report.build import build_report
from hengshui_etl.report.names import index_name
from hengshui_etl.settings import read_settings
from tests.report.test_build import load, named

pytestmark = pytest.mark.slow

SWITCHES = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip

PATIENCE = 20_000
"""Milliseconds that a busy machine may take over a step."""

expect.set_options(timeout=PATIENCE)

FAILS = """保定市前三季度工业项目建设情况
2019-10-16
今年以来,保定市集中开工重大项目191项,其中工业项目102项,农业项目38项,服务业项目51项,计划总投资716.7亿元。
1-9月份,全市规模以上工业企业实现利润23.1亿元,去年同期为21.0亿元,同比增长1.0%。
"""
HOLDS = """衡水市重大项目建设进展顺利
2019-08-20
截至7月底,衡水市集中开工项目191项,总投资716.7亿元。京津对接合作项目733项,总投资6986.96亿元。
集中开工项目中,工业项目102项,农业项目38项,服务业项目51项,合计191项。
全市有105个项目列入河北省重大技术改造项目库,占全省项目总数的10.2%。
"""
NOTHING = "关于召开会议的通知\n会议照常举行。\n"
TITLES = {"fails": "保定市前三季度", "holds": "衡水市重大项目", "nothing": "关于召开会议", "hostile": "obeyed"}

OBEY = "document.documentElement.dataset.obeyed=1"
HOSTILE = (
    f"</title></script><script>{OBEY}</script><img src=x onerror={OBEY}>\"' onmouseover={OBEY}"
    " \u202eevil\u2066{{7*7}}"
)


def hostile(examination: Examination) -> Examination:
    """The article made by hand, with markup and characters that turn writing around wherever words of it are shown."""
    article = examination.article
    relations = [
        each._replace(verdict=each.verdict._replace(message_en=HOSTILE, message_zh=HOSTILE))
        for each in examination.relations
    ]
    figures = tuple(each._replace(metric=HOSTILE, scope=HOSTILE, scope_code="130000") for each in examination.figures)
    article = article._replace(
        article_id="one/hostile.txt", title=HOSTILE, publisher=HOSTILE, byline=HOSTILE,
        source=article.source + HOSTILE, text=article.text + HOSTILE,
    )  # fmt: skip
    return examination._replace(article=article, figures=figures, relations=tuple(relations))


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory, made_by_hand: Examination) -> Path:
    """The folder of a report on four articles: one fails, one holds, one says nothing, one is hostile."""
    settings = read_settings({"HENGSHUI_HOME": str(tmp_path_factory.mktemp("home"))})
    read = {"fails": FAILS, "holds": HOLDS, "nothing": NOTHING}
    examinations = [
        named(examine(text.encode(), source_path=f"one/{name}.txt"), f"one/{name}.txt") for name, text in read.items()
    ]
    load(settings, "one", *examinations, hostile(made_by_hand))
    return build_report(settings).page.parent


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(SWITCHES))
        yield browser
        browser.close()


Open = Callable[..., Page]


@pytest.fixture
def opened(browser: Browser, report: Path) -> Iterator[Open]:
    """Opens the first page in a language and follows its link to the list of the batch, then, if one is named, that of
    an article; in a browser with the given options."""
    complaints: list[str] = []
    contexts = []

    def open_page(language: Language, article: str | None = None, *, first: bool = False, **options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1200, "height": 800}, "offline": True, **options})
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (complaints.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("request", lambda request: complaints.append(request.url) if not ours(request.url) else None)
        page.goto((report / index_name(language)).as_uri())
        expect(page.locator("h1")).to_have_text(messages(language)("report.title"))
        if first:
            return page
        page.locator("table.batches").get_by_role("link", name="one", exact=True).click()
        expect(page.locator("h1")).to_have_text(list_title(messages(language)))
        if article is not None:
            page.locator("tbody a", has_text=TITLES[article]).click()
            expect(page.locator("h1")).to_contain_text(TITLES[article])
        return page

    def ours(url: str) -> bool:
        return url.startswith(report.as_uri()) and ".html" in url

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints


@pytest.fixture(params=LANGUAGES)
def say(request: pytest.FixtureRequest) -> Messages:
    return messages(request.param)


def list_title(say: Messages) -> str:
    """The headline of the list of the batch."""
    return f"{say('report.batch')} one"


def rows(page: Page) -> list[str]:
    """Which articles the list shows, by the names above, in the order of the page."""
    texts = page.locator("table.index tbody tr:visible").all_inner_texts()
    return [next(name for name, title in TITLES.items() if title in text) for text in texts]


def tip(page: Page) -> str:
    """What the one card that is to be seen says of a figure."""
    visible = page.locator(".tip:visible")
    expect(visible).to_have_count(1)
    return visible.inner_text()


def test_an_editor_finds_what_fails_and_why(opened: Open, say: Messages) -> None:
    page = opened(say.language, first=True)
    urgent = page.locator("table.urgent tbody tr")
    expect(urgent).to_have_count(2)
    urgent.get_by_role("link", name=TITLES["fails"]).click()
    expect(page.locator("h1")).to_contain_text(TITLES["fails"])
    page.get_by_role("link", name=say("report.home")).click()
    expect(page.locator("h1")).to_have_text(list_title(say))
    assert sorted(rows(page)[:2]) == ["fails", "hostile"], "articles with failures come first"
    page.get_by_role("link", name=TITLES["fails"]).click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN" if say.language == "zh" else "en")
    expect(page.locator(".summary")).to_have_text(say("report.summary_fails", failed=1, n=2))
    headings = page.locator("h2").all_inner_texts()
    assert headings[:2] == [say("report.failing"), say("report.article")], "failures first, then the article"
    check = page.locator("ol.checks > li").first
    for text in ("23.1亿元 ÷ 21.0亿元 − 1 = 10.0%", "1.0% → 10%", say("type.growth"), say("edit.point")):
        expect(check).to_contain_text(text)
    between = say("check.between", low="9.501%", high="10.502%")
    expect(check.get_by_text(between)).to_be_visible()
    expect(check.locator("mark.suspect")).to_have_text("1.0%")
    page.get_by_role("link", name=say("report.home")).click()
    expect(page.locator("table.index tbody tr")).to_have_count(4)
    page.get_by_role("link", name=say("report.all_batches")).click()
    expect(page.locator("h1")).to_have_text(say("report.title"))


def test_the_list_is_filtered(opened: Open, say: Messages) -> None:
    page = opened(say.language)
    shown = page.get_by_role("status")

    def choose(label: str, value: str) -> None:
        box = page.get_by_label(say(f"report.{label}"), exact=True)
        box.select_option(box.locator("option", has_text=re.compile(f"^{value}")).get_attribute("value"))

    assert len(rows(page)) == 4
    choose("status", say("report.holds"))
    assert rows(page) == ["holds"]
    expect(shown).to_have_text(f"1 / 4 {say('report.showing')}")
    choose("status", say("report.nothing_to_check"))
    assert rows(page) == ["nothing"]
    page.get_by_label(say("report.from"), exact=True).fill("2019-01-01")
    assert rows(page) == []
    expect(page.get_by_text(say("report.none"))).to_be_visible()
    page.get_by_role("button", name=say("report.reset")).click()
    expect(shown).to_have_text(f"4 / 4 {say('report.showing')}")
    page.get_by_label(say("report.from"), exact=True).fill("2019-09-01")
    page.get_by_label(say("report.to"), exact=True).fill("2019-10-16")
    assert sorted(rows(page)) == ["fails", "hostile"], "the last day is in"
    choose("region", "保定市")
    assert rows(page) == ["fails"]
    page.get_by_label(say("report.from"), exact=True).fill("2019-10-17")
    assert rows(page) == []


def test_a_figure_says_what_it_is_to_mouse_and_keyboard(opened: Open, say: Messages) -> None:
    page = opened(say.language, "fails")
    expect(page.locator(".tip:visible")).to_have_count(0)
    page.locator(".text .fig", has_text="716.7亿元").hover()
    said = tip(page)
    for text in (say("report.value"), "71\u202f670\u202f000\u202f000 元", say("report.metric"), "总投资", "保定市"):
        assert text in said
    page.mouse.move(2, 2)
    expect(page.locator(".tip:visible")).to_have_count(0)

    page.locator(".text .fig", has_text="23.1亿元").focus()
    assert "2019-01-01" in tip(page)
    assert "2019-09-30" in tip(page)
    page.keyboard.press("Tab")
    assert "21.0亿元" in tip(page)
    page.keyboard.press("Tab")
    said = tip(page)
    assert say("report.suspect") in said
    assert say("type.growth") in said, "its relations"
    page.keyboard.press("Escape")
    expect(page.locator(".tip:visible")).to_have_count(0)


def test_a_check_is_reached_from_its_figure_and_back(opened: Open, say: Messages) -> None:
    page = opened(say.language, "fails")
    page.locator(".text .fig.suspect").hover()
    page.locator(".tip:visible a").first.click()
    failing = page.locator("ol.checks > li").first
    expect(page).to_have_url(re.compile(f"#{failing.get_attribute('id')}$"))
    expect(failing).to_be_in_viewport()
    page.go_back()
    expect(page).to_have_url(re.compile(r"\.html$"))
    page.locator(".text .fig.suspect").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"#c\d+$"))
    failing.get_by_role("link", name="23.1亿元").click()
    figure = page.locator(".text .fig", has_text="23.1亿元")
    expect(page).to_have_url(re.compile(f"#{figure.get_attribute('id')}$"))
    expect(figure).to_be_in_viewport()


def test_everything_is_reached_by_keyboard(opened: Open) -> None:
    say = messages("zh")
    page = opened(say.language)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name=say("report.skip"))).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent").startswith(TITLES["fails"]):
            break
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text(TITLES["fails"])


def test_the_language_is_switched_where_one_is(opened: Open) -> None:
    say = messages("en")
    other = messages("zh")
    page = opened(say.language)
    page.get_by_role("link", name=say("report.other")).click()
    expect(page.locator("h1")).to_have_text(list_title(other))
    page.get_by_role("link", name=TITLES["holds"]).click()
    page.get_by_role("link", name=other("report.other")).click()
    expect(page.locator("h1")).to_contain_text(TITLES["holds"])
    expect(page.locator(".summary")).to_have_text(say("report.summary_holds", n=2))


def test_a_phone_shows_all_without_scrolling_sideways(opened: Open, say: Messages) -> None:
    width = 320  # the narrowest there is
    phone: dict[str, Any] = {"viewport": {"width": width, "height": 700}, "has_touch": True, "is_mobile": True}
    page = opened(say.language, first=True, **phone)

    def sideways() -> object:
        return page.evaluate(
            "[...document.querySelectorAll('body *')].filter(e => !e.closest('.skip, thead') && e.checkVisibility()"
            " && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 80))"
        )

    assert sideways() == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("table.batches").get_by_role("link", name="one", exact=True).tap()
    expect(page.locator("h1")).to_have_text(list_title(say))
    assert sideways() == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for article in TITLES:
        page.locator("tbody a", has_text=TITLES[article]).tap()
        expect(page.locator("h1")).to_contain_text(TITLES[article])
        assert sideways() == [], article
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        if article == "fails":
            page.locator(".text .fig.suspect").tap()
            assert say("report.suspect") in tip(page)
            box = page.locator(".tip:visible").bounding_box()
            assert box is not None
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width
            page.locator(".tip:visible a").first.tap()
            expect(page.locator("ol.checks > li").first).to_be_in_viewport()
        page.get_by_role("link", name=say("report.home")).tap()
        expect(page.locator("h1")).to_have_text(list_title(say))


OVERLAPPING = """[...document.querySelectorAll("svg.drawing")].flatMap(svg => {
  const texts = [...svg.querySelectorAll("text")].map(e => [e.textContent, e.getBoundingClientRect()]);
  return texts.flatMap(([a, one], i) => texts.slice(i + 1).filter(([, other]) =>
    one.left < other.right && other.left < one.right && one.top + 3 < other.bottom && other.top + 3 < one.bottom
  ).map(([b]) => a + " / " + b));
})"""
"""Which labels of a drawing lie on each other."""


def test_charts_are_to_be_seen(opened: Open) -> None:
    say = messages("en")
    page = opened(say.language, first=True)
    expect(page.get_by_role("img", name=say("report.chart_checks"))).to_be_visible()
    expect(page.get_by_role("img", name=say("report.chart_kinds"))).to_be_visible()
    assert page.evaluate(OVERLAPPING) == []
    page = opened(say.language, "holds")
    expect(page.locator("h1")).to_contain_text(TITLES["holds"])
    names = ("chart_total", "chart_mean", "chart_kinds")
    for name in names:
        bars = page.get_by_role("img", name=say(f"report.{name}"), exact=True)
        expect(bars).to_be_visible()
        seen = bars.locator(".series rect").evaluate_all("all => all.map(e => e.getBoundingClientRect().width)")
        assert len(seen) >= 2
        assert min(seen) > 2
    total = page.get_by_role("img", name=say("report.chart_total"), exact=True)
    small, large = sorted(
        total.locator(".series rect").evaluate_all("all => all.map(e => e.getBoundingClientRect().width)")
    )
    assert large / small == pytest.approx(6986.96 / 716.7, rel=0.01)
    share = page.get_by_role("img", name=re.compile(r"105.*10\.2%"))
    expect(share.locator(".serie-1 circle")).to_have_count(1034 - 1025 + 1)
    between = say("check.between", low="1\u202f025", high="1\u202f034")
    expect(page.get_by_role("link", name=between)).to_be_visible()
    outside = page.locator("svg.drawing text").evaluate_all(
        "all => all.filter(e => { const t = e.getBoundingClientRect(), c = e.closest('.chart').getBoundingClientRect();"
        " return t.left < c.left || t.right > c.right }).map(e => e.textContent)"
    )
    assert outside == []
    assert page.evaluate(OVERLAPPING) == []


def test_a_chart_has_the_colours_of_the_page(opened: Open) -> None:
    fills = {}
    for scheme in ("light", "dark"):
        page = opened("en", "holds", color_scheme=scheme)
        fill = "e => getComputedStyle(e).fill"
        bar = page.locator("svg.bars .series rect").first.evaluate(fill)
        words = page.locator("svg.bars text").first.evaluate(fill)
        fills[scheme] = (bar, words)
        assert words == page.locator("body").evaluate("e => getComputedStyle(e).color")
    assert fills["light"][0] != fills["dark"][0]
    page.emulate_media(media="print")
    assert page.locator("svg.bars .series rect").first.evaluate(fill) == fills["light"][0], "paper is white"


def test_it_prints(opened: Open) -> None:
    say = messages("zh")
    page = opened(say.language, "fails", color_scheme="dark")
    assert page.pdf(format="A4")[:5] == b"%PDF-"
    page.emulate_media(media="print")
    assert page.locator("body").evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(255, 255, 255)"
    for hidden in ("nav", ".tip", ".hint"):
        expect(page.locator(hidden).first).to_be_hidden()
    expect(page.locator("ol.checks > li").first).to_be_visible()
    expect(page.locator(".text")).to_be_visible()


def test_an_article_is_shown_and_never_obeyed(opened: Open) -> None:
    say = messages("zh")
    page = opened(say.language)
    for step in ("index", "article"):
        assert page.evaluate("document.documentElement.dataset.obeyed") is None, step
        assert page.evaluate("document.scripts.length") == 1
        assert page.locator("img:not(svg), iframe, object").count() == 0
        assert page.evaluate("[...document.querySelectorAll('*')].every(e => !e.onmouseover && !e.onerror)")
        shown = page.locator("body").inner_text()
        assert f"<script>{OBEY}</script>" in shown
        assert "⟨U+202E⟩evil⟨U+2066⟩{{7*7}}" in shown
        assert not re.search("[\u202e\u2066]", page.content())
        if step == "index":
            page.locator("tbody a", has_text=TITLES["hostile"]).click()
            expect(page.locator("h1")).to_contain_text(TITLES["hostile"])
    for figure in page.locator(".text .fig").all():
        figure.hover()
        assert HOSTILE.split("\u202e")[0] in tip(page)
    assert page.evaluate("document.documentElement.dataset.obeyed") is None


def test_without_scripts_all_can_be_read(opened: Open) -> None:
    say = messages("en")
    page = opened(say.language, java_script_enabled=False)
    expect(page.locator("#filters")).to_be_hidden()
    expect(page.locator("table.index tbody tr")).to_have_count(4)
    page.get_by_role("link", name=TITLES["fails"]).click()
    page.locator(".text .fig.suspect").hover()
    assert say("report.suspect") in tip(page)
