"""Compiles the domain core with mypyc, for those who examine a million articles: `make compiled`.

Needs a C compiler and Python's headers. Takes one to three minutes, once for each state of the sources; see
hengshui_etl/compiled.py for where the result lies and when it is used. `make clean` takes it away.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from hengshui_etl.compiled import SUFFIX, all_compiled, compiled_folder, core_modules  # noqa: E402

# Two groups, side by side.
SETUP = """
from mypyc.build import mypycify
from setuptools import setup
modules = mypycify({paths!r}, opt_level={level!r}, debug_level="0", separate={groups!r})
setup(name="hengshui_core", packages=[], ext_modules=modules)
"""


def main() -> int:
    """Compile what is not compiled yet; 0 when it is there."""
    parser = argparse.ArgumentParser(description="Compiles the domain core with mypyc.")
    parser.add_argument(
        "--optimize", choices="0123", default="1", help="more than 1 takes twice as long and gains a twentieth"
    )
    level = parser.parse_args().optimize
    folder = compiled_folder()
    if folder.is_dir():
        print(f"compiled: up to date ({folder.name})")
        return 0
    if shutil.which(os.environ.get("CC", "cc")) is None:
        print("compiled: no C compiler (cc); on Debian: apt install gcc python3-dev", file=sys.stderr)
        return 1
    paths = [path.relative_to(ROOT).as_posix() for path in core_modules() if path.name != "__init__.py"]
    print(f"compiled: compiling {len(paths)} modules (one to three minutes)", flush=True)
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        shutil.copytree(ROOT / "hengshui_etl", work / "hengshui_etl", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", work)
        relations = [path for path in paths if "/relations/" in path]
        groups = [([path for path in paths if path not in relations], "core"), (relations, "relations")]
        (work / "setup.py").write_text(SETUP.format(paths=paths, groups=groups, level=level))
        cores = str(os.cpu_count() or 1)
        command = [sys.executable, "setup.py", "-q", "build_ext", "--parallel", cores, "--build-lib", "built"]
        done = subprocess.run(command, cwd=work, capture_output=True, text=True, check=False)
        if done.returncode:
            print(done.stdout[-3000:] + done.stderr[-3000:], file=sys.stderr)
            print("compiled: it did not work, see above; the sources run all the same", file=sys.stderr)
            return 1
        shutil.rmtree(all_compiled(), ignore_errors=True)
        all_compiled().mkdir()
        made = folder.with_name(f".{folder.name}")
        for file in (work / "built").rglob(f"*{SUFFIX}"):
            target = made / file.relative_to(work / "built")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, target)
        made.rename(folder)
    print(f"compiled: ready ({folder.name})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
