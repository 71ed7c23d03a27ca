"""What is counted, where a count's own clause says only how it fares (24个同比上升, 余下3个为轻旱).

Belongs here: the nouns that counts name, unit by unit, and who leans on them. Does not belong here: labels that name
what is counted themselves (levels.py).
"""

from __future__ import annotations

from hengshui_etl.figures.found import Quantity
from hengshui_etl.figures.labels import cleaned, joined
from hengshui_etl.figures.memory import Memory
from hengshui_etl.figures.statements import Statement
from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.vocab import alternatives, toml, words

_DATA = toml("predicates")["attributes"]
_SAID = lazy_pattern(rf"(?!{alternatives(_DATA['named'])})(?:{alternatives(_DATA['said'])})")
_SAID_LATER = lazy_pattern(
    rf"(?<=[^\W\d_a-zA-Z]{{2}})(?!{alternatives(_DATA['named'])})"
    rf"(?:{alternatives([word for word in words(_DATA['said']) if len(word) > 1])}|已|均|都|正|仍|尚|被)"
)
_CLAUSE = lazy_pattern(
    r"[^，,。；;：:！？（）()\n\d、]{1,24}(?:、(?![一二两三四五六七八九十])[^，,。；;：:！？（）()\n\d、]{2,24}){0,3}"
)
_ALREADY = lazy_pattern("^(?:已经|已|均|都)")
_OPEN = frozenset("，,。；;：:！？（）()、 \n")
_HANDLED = lazy_pattern(rf"^(?:年初|新|共)?(?:{alternatives(_DATA['handled'])})+(?=[^\W\d_a-zA-Z]{{2}})")
_BARE = frozenset(("其余", "剩余", "剩下", "余下", "其中", "尚有", "尚", "另外", "还有", "只有", "有", "当中"))
_MOST = 10


def told_of_counted(text: str, q: Quantity, s: Statement, memory: Memory, subject: str) -> str:
    """The phrase for the count `q` where the words behind it only say how the counted fare and nothing before it says
    what they are: with the noun that was counted last in its unit. Nothing elsewhere."""
    thing = memory.things.get(q.unit, "")
    if not thing or not s.behind or (subject and subject not in _BARE) or not _SAID.match(s.behind):
        return ""
    words_behind = _CLAUSE.match(text, q.till)
    said = words_behind.group() if words_behind else ""
    if not said or text[q.till + len(said) : q.till + len(said) + 1] not in _OPEN:
        return ""
    if thing[-2:] in said or said.endswith("的") or (said[0] in "为是属" and len(said) > 4):
        return ""
    rest = subject if subject in ("其余", "剩余", "剩下", "余下") else ""
    return f"{rest}{_ALREADY.sub('', said)}的{thing[-_MOST:]}"


def heed_counted(q: Quantity, s: Statement, metric: str, memory: Memory) -> None:
    """Bring the noun up to date that was counted last in the unit of the count `q` with the phrase `metric`."""
    if s.behind:
        if _SAID.match(s.behind):
            return
        later = _SAID_LATER.search(s.behind)
        noun = cleaned(s.behind[: later.start()] if later else s.behind)
    elif q.unit not in memory.things:
        noun = metric
    else:
        return
    noun = _HANDLED.sub("", noun[noun.rfind("的") + 1 :], count=1).rstrip("里中内")
    if len(noun) < 2:
        return
    before = memory.things.get(q.unit, "")
    if not before.endswith(noun):
        front = _HANDLED.sub("", cleaned(s.subject), count=1) if s.behind and len(noun) <= 4 else ""
        memory.things[q.unit] = joined(front, noun) if 2 <= len(front) <= 6 else noun
