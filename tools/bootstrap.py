"""Makes `.venv` from `uv.lock`: every package at its locked version, every file checked against its locked hash.

`make setup` runs it; where there is no make, `python tools/bootstrap.py` does the same. With `--tools` (`make tools`)
the extras come along, and what the tests and checks need: twice as many packages. Standard library only.

Packages are fetched by pip and not by uv, because pip is what a machine with an index, a proxy or a certificate of its
own is configured for. uv, itself fetched by its locked hash, only translates the lock file into pip's words.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "installed.sha256"
STAMP_OF_TOOLS = VENV / "tools.sha256"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
PIP = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input"]


def main() -> int:
    """Set up the environment unless it is already what the lock file says; 0 when it is there."""
    if sys.version_info < (3, 11):  # noqa: UP036  whoever starts this may have any Python
        return failure(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}")
    tools = sys.argv[1:] == ["--tools"]
    stamps = [STAMP, STAMP_OF_TOOLS] if tools else [STAMP]
    wanted = fingerprint()
    if PYTHON.exists() and all(stamp.exists() and stamp.read_text() == wanted for stamp in stamps):
        for stamp in stamps:
            stamp.touch()
        return 0
    try:
        install(tools)
    except subprocess.CalledProcessError as error:
        return failure(f"could not set up {VENV.name}: {error.output or error}\nNothing is lost; run it again.")
    except ImportError as error:
        return failure(f"this Python cannot make virtual environments ({error}); on Debian: apt install python3-venv")
    for stamp in stamps:
        stamp.write_text(wanted)
    return 0


def install(tools: bool) -> None:
    """Environment, uv, the locked packages (with the tools and extras, or without), and this project itself in editable
    form."""
    if not PYTHON.exists():
        say("making .venv")
        venv.create(VENV, with_pip=True, clear=True)
    requirements = VENV / "requirements.txt"
    requirements.write_text(locked_uv())
    pip("install", "--no-deps", "--require-hashes", "-r", str(requirements))
    uv = [str(PYTHON), "-m", "uv", "export", "--frozen", "--quiet", "--no-emit-project"]
    uv += [*(("--all-extras",) if tools else ("--no-dev", "--group", "build")), "--format", "requirements-txt"]
    requirements.write_text(subprocess.run(uv, cwd=ROOT, check=True, capture_output=True, text=True).stdout)
    say(f"installing the packages of uv.lock (once, about {'two minutes' if tools else 'a minute'})")
    pip("install", "--no-compile", "--no-deps", "--require-hashes", "-r", str(requirements))
    pip("install", "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    # pip would do this on one core, and not for what is installed in editable form. Some packages hold files that are
    # no Python, so that the status says nothing.
    compiling = [str(PYTHON), "-m", "compileall", "-qq", "-j", "0", str(VENV), str(ROOT / "hengshui_etl")]
    subprocess.run(compiling, check=False)
    say("ready")


def locked_uv() -> str:
    """The line of a requirements file that is uv as locked, with its hashes."""
    packages = toml("uv.lock")["package"]
    uv = next(package for package in packages if package["name"] == "uv")
    hashes = [file["hash"] for file in [uv["sdist"], *uv["wheels"]]]
    return " ".join([f"uv=={uv['version']}", *(f"--hash={digest}" for digest in hashes)]) + "\n"


def pip(*arguments: str) -> None:
    """Run pip and show on a terminal which package it is at; its whole output is in the error when it fails."""
    process = subprocess.Popen(
        [*PIP, *arguments], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    )
    lines: list[str] = []
    count = 0
    for line in process.stdout or ():
        lines.append(line)
        if line.startswith("Collecting ") and sys.stderr.isatty():
            count += 1
            sys.stderr.write(f"\r\033[K  {count:3d} {line.split()[1]}")
            sys.stderr.flush()
    if count:
        sys.stderr.write("\r\033[K")
    if process.wait():
        output = "".join(line for line in lines if not line.startswith("WARNING"))
        raise subprocess.CalledProcessError(process.returncode, arguments, output[-3000:])


def fingerprint() -> str:
    """What the environment depends on: the lock file, the metadata of this project, this script, and the folder."""
    project = toml("pyproject.toml")
    metadata = json.dumps([project["project"], project["build-system"]], sort_keys=True)
    parts = [*((ROOT / name).read_bytes() for name in ("uv.lock", "tools/bootstrap.py")), metadata.encode()]
    return hashlib.sha256(b"\0".join([*parts, str(ROOT).encode()])).hexdigest()


def toml(name: str) -> dict[str, Any]:
    """A TOML file of the project."""
    import tomllib  # not in older Pythons, which are to get as far as the message that says so

    return tomllib.loads((ROOT / name).read_text(encoding="utf-8"))


def say(text: str) -> None:
    print(f"setup: {text}", file=sys.stderr, flush=True)


def failure(text: str) -> int:
    say(text)
    return 1


if __name__ == "__main__":
    sys.exit(main())
