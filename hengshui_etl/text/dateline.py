"""What the lines around a headline say: date, publisher, byline.

Belongs here: reading such a line. Does not belong here: deciding which line is one (article.py).
"""

from __future__ import annotations

from datetime import date

from hengshui_etl.patterns import lazy_pattern

# Characters of names, also those beyond the basic plane (赖𬭎): letters that are not Latin. A range of characters would
# take the engine a millisecond to compile, each time.
_HAN = r"[^\W\d_a-zA-Z]"
_NAME = f"(?:{_HAN}|·)"
FULL_DATE = lazy_pattern(
    r"(?<!\d)((?:19|20)\d\d)(?: ?年 ?(\d{1,2}) ?月 ?(\d{1,2}) ?[日号]|([-/.])(\d{1,2})\4(\d{1,2}))(?!\d)"
    r"|([一二][〇零○Ｏ九][〇零○Ｏ一二三四五六七八九]{2})年([正一二三四五六七八九十]{1,2})月([一二三四五六七八九十廿卅]{1,3})[日号]"
)
_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0, "Ｏ": 0, "正": 1}

_NAMES = f"{_NAME}{{2,4}}(?!{_HAN})(?:[ 、]{_NAME}{{2,4}}(?!{_HAN}|[:：/]))*"
_WRITERS = lazy_pattern(
    "(?:(?:本报|全媒体|见习|特约|实习){0,4}"
    "(?:记者|通讯员|实习生|(?:作者|撰稿人?|执笔|供稿|(?<![^\\W\\d_a-zA-Z])文)(?=[:：/ ]))"
    f"(?:[:：/] ?| )?{_NAMES}[ 、,，；]*+)+"
)
_LABEL = lazy_pattern("^(?:作者|撰稿人?|执笔|供稿|文)[:：] ?")
_CONTROL = lazy_pattern(
    " (?:评论|字号|字体|打印|分享|收藏|来源|编辑|责编|责任编辑|阅读|浏览|点击|时间|日期|发布|审核)$"
)
_END = lazy_pattern(
    f"[（(]((?:{_HAN}|[· ]){{2,40}}|[^（）()。，；]{{0,12}}(?:记者|通讯员|供稿|作者|文/)[^（）()。]{{0,60}})[）)]$"
)
_LEAD = lazy_pattern(
    f"^(?:{_NAME}{{2,16}}讯 ?|[^。，]{{0,24}}(?=[（(](?:本报)?(?:记者|通讯员)))[（(]([^（）()]{{2,60}})[）)]"
)
_SOURCE = lazy_pattern(
    "(?:来源|稿源|发布机构|发布单位|转自)[:：] ?([^ |:：【\\[（(）)、,，]{2,40})"
    f"|({_HAN}{{4,30}}?(?:局|委员会|委|厅|办公室|支行|调查队|中心|海关|政府))(?:供稿|发布)"
)
_NAME_BEFORE_DATE = lazy_pattern(
    f"^[（(【]?《?({_NAME}{{2,24}}?(?: {_NAME}{{4,30}})?)》?(?:全媒体|记者.*|通讯员.*|本报.*|供稿)?[ |]*$"
)
_OURSELVES = ("本报", "本网", "本站", "本台")
_OFFICE = lazy_pattern(
    f"(?:{_HAN}{{2,30}}(?:局|办公室|委员会|调查队|总站|中心|政府|支行|日报|晚报|报社|网)(?:[ 、]+|$))+$"
)
_PHOTO = lazy_pattern(
    f"{_HAN}{{2,4}} ?/ ?[摄图文](?:/[摄图文])?[)）]?$|(?:^| )[^ ，。]{{2,10}} 摄$|^(?:本报)?资料(?:图片|照片)$"
)

_PHOTO_MARK = lazy_pattern("[/摄料]")  # one of them stands in every credit


def date_in(text: str) -> date | None:
    """The first full date in `text` that the calendar knows."""
    for found in FULL_DATE.finditer(text):
        try:
            if found[7]:
                year = int("".join(str(_DIGITS[c]) for c in found[7]))
                return date(year, _small(found[8]), _small(found[9]))
            return date(int(found[1]), int(found[2] or found[5]), int(found[3] or found[6]))
        except (ValueError, KeyError):
            continue
    return None


def _small(text: str) -> int:
    """二十六 → 26, for months and days."""
    text = text.replace("廿", "二十").replace("卅", "三十")
    tens, ten, ones = text.partition("十")
    if not ten:
        return _DIGITS[text]
    return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)


def publisher_in(line: str) -> str | None:
    """Who published: behind a label, or the name before the date."""
    found = _SOURCE.search(line)
    if found:
        return found[1] or found[2]
    dated = FULL_DATE.search(line)
    if dated:
        name = _NAME_BEFORE_DATE.match(line[: dated.start()])
        return name[1] if name and name[1] not in _OURSELVES else None
    return line.strip() if is_office(line) else None


def byline_in(line: str) -> str | None:
    """Who wrote, from a line of labels: `作者：海日罕` → 海日罕, `记者 甲 通讯员 乙` as it stands."""
    found = _WRITERS.search(line)
    if found is None or is_photo_credit(line):
        return None
    names = found[0].strip(" 、,，；")
    while _CONTROL.search(names):
        names = _CONTROL.sub("", names)
    return _LABEL.sub("", names)


def byline_at_lead(paragraph: str) -> str | None:
    """`本报讯（记者刘晓燕）…` → 记者刘晓燕."""
    found = _LEAD.match(paragraph[:100])
    return found[1] if found else None


def byline_at_end(paragraph: str) -> str | None:
    """`…完成。(徐秀丽 慕泽园)` → 徐秀丽 慕泽园."""
    if paragraph[-1:] not in ("）", ")"):
        return None
    found = _END.search(paragraph, max(0, len(paragraph) - 80))
    return found[1] if found else None


def is_office(line: str) -> bool:
    """`广元市统计局 领导小组办公室`: a line of names of offices or papers."""
    return len(line) <= 60 and _OFFICE.match(line) is not None


def is_photo_credit(line: str) -> bool:
    """`新闻发布会现场 高云霄/摄`."""
    return len(line) <= 60 and _PHOTO_MARK.search(line) is not None and _PHOTO.search(line) is not None
