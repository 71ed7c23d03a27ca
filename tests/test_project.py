"""What surrounds the package keeps its promises: the lock file, the set-up, what CI runs."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import pytest

from hengshui_etl import __version__

PROJECT = Path(__file__).parent.parent


def toml(name: str) -> dict[str, Any]:
    return tomllib.loads((PROJECT / name).read_text("utf-8"))


@pytest.fixture(scope="module")
def bootstrap() -> ModuleType:
    spec = spec_from_file_location("bootstrap", PROJECT / "tools/bootstrap.py")
    assert spec is not None
    assert spec.loader is not None
    spec.loader.exec_module(module := module_from_spec(spec))
    return module


def test_the_lock_file_names_no_index_but_the_public_one() -> None:
    hosts = {urlsplit(url).netloc for url in re.findall(r'"(\w+://[^"]+)"', (PROJECT / "uv.lock").read_text("utf-8"))}
    assert hosts == {"pypi.org", "files.pythonhosted.org"}
    assert {source for package in toml("uv.lock")["package"] for source in package["source"]} == {
        "registry",
        "editable",
    }


def test_every_locked_file_has_a_hash() -> None:
    for package in toml("uv.lock")["package"]:
        files = [*package.get("wheels", ()), *([package["sdist"]] if "sdist" in package else ())]
        assert files or package["name"] == "hengshui-etl"
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", file["hash"]) for file in files), package["name"]


def test_the_lock_file_is_of_this_project() -> None:
    def written(entry: dict[str, Any]) -> str:
        extras = f"[{','.join(entry['extras'])}]" if "extras" in entry else ""
        return f"{entry['name']}{extras}{entry.get('specifier', '')}"

    project = toml("pyproject.toml")
    locked = next(package for package in toml("uv.lock")["package"] if package["name"] == "hengshui-etl")["metadata"]
    extras, groups = project["project"]["optional-dependencies"], project["dependency-groups"]
    pairs = (
        (project["project"]["dependencies"], [each for each in locked["requires-dist"] if "marker" not in each]),
        ([each for group in groups.values() for each in group if isinstance(each, str)], locked["requires-dev"]["dev"]),
        *((extras[name], [e for e in locked["requires-dist"] if name in e.get("marker", "")]) for name in extras),
    )
    assert sum(len(entries) for _, entries in pairs) == len([*locked["requires-dist"], *locked["requires-dev"]["dev"]])
    for wanted, entries in pairs:
        names = {re.match(r"[\w-]+", text)[0]: set(re.findall(r"[<>=!~]+[\w.]+", text)) for text in wanted}  # type: ignore[index]
        assert names == {entry["name"]: set(re.findall(r"[<>=!~]+[\w.]+", written(entry))) for entry in entries}
    assert toml("uv.lock")["requires-python"] == project["project"]["requires-python"]


def test_the_environment_is_what_the_lock_file_says(bootstrap: ModuleType) -> None:
    if not bootstrap.STAMP_OF_TOOLS.exists():
        pytest.skip("the tests run in an environment that make did not make")
    assert bootstrap.STAMP_OF_TOOLS.read_text("utf-8") == bootstrap.fingerprint(), "run make tools"


def test_settings_of_tools_do_not_fetch_packages_again(bootstrap: ModuleType, tmp_path: Path) -> None:
    for name in ("uv.lock", "pyproject.toml", "tools/bootstrap.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((PROJECT / name).read_bytes())
    bootstrap.ROOT = tmp_path
    try:
        before = bootstrap.fingerprint()
        text = (tmp_path / "pyproject.toml").read_text("utf-8")
        (tmp_path / "pyproject.toml").write_text(text.replace("line-length = 120", "line-length = 99"), "utf-8")
        assert bootstrap.fingerprint() == before
        (tmp_path / "pyproject.toml").write_text(text.replace("polars>=2.1", "polars>=2.0"), "utf-8")
        assert bootstrap.fingerprint() != before
    finally:
        bootstrap.ROOT = PROJECT


def test_uv_is_fetched_by_its_locked_hash(bootstrap: ModuleType) -> None:
    line = bootstrap.locked_uv()
    assert re.fullmatch(r"uv==[\d.]+( --hash=sha256:[0-9a-f]{64})+\n", line)


def test_ci_runs_what_a_user_runs() -> None:
    commands = [line for line in (PROJECT / ".ci/run").read_text("utf-8").splitlines() if not line.startswith("#")]
    assert [line.split()[1] for line in commands if line.startswith("make")] == ["lint", "test"]
    assert (PROJECT / ".ci/run").stat().st_mode & 0o111


def test_version() -> None:
    assert re.search(rf"^## {re.escape(__version__)}\b", (PROJECT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert toml("pyproject.toml")["project"]["dynamic"] == ["version"]


def test_importing_the_package_is_free() -> None:
    code = "import sys; before = set(sys.modules); import hengshui_etl; print(set(sys.modules) - before)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout == "{'hengshui_etl'}\n"
