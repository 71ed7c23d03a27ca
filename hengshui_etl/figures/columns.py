"""What a table's caption, column heads and row labels say of its cells: what they measure, and of which days.

Belongs here: reading labels. Does not belong here: cutting a table into cells, their units and signs (grids.py),
regions in row labels (scope.py), calendar (periods.py), sentences (metrics.py, dating.py).
"""

from __future__ import annotations

from datetime import date

from hengshui_etl.figures.dating import Dating
from hengshui_etl.figures.grids import Cell
from hengshui_etl.figures.labels import cleaned
from hengshui_etl.figures.periods import Moment, moment_of, previous_year, whole_year
from hengshui_etl.figures.quantities import Reader
from hengshui_etl.figures.scope import row_place
from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.records import Period
from hengshui_etl.vocab import alternatives, toml

_PLAN = lazy_pattern(alternatives(toml("predicates")["plans"]["words"]))
_PLANNED = lazy_pattern("计划|预算|目标")
_CAPTION = lazy_pattern(
    r"^(?:表\d*\s*)?(?:20\d\d年)?(?:上半年|下半年|[一二三四前]?三?季度|[\d—-]{1,5}月份?)?(?:[^，]{2,5}[省市县区州])?([^，]{4,20}?)(?:完成|执行)?情况(?:统计)?表?(?=\s|$)"
)
_UNITS = lazy_pattern(r"[（(]?(?:计量)?单位[：:][^，。]*$|(?:情况)?(?:如下表?|见下表)[：:]?$")
_OF_ALL = lazy_pattern(
    r"^(?:20\d\d年)?(?:全[市县区省州])?各(?:[县市区](?:[（(][^）)]{1,8}[）)])|设区市|地级市|市州|县市区|县区|区县|市县|县市|地市|地区|省份|省市|乡镇|镇街|街道"
    r"|学段|行业|产业|部门|板块|园区|口岸|港口|县|市|区|镇)(?:[（(]\D{1,8}[）)])?(?=[^\W\d_a-zA-Z]{3})"
)
"""How a caption begins whose columns are nothing but times and changes of what it names behind it."""
_BARE = lazy_pattern(
    r"(?:20\d\d年度?|[上本]年|上年同期|全年|上半年|下半年|第?[一二三四]季度|前三季度|\d{1,2}(?:[-—–]\d{1,2})?月份?|本期|同期|累计)?"
    r"(?:(?:比?上年|同比|环比|较上年)?(?:增长|增减|增速|增幅|升降|涨跌)?(?:率|幅度?)?)?"
)
_OF_EACH = lazy_pattern("各[^\\W\\d_a-zA-Z]{1,4}")
"""A table of each of several says in its columns what it tells of them (各县市接待情况)."""
_AT_END = lazy_pattern(r"期末|年末|月末|季末|余额|存量|保有量")
_YEAR_COLUMN = lazy_pattern(r"^20\d\d年(?=$|占|同比|比)")
_YEAR_ROW = lazy_pattern(r"(?:19|20)\d\d年?度?$")
_OWN_TIME = lazy_pattern(r"^(?:本年|本期|今年)?(?:\d{1,2}[—-])?\d{1,2}月(?:份|末|底)?$|^本年[\d—-]*月?$")
_CHANGED = lazy_pattern(
    r"(?:比?上?[去上]?年?同期|同比|环比|比上年|较上年|比去年|±)?(?:增长|增减|增速|增幅|升降|涨跌|±)(?:率|幅度?|%|％)?"
)
_CHANGE_COLUMN = lazy_pattern(r"增减|同比|增长|增速|增幅|涨幅|变动")


def caption_core(caption: str) -> str:
    """What a caption says that its table is about, or nothing where the line before the table is no caption."""
    line = caption.strip().rsplit("\n", 1)[-1]
    line = _UNITS.sub("", line)
    if len(line) > 40 or "。" in line:
        return ""
    match = _CAPTION.search(line)
    core = cleaned(match[1]) if match else ""
    return "" if _OF_EACH.search(core) else core


def _of_all(caption: str, cells: list[Cell]) -> str:
    """What a caption says that all columns tell of each row (各县区地区生产总值), where they name nothing but times and
    changes."""
    line = _UNITS.sub("", caption.strip().rsplit("\n", 1)[-1])
    lead = _OF_ALL.match(line) if len(line) <= 40 else None
    if lead is None or not all(_BARE.fullmatch(cell.column_label) for cell in cells):
        return ""
    core = cleaned(_CORE_END.sub("", line[lead.end() :]))
    return core if len(core) <= 20 and not any(c in core for c in "，。；和") else ""


_CORE_END = lazy_pattern("(?:完成|执行)?(?:情况)?(?:统计)?表?$")


class Labels:
    """What the labels of one table say of its `cells`; `caption` stands before it, `near` is the article's place, and
    `times` what the sentences before it were dated by."""

    def __init__(self, cells: list[Cell], caption: str, near: str | None, published: date | None, times: Dating):
        self.each = _of_all(caption, cells)
        self.core = self.each or caption_core(caption)
        self.first = cells[0].column_label if cells else ""
        self.near = near
        self.published = published
        self.times = times
        self.told = times.moment or times.default
        self.bearers = _changed_columns(cells)
        self.columns = self._times_of_columns(cells)
        self.rows = _years_of_rows(cells)

    def metric_of(self, cell: Cell) -> str:
        """Row and column of a cell as a phrase, with what the caption says that the table is about where they lack
        it."""
        column = _OWN_TIME.sub("", cell.column_label) if cell.row_label else cell.column_label
        first, core, bearer = self.first, self.core, self.bearers.get(cell.column, "")
        if cell.row_label and bearer and bearer not in column and not _moment_in(bearer, self.published, None):
            column = f"{bearer}{column}"
        if cell.row_label and core and (year := _YEAR_COLUMN.match(column)):
            column = column[year.end() :] or core
            first = _YEAR_COLUMN.sub("", first) or core
        if column in ("占比", "比重", "占全市比重") and first != cell.column_label:
            column = f"占{first}"
        if (
            core
            and core not in column
            and (self.each or cell.total or row_place(cell.row_label, self.near) is not None)
        ):
            return f"{cell.row_label}{core}{column}"
        return f"{cell.row_label}{column}"

    def period_of(self, cell: Cell) -> Period | None:
        """The days that a cell speaks of: those of its column or row, else those told before the table."""
        told = self.told
        period = told.period if told else None
        if told is not None and "完成" in cell.column_label:
            period = self.times.so_far_of(told)
        if told is not None and _AT_END.search(cell.column_label):
            period = Period(None, told.period.last)
        if cell.column in self.columns:
            period = self.columns[cell.column]
        period = self.rows.get(cell.row, period)
        for label in (cell.column_label, cell.row_label):
            moment = _moment_in(label, self.published, self.times.year)
            if moment is not None:
                shifted = label.endswith("同期") and told is not None
                period = previous_year(told.period) if shifted and told is not None else moment.period
                if moment.whole_year and told is not None and not told.whole_year:
                    period = _in_year(told.period, moment.period) or period
        if _PLAN.search(cell.column_label) or (_PLANNED.search(cell.column_label) and "完成" not in cell.column_label):
            period = whole_year(period, self.published)
        return period

    def _times_of_columns(self, cells: list[Cell]) -> dict[int, Period]:
        """The periods of columns of changes behind those of their span (7—9月, 上年7—9月, 增减; 1—9月, …)."""
        labels = {cell.column: cell.column_label for cell in cells}
        led: Period | None = None
        spans: set[Period] = set()
        found: dict[int, Period] = {}
        for column in sorted(labels):
            moment = _moment_in(labels[column], self.published, self.times.year)
            if moment is None:
                if led is not None and _CHANGE_COLUMN.search(labels[column]):
                    found[column] = led
            elif not labels[column].startswith(("上年", "去年")) and not _is_year_before(moment.period, led):
                led = moment.period
                spans.add(led)
        return found if len(spans) > 1 else {}


def _changed_columns(cells: list[Cell]) -> dict[int, str]:
    """The columns that say only how the one before them changed, where there are several such (游客, 同比增长, 收入,
    同比增长), each with the label of the column that it is of."""
    labels = {cell.column: cell.column_label for cell in cells}
    changed: dict[int, str] = {}
    bearer = ""
    for column in sorted(labels):
        if _CHANGED.fullmatch(labels[column]):
            if bearer:
                changed[column] = bearer
        else:
            bearer = labels[column]
    return changed if len(set(changed.values())) > 1 else {}


def _is_year_before(period: Period, led: Period | None) -> bool:
    """Whether a column is of the same days of an earlier year than that before it (2023年, 2022年, 增长)."""
    if led is None or led.last is None or period.last is None or period.last >= led.last:
        return False
    return (period.last.month, period.last.day) == (led.last.month, led.last.day)


def _years_of_rows(cells: list[Cell]) -> dict[int, Period]:
    """The years that label the rows of a table (2014, 2015, …), and that of their sum for its total; none where other
    rows stand among them."""
    labels = {cell.row: cell.row_label for cell in cells}
    years = {row: int(label[:4]) for row, label in labels.items() if _YEAR_ROW.match(label)}
    totals = {cell.row for cell in cells if cell.total or cell.row_label in ("累计", "合计", "总计")}
    if len(years) < 2 or set(labels) - set(years) - totals:
        return {}
    found = {row: Period(date(year, 1, 1), date(year, 12, 31)) for row, year in years.items()}
    together = Period(date(min(years.values()), 1, 1), date(max(years.values()), 12, 31))
    return {**dict.fromkeys(totals, together), **found}


def _in_year(span: Period, year: Period) -> Period | None:
    """The same days of the year before, or the span itself, where a column names a year and the table a part of one."""
    if span.first is None or span.last is None or year.last is None or span.first.year != span.last.year:
        return None
    for _ in range(max(0, min(span.last.year - year.last.year, 30))):
        span = previous_year(span)
    return span if span.last is not None and span.last.year == year.last.year else None


def _moment_in(label: str, published: date | None, year: int | None) -> Moment | None:
    """The first time that a label names, unless it is only compared with."""
    if not label or not any(c in label for c in "年月季"):
        return None
    reader = Reader(label)
    reader.read(0, len(label))
    for time in reader.times:
        if label[: time.at].endswith(("比", "较")):
            continue
        moment = moment_of(time.text, published, year)
        if moment is not None:
            return moment
    return None
