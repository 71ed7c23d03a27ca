"""Many articles made from few: the practice articles, varied until no two are the same. Imported by the other programs
of this folder; by itself it writes files:

    python benchmarks/varied.py FOLDER 10000                       files of 10 000 articles, and how alike they are
    python benchmarks/varied.py FOLDER 10000 --kinds jsonl.zst     parquet, warc.gz

An article is made of the paragraphs of two to four practice articles, about 2 000 characters together. All amounts of
one practice article that stand in labelled relations are multiplied by the same whole number, so that its sums, shares,
rates and averages hold (or fail) as before; numbers that stand in no relation become others. Years and days are
shifted, places and common words exchanged for others, paragraphs put into another order; one amount in 200 is spoilt
(the practice articles hold planted errors besides: these articles accuse more than real ones do), and into one article
in three a few damaged characters are put. The same seed gives the same articles, whatever the number of processes.

Belongs here: making texts, writing them, measuring how alike they are. Does not belong here: examining them.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import re
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

PRACTICE = ROOT / "tests" / "golden" / "practice"
KINDS = ("jsonl.zst", "parquet", "warc.gz")
LENGTH = 2000
"""Characters of an article, on average; they are between four and six fifths of that."""

PER_FILE = 10_000
SPOILT, DAMAGED = 0.005, 0.33
LARGEST_FACTOR = 499
_RATIOS = {"percent", "percentage_point", "rank", "multiple"}
_OF_LEVELS = {"sum", "part_of", "remainder", "difference", "growth", "restatement", "threshold", "conversion"}
"""Relations of which all amounts are multiplied, or none."""

WORDS = (
    "农业 工业 商业 林业 渔业 服务业 建筑业 旅游业", "小麦 玉米 棉花 大豆 花生 水稻 油菜 蔬菜 水果", "企业 公司 厂家",
    "群众 居民 村民 市民", "建设 推进 实施 开展", "发展 提升 改善 增长点", "部门 单位 机构", "记者 笔者",
    "介绍 表示 透露 说明", "进一步 持续 不断 着力", "加快 加强 促进 推动", "质量 水平 效益 效率",
    "教育 医疗 文化 体育 养老", "公路 铁路 桥梁 隧道", "道路 街道 管网 河道", "生产 制造 加工", "销售 经营 流通",
    "资金 经费 款项", "技术 工艺 科技", "产品 商品 货物", "城市 城镇 县城", "改造 整治 修缮 更新", "重点 主要 关键",
    "稳定 平稳 较快", "完善 健全 优化", "政策 措施 办法", "培训 宣传 指导", "贫困 困难 低收入", "干部 职工 党员 人员",
    "学校 医院 图书馆 体育馆", "环境 生态 水源", "电商 物流 快递", "市场 园区 基地 集市", "能力 实力 活力",
    "明确 提出 要求 指出", "全面 深入 扎实", "目前 现在 眼下", "同时 此外 另外", "新增 增添", "工程 工作 行动",
    "安全 消防 应急", "监督 管理 检查",
)  # fmt: skip
"""Words that stand in for each other: one practice article takes others of each group, the same throughout."""

_RUN = re.compile(r"[0-9０-９]+(?:[.．][0-9０-９]+)?")
_WIDE = str.maketrans("0123456789.", "０１２３４５６７８９．")
_YEAR = re.compile(r"(?<![\d.])(?:19|20)\d\d(?=[年/.-])")
_DAY = re.compile(r"(?<=月)([1-9]|[12]\d)(?=日)")
_SENTENCE = re.compile(r"[^。\n]+。?")
_DAMAGE = (" ", "　", "\ufffd", "?", "&nbsp;", "\u200b", "、、")


class Amount(NamedTuple):
    """A printed number: its digits as a whole number, how many of them are decimals, whether it is free to become
    any other (otherwise it is multiplied), and whether it is printed in wide characters."""

    digits: int
    places: int
    free: bool
    wide: bool


class Place(NamedTuple):
    """A name of a division: the number of the place in its article, and whether it stands in its short form."""

    number: int
    short: bool


class Shifted(NamedTuple):
    """A year, or a day of a month."""

    number: int
    is_year: bool


class Word(NamedTuple):
    """A word of a group, or what it is in traditional characters."""

    group: int
    index: int
    traditional: bool


Part = str | Amount | Place | Shifted | Word


class Template(NamedTuple):
    """A practice article taken apart: its head (title, dateline and furniture), its paragraphs, and how many places it
    names at each level."""

    name: str
    head: list[Part]
    paragraphs: list[list[Part]]
    places: list[str]


def article_texts(seed: int, first: int, count: int) -> Iterator[tuple[str, str]]:
    """Title and text of `count` articles, from number `first` on."""
    for number in range(first, first + count):
        yield _article(Random(f"{seed} {number}"))


def _article(chance: Random) -> tuple[str, str]:
    wanted = chance.randint(LENGTH * 4 // 5, LENGTH * 6 // 5)
    pieces: list[str] = []
    size, title = 0, ""
    while size < wanted:
        template = chance.choice(_templates())
        values = _Values(chance, template)
        paragraphs = [values.written(parts) for parts in template.paragraphs]
        if chance.random() < 0.5:
            chance.shuffle(paragraphs)
        if not pieces:
            head = values.written(template.head)
            title = head.split("\n", 1)[0]
            pieces.append(head)
            size += len(head)
        for paragraph in paragraphs:
            if size >= wanted:
                break
            if size + len(paragraph) > wanted + 100:
                end = paragraph.rfind("。", 0, wanted - size + 60) + 1
                paragraph = paragraph[:end]
                size = size if end else wanted
            if paragraph:
                pieces.append(paragraph)
                size += len(paragraph) + 1
    text = "\n".join(pieces)
    return title, _damaged(text, chance) if chance.random() < DAMAGED else text


class _Values:
    """What stands in the places of a template in one article."""

    def __init__(self, chance: Random, template: Template) -> None:
        self._chance = chance
        self._factor = chance.randint(1, LARGEST_FACTOR)
        self._shift, self._days = chance.randint(-9, 3), chance.randint(0, 27)
        self._words = [chance.randrange(len(group)) for group in _words()[0]]
        others = _divisions()
        self._places = [chance.choice(others[level]) for level in template.places]

    def written(self, parts: Sequence[Part]) -> str:
        """These parts as text."""
        out = []
        for part in parts:
            if isinstance(part, str):
                out.append(part)
            elif isinstance(part, Amount):
                if part.free:
                    low = 10 ** (len(str(part.digits)) - 1)
                    digits = self._chance.randrange(low, 10 * low)
                else:
                    digits = part.digits * self._factor
                    if self._chance.random() < SPOILT:
                        digits += self._chance.choice((-1, 1, 9, 10))
                text = str(abs(digits)).rjust(part.places + 1, "0")
                text = f"{text[: -part.places]}.{text[-part.places :]}" if part.places else text
                out.append(text.translate(_WIDE) if part.wide else text)
            elif isinstance(part, Place):
                out.append(self._places[part.number][part.short])
            elif isinstance(part, Word):
                group = _words()[part.traditional][part.group]
                out.append(group[(part.index + self._words[part.group]) % len(group)])
            elif part.is_year:
                out.append(str(part.number + self._shift))
            else:
                out.append(str((part.number + self._days) % 28 + 1))
        return "".join(out)


def _damaged(text: str, chance: Random) -> str:
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(text))
        text = f"{text[:at]}{chance.choice(_DAMAGE)}{text[at:]}"
    return text


@cache
def _divisions() -> dict[str, list[tuple[str, str]]]:
    """Full and short names of the divisions of each level."""
    from hengshui_etl.vocab import regions

    found: dict[str, list[tuple[str, str]]] = {}
    for region in regions():
        found.setdefault(region.level, []).append((region.name, region.short or region.name))
    return found


@cache
def _templates() -> list[Template]:
    files = sorted(path for path in PRACTICE.iterdir() if path.suffix == ".txt")
    return [_template(path) for path in files]


def _template(path: Path) -> Template:
    gold = json.loads((PRACTICE / f"{path.name.split('.')[0]}.gold.json").read_text("utf-8"))
    data = path.read_bytes()
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = data.decode("gb18030")
    found: dict[tuple[int, int], Part] = {m.span(): Shifted(int(m[0]), True) for m in _YEAR.finditer(text)}
    found |= {m.span(): Shifted(int(m[0]), False) for m in _DAY.finditer(text)}
    for figure, free in _varied(gold):
        at = -1
        for _ in range(figure.get("nth", 1)):
            at = text.find(figure["text"], at + 1)
        for m in _RUN.finditer(figure["text"]) if at >= 0 else ():
            whole, _, decimals = m[0].replace("．", ".").partition(".")
            amount = Amount(int(whole + decimals), len(decimals), free, not whole.isascii())
            found[at + m.start(), at + m.end()] = amount
    places: list[str] = []
    found |= _places_in(text, places) | _words_in(text)
    paragraphs: list[list[Part]] = []
    head: list[Part] = []
    at, in_head = 0, True
    for line in text.splitlines(keepends=True):
        parts = _parts(text, at, at + len(line.rstrip()), found)
        at += len(line)
        in_head = in_head and len(line) < 60
        if in_head:
            head += [*parts, "\n"]
        elif parts and len(line) >= 20:
            paragraphs.append(parts)
    return Template(path.name, head[:-1], paragraphs, places)


def _varied(gold: dict[str, Any]) -> list[tuple[dict[str, Any], bool]]:
    """The labelled figures that become others, and whether freely: those in no relation do; of the rest no ratio is
    multiplied, no average, and nothing that is compared with one."""
    known = {figure["id"]: figure for figure in gold["figures"]}
    fixed = {name for name, figure in known.items() if figure["kind"] in _RATIOS}
    averages: set[str] = set()
    for relation in gold["relations"]:
        if relation["type"] == "average":
            averages.add(relation["operands"][-1])
        elif relation["type"] == "enumeration":
            averages.update(relation["operands"])
    for _ in known:
        before = len(averages)
        for relation in gold["relations"]:
            levels = {each for each in relation["operands"] if each not in fixed}
            if relation["type"] in _OF_LEVELS and levels & averages:
                averages |= levels
        if len(averages) == before:
            break
    bound = {each for relation in gold["relations"] for each in relation["operands"]}
    fixed = (fixed | averages) & bound
    return [(figure, name not in bound) for name, figure in known.items() if name not in fixed]


@cache
def _words() -> tuple[list[list[str]], list[list[str]]]:
    """The groups of words, in simplified and in traditional characters."""
    from opencc import OpenCC  # type: ignore[import-untyped]

    traditional = OpenCC("s2t").convert
    return [group.split() for group in WORDS], [traditional(group).split() for group in WORDS]


def _words_in(text: str) -> dict[tuple[int, int], Part]:
    traditional = "億" in text or "項" in text
    groups = enumerate(_words()[traditional])
    known: dict[str, Part] = {
        word: Word(number, index, traditional) for number, group in groups for index, word in enumerate(group)
    }
    pattern = re.compile("|".join(sorted(known, key=len, reverse=True)))
    return {m.span(): known[m[0]] for m in pattern.finditer(text)}


def _places_in(text: str, places: list[str]) -> dict[tuple[int, int], Part]:
    """Where divisions are named that stand in the text with their full name; their levels are added to `places`."""
    from hengshui_etl.vocab import regions

    names: dict[str, Place] = {}
    for region in regions():
        if region.level == "province" or len(region.name) < 3 or region.name not in text or region.name in names:
            continue
        names[region.name] = Place(len(places), False)
        if region.short and len(region.short) > 1:
            names.setdefault(region.short, Place(len(places), True))
        places.append(region.level)
    if not names:
        return {}
    pattern = re.compile("|".join(sorted(map(re.escape, names), key=len, reverse=True)))
    return {m.span(): names[m[0]] for m in pattern.finditer(text)}


def _parts(text: str, start: int, end: int, found: dict[tuple[int, int], Part]) -> list[Part]:
    """The stretch as text and what may be varied in it."""
    parts: list[Part] = []
    at = start
    for (first, last), part in sorted(found.items(), key=lambda item: item[0]):
        if at <= first and last <= end:
            if at < first:
                parts.append(text[at:first])
            parts.append(part)
            at = last
    if at < end:
        parts.append(text[at:end])
    return parts


Article = tuple[int, str, str]


def _lines(path: Path, articles: Iterable[Article]) -> None:
    import pyarrow as pa  # type: ignore[import-untyped]

    with pa.CompressedOutputStream(str(path), "zstd") as stream:
        for number, _, text in articles:
            record = {"id": f"v{number}", "text": text, "url": f"https://example.org/{number}.html"}
            stream.write(json.dumps(record, ensure_ascii=False).encode() + b"\n")


def _columns(path: Path, articles: Iterable[Article]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq  # type: ignore[import-untyped]

    schema = pa.schema([(name, pa.string()) for name in ("id", "text", "url")])
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        rows: list[dict[str, str]] = []
        for number, _, text in articles:
            rows.append({"id": f"v{number}", "text": text, "url": f"https://example.org/{number}.html"})
            if len(rows) == 500:
                writer.write_batch(pa.RecordBatch.from_pylist(rows, schema))
                rows = []
        if rows:
            writer.write_batch(pa.RecordBatch.from_pylist(rows, schema))


def _crawl(path: Path, articles: Iterable[Article]) -> None:
    from html import escape

    from warcio.statusandheaders import StatusAndHeaders  # type: ignore[import-untyped]
    from warcio.warcwriter import WARCWriter  # type: ignore[import-untyped]

    with path.open("wb") as stream:
        writer = WARCWriter(stream, gzip=True)
        for number, title, text in articles:
            body = "".join(f"<p>{escape(line)}</p>\n" for line in text.split("\n")[1:])
            page = (
                f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>{escape(title)}</title></head>\n'
                f'<body><div class="nav"><a href="/">首页</a></div>\n<h1>{escape(title)}</h1>\n'
                f'<div class="content">{body}</div><div class="foot">版权所有</div></body></html>\n'
            )
            headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
            record = writer.create_warc_record(
                f"https://example.org/{number}.html", "response", payload=io.BytesIO(page.encode()),
                http_headers=headers, warc_headers_dict={"WARC-Record-ID": f"<urn:varied:{number}>"},
            )  # fmt: skip
            writer.write_record(record)


WRITERS: dict[str, Callable[[Path, Iterable[Article]], None]] = {
    "jsonl.zst": _lines,
    "parquet": _columns,
    "warc.gz": _crawl,
}


class Likeness(NamedTuple):
    """How alike the articles are: sentences and runs of 13 characters, all and different ones. Of all articles a fixed
    share of the different sentences is counted, those whose hash ends in eight zero bits; of runs, those of every
    fiftieth article."""

    articles: int
    characters: int
    sentences: int
    kept_sentences: frozenset[int]
    runs: int
    kept_runs: frozenset[int]

    def with_others(self, other: Likeness) -> Likeness:
        """Both together."""
        numbers = [a + b for a, b in zip(self[:3], other[:3], strict=True)]  # type: ignore[operator]
        sentences, runs = self.kept_sentences | other.kept_sentences, self.kept_runs | other.kept_runs
        return Likeness(numbers[0], numbers[1], numbers[2], sentences, self.runs + other.runs, runs)

    def told(self) -> str:
        """In words."""
        sentences = 100 * len(self.kept_sentences) / max(1, self.sentences)
        runs = 100 * len(self.kept_runs) / max(1, self.runs)
        return (
            f"{self.articles:,} articles of {self.characters / max(1, self.articles):.0f} characters on average;"
            f" different sentences: {sentences:.1f} % of all; different runs of 13 characters: {runs:.1f} %"
            " (of every 50th article)"
        )


NONE = Likeness(0, 0, 0, frozenset(), 0, frozenset())


def write_file(folder: Path, kind: str, seed: int, number: int, first: int, count: int) -> Likeness:
    """Write one file, unless it is there, and tell how alike its articles are. It is there whole or not at all."""
    path = folder / f"varied-{number:04}.{kind}"
    note = folder / f".varied-{number:04}.json"
    if path.exists() and note.exists():
        *numbers, sentences, runs_all, runs = json.loads(note.read_text("ascii"))
        return Likeness(*numbers, frozenset(sentences), runs_all, frozenset(runs))
    characters = sentences_all = runs_all = 0
    sentences: set[int] = set()
    runs: set[int] = set()

    def articles() -> Iterator[Article]:
        nonlocal characters, sentences_all, runs_all
        for at, (title, text) in enumerate(article_texts(seed, first, count), first):
            characters += len(text)
            for sentence in _SENTENCE.findall(text):
                mark = zlib.crc32(sentence.encode())
                if not mark & 255:
                    sentences_all += 1
                    sentences.add(mark)
            if at % 50 == 0:
                for start in range(len(text) - 12):
                    mark = zlib.crc32(text[start : start + 13].encode())
                    if not mark & 255:
                        runs_all += 1
                        runs.add(mark)
            yield at, title, text

    folder.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    WRITERS[kind](part, articles())
    found = Likeness(count, characters, sentences_all, frozenset(sentences), runs_all, frozenset(runs))
    note.write_text(json.dumps([*found[:3], sorted(sentences), runs_all, sorted(runs)]), "ascii")
    os.replace(part, path)
    return found


def write_files(
    folder: Path, count: int, kinds: Sequence[str] = KINDS, seed: int = 1, first: int = 0, per_file: int = PER_FILE,
    processes: int | None = None, on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Likeness:  # fmt: skip
    """Write articles `first`, `first` + 1, … into files of at most `per_file`, of these kinds in turn; files that are
    there are left as they are."""
    per_file = min(per_file, -(-count // len(kinds)))
    starts = range(first, first + count, per_file)
    tasks = [
        (folder, kinds[n % len(kinds)], seed, n, start, min(per_file, first + count - start))
        for n, start in enumerate(starts)
    ]
    found, done = NONE, 0
    with ProcessPoolExecutor(processes or os.cpu_count()) as pool:
        for one in pool.map(write_file, *zip(*tasks, strict=True)):
            found, done = found.with_others(one), done + one.articles
            on_progress(done, count)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description="Write files of many articles, varied from the practice articles.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("count", type=int)
    parser.add_argument("--kinds", default=",".join(KINDS), help="of files, in turn, by comma")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--per-file", type=int, default=PER_FILE)
    given = parser.parse_args()
    found = write_files(given.folder, given.count, given.kinds.split(","), given.seed, per_file=given.per_file)
    print(found.told())


if __name__ == "__main__":
    main()
