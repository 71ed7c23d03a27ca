"""The documents are true: names, commands, variables, addresses and links in them are those of the program.

What the READMEs show of the program's output is looked at in test_golden.py and test_queries.py.
"""

from __future__ import annotations

import re
from pathlib import Path

import apprise
import duckdb
import pytest
import typer.main
import yaml

from hengshui_etl import warehouse
from hengshui_etl.commands import app
from hengshui_etl.definitions import defs

PROJECT = Path(__file__).parent.parent
READMES = (PROJECT / "README.md", PROJECT / "README.zh-CN.md")
OPERATING = PROJECT / "docs" / "operating.md"
SHOWN = re.compile(r"<!-- (seen|check|query|queries) -->.*?<!-- /\1 -->", re.DOTALL)


def test_the_two_readmes_have_the_same_shape() -> None:
    """Headings, commands, variables, pictures and links, in the same order."""
    one, other = (shape(path.read_text("utf-8")) for path in READMES)
    assert len(one) > 50
    assert one == other


def shape(text: str) -> list[str]:
    text = SHOWN.sub("", text).replace("README.zh-CN.md", "README.md").replace("report.zh.png", "report.png")
    pattern = (
        r"^#+(?= )|^\| `hengshui-etl [a-z]+|`?\bHENGSHUI_(?!LANG)\w+|(?<=\]\()[^)]+"
        r"|^\.venv\S+ \w+|^make \w+|data/[\w/.]+"
    )
    # the links between the two stand the other way round
    return [found for found in re.findall(pattern, text, re.MULTILINE) if found != "README.md"]


@pytest.mark.parametrize(
    "path", sorted([*PROJECT.glob("*.md"), *PROJECT.glob("docs/*.md")]), ids=lambda path: path.name
)
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text("utf-8")):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        file = path.parent / name if name else path
        assert file.exists(), target
        if anchor:
            heads = re.findall(r"^#+ (.+)$", file.read_text("utf-8"), re.MULTILINE)
            assert anchor in [re.sub(r"[^\w\- ]", "", head).strip().lower().replace(" ", "-") for head in heads], target


@pytest.mark.parametrize("path", READMES, ids=lambda path: path.name)
def test_every_command_is_in_the_readme(path: Path) -> None:
    text = path.read_text("utf-8")
    group = typer.main.get_command(app)
    commands = set(getattr(group, "commands", {}))
    assert commands >= {"run", "check", "add", "query", "report", "rule", "alerts", "ui"}
    assert commands == set(re.findall(r"^\| `hengshui-etl ([a-z]+)", text, re.MULTILINE))


def test_options_in_the_documents_exist() -> None:
    group = typer.main.get_command(app)
    for path in (*READMES, OPERATING):
        for name, rest in re.findall(r"hengshui-etl ([a-z]+)([^`\n]*)", path.read_text("utf-8")):
            command = getattr(group, "commands", {}).get(name)
            assert command is not None, f"{path.name}: {name}"
            known = {option for each in command.params for option in (*each.opts, *each.secondary_opts)}
            assert set(re.findall(r"(?<= |\[)--[a-z-]+", rest)) <= known, f"{path.name}: {name} {rest}"


def test_every_variable_is_explained() -> None:
    used = {
        name
        for path in (PROJECT / "hengshui_etl").rglob("*.py")
        for name in re.findall(r"\b(?:HENGSHUI|DAGSTER)_[A-Z]+(?:_[A-Z]+)*\b", path.read_text("utf-8"))
    }
    assert "HENGSHUI_ALERT_URLS" in used
    table = re.findall(r"^\| `([A-Z_]+)` \|", OPERATING.read_text("utf-8"), re.MULTILINE)
    assert used == set(table)


def test_what_runs_by_itself_is_explained() -> None:
    text = OPERATING.read_text("utf-8")
    sensors = re.findall(r"^\| `(\w+)` \| sensor \| every (\d+) s \|", text, re.MULTILINE)
    assert dict(sensors) == {each.name: str(each.minimum_interval_seconds) for each in defs.sensors or ()}
    schedules = re.findall(r"^\| `(\w+)` \| schedule \| 0?(\d+):0?(\d+) \|", text, re.MULTILINE)
    assert {name: f"{minute} {hour} * * *" for name, hour, minute in schedules} == {
        str(getattr(each, "name", "")): getattr(each, "cron_schedule", "") for each in defs.schedules or ()
    }


def test_addresses_of_channels_are_understood() -> None:
    (table,) = re.findall(
        r"^\| channel \| address \|\n(.*?)\n\n", OPERATING.read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
    cells = table.split("\n")
    addresses = [address for cell in cells for address in re.findall(r"`(\w+://[^`]+)`", cell)]
    token = "0123abcd-0123-0123-0123-0123456789ab"
    assert len(addresses) >= 9
    for address in addresses:
        filled = address.replace("A/B/C", f"T00000000/B00000000/{'x' * 24}").replace("KEY", token)
        if address == "json://":
            filled = "json://intranet.example.com/alerts"
        if address.startswith("dingtalk"):
            token = token.replace("-", "")
        assert apprise.Apprise().add(re.sub(r"\bTOKEN\b", token, filled)), address


def test_yaml_in_the_documents_is_yaml() -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", OPERATING.read_text("utf-8"), re.DOTALL)
    assert [list(yaml.safe_load(block)) for block in blocks] == [["storage"], ["load_from"]]


def test_checks_in_the_documents_exist() -> None:
    known = {key.name for check in defs.asset_checks or () for key in getattr(check, "check_keys", ())}
    text = OPERATING.read_text("utf-8")
    named = {
        name for name in re.findall(r"`([a-z_]+)`", text) if name.startswith(("nothing_", "warehouse_", "rulings_"))
    }
    assert named
    assert named <= known


def test_every_table_and_column_of_the_database_is_in_its_document(tmp_path: Path) -> None:
    warehouse.rebuild(tmp_path / "w.duckdb", tmp_path)
    with duckdb.connect(str(tmp_path / "w.duckdb"), read_only=True) as connection:
        columns = connection.execute(
            "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal ORDER BY table_oid, column_index"
        ).fetchall()
    documented = []
    for section in (PROJECT / "docs" / "tables.md").read_text("utf-8").split("\n## ")[1:]:
        name = section.split(maxsplit=1)[0]
        documented += [(name, column) for column in re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)]
    assert len(columns) > 150
    assert sorted(documented) == sorted(columns)
