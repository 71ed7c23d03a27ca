"""Rulings: what is written is read again, and whatever else stands in the file is refused with its place."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengshui_etl.rulings import (
    Ruling,
    RulingsInvalid,
    Statement,
    append_ruling,
    fingerprint,
    read_rulings,
    ruling_of,
)

STATEMENT = Statement("2019-10/a.txt", "sum", "共3个，其中工业1个、农业1个。", ("1个", "1个", "3个"))
RULING = Ruling(STATEMENT, "false alarm", "另有1个未列", date(2026, 11, 23), "0" * 64)

words = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)
rulings = st.builds(
    Ruling,
    st.builds(Statement, words, words, words, st.lists(words, max_size=3).map(tuple)),
    st.sampled_from(["false alarm", "acknowledged"]),
    words.filter(str.strip),
    st.dates(date(2000, 1, 1)),
    words,
)


@given(made=st.lists(rulings, max_size=4, unique_by=lambda ruling: ruling.statement))
def test_what_is_written_is_read_again(tmp_path_factory: pytest.TempPathFactory, made: list[Ruling]) -> None:
    path = tmp_path_factory.mktemp("rulings") / "rulings.toml"
    for ruling in made:
        append_ruling(path, ruling)
    assert list(read_rulings(path).values()) == made
    assert fingerprint(made) == fingerprint(made[::-1])


def test_no_file_is_no_ruling(tmp_path: Path) -> None:
    assert read_rulings(tmp_path / "rulings.toml") == {}


def test_the_same_statement_is_ruled_on_once(tmp_path: Path) -> None:
    path = tmp_path / "rulings.toml"
    append_ruling(path, RULING)
    before = path.read_bytes()
    with pytest.raises(RulingsInvalid, match="already"):
        append_ruling(path, RULING._replace(ruling="acknowledged"))
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("ruling", "says"),
    [
        (RULING._replace(reason=""), "a ruling needs a reason"),
        (RULING._replace(reason=" \n\u3000"), "a ruling needs a reason"),
        (RULING._replace(reason="\udc80"), "no text"),
        (RULING._replace(ruling="wrong"), "`ruling` is one of"),  # type: ignore[arg-type]
    ],
)
def test_what_could_not_be_read_again_is_not_written(tmp_path: Path, ruling: Ruling, says: str) -> None:
    path = tmp_path / "rulings.toml"
    with pytest.raises(RulingsInvalid, match=says) as error:
        append_ruling(path, ruling)
    assert "\n" not in str(error.value)
    assert not path.exists()


def test_a_file_that_an_entry_would_spoil_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "rulings.toml"
    path.write_text("ruling = []\n", "utf-8")
    with pytest.raises(RulingsInvalid, match="not TOML"):
        append_ruling(path, RULING)
    assert path.read_text("utf-8") == "ruling = []\n"


def test_a_ruling_says_nothing_of_another_statement(tmp_path: Path) -> None:
    known = {STATEMENT: RULING}
    assert ruling_of(known, *STATEMENT[:3], list(STATEMENT.figures)) == RULING
    assert ruling_of(known, *STATEMENT[:3], ["1个", "2个", "3个"]) is None
    assert ruling_of(known, "2019-10/b.txt", *STATEMENT[1:3], STATEMENT.figures) is None


def entry(**changes: str) -> str:
    fields = {
        "article": '"a"', "check": '"sum"', "ruling": '"false alarm"', "reason": '"r"', "date": "2026-11-23",
        "figures": '["1"]', "sentence": '"s"', "sha256": '"0"',
    } | changes  # fmt: skip
    return "[[ruling]]\n" + "".join(f"{key} = {value}\n" for key, value in fields.items() if value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[ruling", "is not TOML"),
        ("ruling = 3", "[[ruling]]"),
        ("ruling = [3]", "ruling 1: it is no table"),
        (entry(reason=""), "ruling 1: `reason` is missing"),
        (entry(reason='"  "'), "ruling 1: a ruling needs a reason"),
        (entry(ruling='"wrong"'), "ruling 1: `ruling` is one of 'false alarm', 'acknowledged'"),
        (entry(date='"yesterday"'), "ruling 1: `date` must be a date"),
        (entry(date="2026-11-23T10:00:00"), "ruling 1: `date` must be a date"),
        (entry(figures="[1]"), "ruling 1: `figures` are texts"),
        (entry(note='"n"'), "ruling 1: there is no `note`"),
        (entry() + entry(), "ruling 2: the same statement"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "rulings.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(RulingsInvalid) as error:
        read_rulings(path)
    assert says in str(error.value)
    assert str(path) in str(error.value)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rulings.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(RulingsInvalid, match="UTF-8"):
        read_rulings(path)
