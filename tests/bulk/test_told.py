"""What users are told of broken records: by `check`, record by record, and in Chinese as well."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

from hengshui_etl import bulk
from hengshui_etl.checking import UNREADABLE, WRONG, check_files
from hengshui_etl.messages import messages
from tests.bulk.files import WRITERS, lines

TEXT = "全市经济运行情况\n\n今年开工项目191项,其中工业100项,农业90项。"
REASON = re.compile(r"(?:its?|the|these|rows|no|from|what|another|a page|[0-9]+) .*")


def reasons() -> list[str]:
    """Every reason that is written in the package, with a number for what is filled in."""
    found = []
    for path in Path(bulk.__file__).parent.glob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
        notes = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            text = None
            if isinstance(node, ast.JoinedStr):
                text = "".join(str(p.value) if isinstance(p, ast.Constant) else "7" for p in node.values)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts | notes:
                text = node.value
            if text and REASON.fullmatch(text) and "is no file of many" not in text:
                found.append(text)
    return found


def test_every_reason_is_translated() -> None:
    found = reasons()
    assert len(found) >= 40
    for english in found:
        assert messages("zh").reason(english) != english, english
        assert messages("en").reason(english) == english


def test_reasons_within_reasons_are_translated() -> None:
    told = messages("zh").reason("record 5: its text is longer than 7 characters (and 3 more of its records)")
    assert told == "第 5 条记录：text 超过 7 个字符（该文件另有 3 条）"
    told = messages("zh").reason("record 301: its line is not JSON: Expecting value at character 1")
    assert told == "第 301 条记录：该行不是 JSON：Expecting value（第 1 个字符）"
    assert messages("zh").reason("its line is JSON but no object: {…} with the fields is wanted").endswith("{…}")


RECORDS = [{"id": "a", "text": TEXT, "published_on": "2019-10-16"}, {}, {"text": TEXT.replace("191", "190")}]


@pytest.mark.parametrize("name", sorted(WRITERS))
def test_check_answers_every_record(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    path = tmp_path / name
    path.write_bytes(WRITERS[name](RECORDS))
    assert check_files([str(path)], "json", messages("en")) == UNREADABLE
    out, err = capsys.readouterr()
    answers = [json.loads(line) for line in out.splitlines()]
    assert [answer["article"]["source_path"] for answer in answers] == [f"{path}#a", f"{path}#2", f"{path}#3"]
    assert answers[0]["article"]["article_id"] == "a"
    assert answers[0]["article"]["published_on"] == "2019-10-16"
    assert [check["status"] for check in answers[0]["checks"]] == ["fail"]
    assert answers[1]["article"]["error"] == "it has neither text nor html"
    assert [check["status"] for check in answers[2]["checks"]] == ["pass"]
    assert "neither text nor html" in err


def test_check_sums_up_records(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(lines(RECORDS[::2]))
    assert check_files([str(path)], "table", messages("en")) == WRONG
    out = capsys.readouterr().out
    assert out.splitlines()[-1] == messages("en")("check.several", n=2, wrong=1, held=1, unread=0)


@pytest.mark.parametrize("content", [None, b"", b"\n"])
def test_check_of_a_file_that_is_not_there_or_empty(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None
) -> None:
    path = tmp_path / "a.jsonl"
    if content is not None:
        path.write_bytes(content)
    assert check_files([str(path)], "json", messages("en")) == UNREADABLE
    (answer,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert answer["article"]["error"] == (
        "it holds no records" if content is not None else messages("en")("error.missing")
    )
