"""Pages as these sites build them: what a reader sees comes out in order, the rest of the page does not."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengshui_etl.text import Unreadable, read_article
from hengshui_etl.text.page import looks_like_page, page_text

LAYOUT_TABLES = """<html><head><title>某市2021年经济运行情况_某市人民政府</title><style>td{}</style>
</head><body><div id="header"><ul class="nav"><li><a href=/>首页</a></li><li><a href=/b>互动交流</a></li></ul></div>
<table width=1000><tr><td width=200 valign=top><table><tr><td><a href=1>通知公告</a></td></tr>
<tr><td><a href=2>我市5家企业入选</a></td></tr><tr><td><a href=3>全市完成投资30亿元</a></td></tr></table></td>
<td><table><tr><td>当前位置：<a href=/>首页</a>&gt;&gt;<a href=/tj>统计信息</a></td></tr>
<tr><td align=center><b>某市2021年经济运行情况</b></td></tr>
<tr><td>发布时间：2022年01月20日 来源：市统计局 点击数：<script>write(88)</script>88 【<a>打印</a>】</td></tr>
<tr><td><div id=zoom>&emsp;&emsp;2021年，全市生产总值1234.5亿元，同比增长8.1%。<br><br>
&emsp;&emsp;第一产业增加值100.2亿元；<br>
&nbsp;&nbsp;第二产业增加值500.1亿元。
<table border=1><caption>主要指标</caption><thead><tr><th rowspan=2>指标</th><th colspan=2>1-12月</th></tr>
<tr><th>总量</th><th>增长<br>（%）</th></tr></thead>
<tr><td><p class=M><span>规上工业</span></p></td><td><p><span>45</span><span>.6</span></p></td>
<td>9.<i>7</i></td></tr>
<tr><td>出口</td><td>12.3</td><td>-4.2</td></tr></table>
<p style="DISPLAY: none">隐藏的数字999亿元</p><p hidden>另888</p><noscript>777家</noscript></div></td></tr></table>
</td></tr></table>
<div class="relate"><h3>相关新闻</h3>
<ul><li><a>去年完成投资99.9亿元</a></li><li><a>新增77家</a></li><li><a>增长6%</a></li></ul></div>
<div class=foot><p>版权所有：某市人民政府</p><p>京ICP备05012345号 网站标识码1101010001</p></div></body></html>"""


def test_layout_tables_dissolve_and_data_tables_stay() -> None:
    assert page_text(LAYOUT_TABLES).text.split("\n") == [
        "当前位置：首页>>统计信息",
        "某市2021年经济运行情况",
        "发布时间：2022年01月20日 来源：市统计局 点击数：88 【打印】",
        "2021年，全市生产总值1234.5亿元，同比增长8.1%。",
        "第一产业增加值100.2亿元；",
        "第二产业增加值500.1亿元。",
        "主要指标",
        "指标\t1-12月\t",
        "\t总量\t增长（%）",
        "规上工业\t45.6\t9.7",
        "出口\t12.3\t-4.2",
        "相关新闻",
    ]


def test_article_of_a_page() -> None:
    article = read_article(LAYOUT_TABLES.encode(), source_path="a/b.html")
    assert (article.article_id, article.media, article.title) == ("b", "html", "某市2021年经济运行情况")
    assert (str(article.published_on), article.publisher) == ("2022-01-20", "市统计局")
    kinds = [block.kind for block in article.blocks]
    assert kinds == ["furniture", "title", "info", *["paragraph"] * 4, "table", "furniture"]
    table = article.blocks[-2]
    rows = [[article.text[a:b] for a, b in row] for row in table.rows]
    assert rows[0] == ["指标", "1-12月", ""]
    assert rows[1] == ["", "总量", "增长（%）"]
    assert rows[3] == ["出口", "12.3", "-4.2"]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>PM<sub>2.5</sub>为10<sup>4</sup>吨</p>", "PM2.5为10⁴吨"),
        ("<p>12.3<b>亿元</b></p><p>4</p>", "12.3亿元\n4"),
        ("<p>一<br/>二</p>", "一\n二"),
        ("<ul><li>工业：1个；</li><li>农业：2个。</li></ul>", "工业：1个；\n农业：2个。"),
        ("<p>投资&nbsp;5&lt;6&#19975;&amp;</p>", "投资\u00a05<6万&"),
        ("<div class=nav><a>一</a><a>二</a></div><p>正文。</p>", "正文。"),
        ("<div class=nav>有句子。</div>", "有句子。"),
        ("<aside>热点3</aside><footer>电话1</footer><p>正文</p>", "正文"),
        ("<form><p>正文5个。</p></form>", "正文5个。"),
        ("<header><h1>标题5</h1></header>", "标题5"),
        ("<table><tr><td>只有一列</td></tr><tr><td>两行</td></tr></table>", "只有一列\n两行"),
        ("<table><tr><td>甲<td>1<tr><td>乙<td></table>", "甲\t1\n乙\t"),
        ("<table><tr><td rowspan=2>甲<td>1<tr><td>2</table>", "甲\t1\n\t2"),
        ("<p><a>工业</a>5个、<a>农业</a>6个、<a>服务业</a>7个</p>", "工业5个、农业6个、服务业7个"),
        ("<p>一</p><!-- 99亿元 --><select><option>5</select><p>二</p>", "一\n二"),
    ],
)
def test_markup(markup: str, text: str) -> None:
    assert page_text(f"<html><body>{markup}</body></html>").text == text


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("<!DOCTYPE html><p>5", True),
        ("\n <HTML>", True),
        ("<div class='a'>5</div>", True),
        ("<?xml version='1.0'?><html>", True),
        ("5 < 6 <p>", False),
        ("《条例》<b>", False),
        ("<本报讯> 5个", False),
    ],
)
def test_looks_like_page(text: str, page: bool) -> None:
    assert looks_like_page(text) is page


PIECES = ["<div>", "</div>", "<table>", "<tr>", "<td>", "</table>", "<a>", "</a>", "<p>", "5个", "。"]


@given(st.lists(st.sampled_from(PIECES)))
def test_any_nesting_of_tags(pieces: list[str]) -> None:
    markup = "<html>" + "".join(pieces)
    text = page_text(markup).text
    assert "<" not in text


@pytest.mark.parametrize("piece", ["<div>", "<table><tr><td>", "<div class=nav><a>1", "<dd><h1>", "<p><b>"])
def test_depth_is_bounded(piece: str) -> None:
    def seconds(times: int) -> float:
        data = ("<html><body>" + piece * times + "5个。").encode()
        start = time.process_time()
        with contextlib.suppress(Unreadable):
            read_article(data, source_path="a.html")
        return time.process_time() - start

    seconds(100)
    assert seconds(16_000) < 12 * seconds(4_000) + 0.2
