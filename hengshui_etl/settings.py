"""Where things lie, read from the environment when asked and never at import.

Belongs here: paths and thresholds that a user may set, with their defaults.
Does not belong here: reading or writing at those paths.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple


class Settings(NamedTuple):
    """`root` is the project folder; the others lie in it unless set otherwise."""

    root: Path
    raw: Path
    warehouse: Path
    dagster_home: Path
    rulings: Path

    @property
    def database(self) -> Path:
        """The DuckDB file, made from the Parquet files beside it."""
        return self.warehouse / "hengshui.duckdb"


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings by the environment variables HENGSHUI_HOME, HENGSHUI_RAW, HENGSHUI_WAREHOUSE, DAGSTER_HOME and
    HENGSHUI_RULINGS.

    Without HENGSHUI_HOME the project folder is the one that this package is a part of, or, where the package is
    installed without its project, the current folder.
    """
    env = os.environ if environ is None else environ

    def path(name: str, default: Path) -> Path:
        return Path(env[name]).expanduser().absolute() if env.get(name) else default

    source_tree = Path(__file__).resolve().parent.parent
    root = path("HENGSHUI_HOME", source_tree if (source_tree / "workspace.yaml").exists() else Path.cwd())
    return Settings(
        root=root,
        raw=path("HENGSHUI_RAW", root / "data" / "raw"),
        warehouse=path("HENGSHUI_WAREHOUSE", root / "data" / "warehouse"),
        dagster_home=path("DAGSTER_HOME", root / ".dagster"),
        rulings=path("HENGSHUI_RULINGS", root / "rulings.toml"),
    )


def timezone_name(environ: Mapping[str, str] | None = None, localtime: Path = Path("/etc/localtime")) -> str:
    """The time zone of what happens at an hour of the day: HENGSHUI_TIMEZONE (such as Asia/Shanghai), else that of the
    machine, else UTC. A name that is none is warned of and passed over."""
    env = os.environ if environ is None else environ
    if (named := env.get("HENGSHUI_TIMEZONE", "").strip()) and not _is_timezone(named):
        warnings.warn(f"HENGSHUI_TIMEZONE: there is no time zone {named!r}; that of the machine is taken", stacklevel=2)
    # A link to …/zoneinfo/Asia/Shanghai is how machines are told their zone, unless TZ says otherwise.
    linked = localtime.resolve().as_posix().rpartition("/zoneinfo/")[2] if localtime.is_symlink() else ""
    for name in (named, env.get("TZ", "").lstrip(":"), linked):
        if name and _is_timezone(name):
            return name
    return "UTC"


def _is_timezone(name: str) -> bool:
    from zoneinfo import ZoneInfo  # only schedules need it

    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # ZoneInfoNotFoundError is a KeyError
        return False
    return True
