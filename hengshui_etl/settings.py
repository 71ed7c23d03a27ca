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

ENGINES = ("local", "ray")

POSTGRES_URL = "HENGSHUI_POSTGRES_URL"
"""Names the database for Dagster's storage. Its text is a secret: Dagster reads it, and nothing of ours."""


class SettingInvalid(ValueError):
    """A variable holds what it cannot; the text says what it can."""


class Settings(NamedTuple):
    """`root` is the project folder; the others lie in it unless set otherwise. `parquet` is where the tables are kept,
    a folder or `s3://…`; `warehouse` is the folder of everything else that is made, and the same one unless the tables
    are in object storage. `engine` is one of ENGINES; `postgres` tells whether a database is named for Dagster."""

    root: Path
    raw: Path
    warehouse: Path
    dagster_home: Path
    rulings: Path
    parquet: Path | str
    engine: str = "local"
    postgres: bool = False

    @property
    def database(self) -> Path:
        """The DuckDB file, made from the Parquet files."""
        return self.warehouse / "hengshui.duckdb"


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings by the environment variables HENGSHUI_HOME, HENGSHUI_RAW, HENGSHUI_WAREHOUSE, HENGSHUI_LOCAL,
    DAGSTER_HOME, HENGSHUI_RULINGS, HENGSHUI_ENGINE and HENGSHUI_POSTGRES_URL. Raises SettingInvalid.

    Without HENGSHUI_HOME the project folder is the one that this package is a part of, or, where the package is
    installed without its project, the current folder. HENGSHUI_LOCAL is asked for only where HENGSHUI_WAREHOUSE is in
    object storage.
    """
    env = os.environ if environ is None else environ

    def path(name: str, default: Path) -> Path:
        return Path(env[name]).expanduser().absolute() if env.get(name) else default

    source_tree = Path(__file__).resolve().parent.parent
    root = path("HENGSHUI_HOME", source_tree if (source_tree / "workspace.yaml").exists() else Path.cwd())
    engine = env.get("HENGSHUI_ENGINE") or "local"
    if engine not in ENGINES:
        raise SettingInvalid(f"HENGSHUI_ENGINE is {engine!r}; it can be {' or '.join(ENGINES)}")
    remote = env.get("HENGSHUI_WAREHOUSE", "")
    in_store = is_object_storage(remote)
    local = path("HENGSHUI_LOCAL" if in_store else "HENGSHUI_WAREHOUSE", root / "data" / "warehouse")
    return Settings(
        root=root,
        raw=path("HENGSHUI_RAW", root / "data" / "raw"),
        warehouse=local,
        dagster_home=path("DAGSTER_HOME", root / ".dagster"),
        rulings=path("HENGSHUI_RULINGS", root / "rulings.toml"),
        parquet=remote if in_store else local,
        engine=engine,
        postgres=bool(env.get(POSTGRES_URL)),
    )


def is_object_storage(place: str) -> bool:
    """Whether a place is an address in object storage and no folder."""
    return place.startswith("s3://")


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
