"""Known vulnerabilities of what `uv.lock` pins: `make audit`. Ends with 0 if there are none, 1 if there are, and 2
where that could not be found out, which is never taken for none.

The locked uv asks the OSV database (https://osv.dev, which has what PyPI and GitHub publish) about every package of the
lock file, tools and extras included, by name and version. Nothing is installed for it, and nothing else is sent.
OSV_URL names a mirror. Standard library only.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

UNREACHABLE = """\
audit: not done: the database of vulnerabilities could not be asked ({where}).
audit: this says nothing about the packages. Run it again where https://api.osv.dev can be reached (by a proxy:
audit: HTTPS_PROXY), or name a mirror of it: OSV_URL=https://… make audit"""


def main() -> int:
    """Audit the lock file; the exit status."""
    names = unhashed(ROOT / "uv.lock")
    if names:
        print(f"audit: no hash is locked for {', '.join(names)}: run make lock", file=sys.stderr)
        return 1
    command = [sys.executable, "-m", "uv", "audit", "--frozen", "--preview-features", "audit-command", *sys.argv[1:]]
    url = os.environ.get("OSV_URL")
    result = subprocess.run([*command, *(["--service-url", url] if url else [])], cwd=ROOT, check=False)
    if result.returncode == 0:
        return 0
    if result.returncode == 1:
        print("audit: see above; update with: uv lock --upgrade-package NAME, then make test", file=sys.stderr)
        return 1
    print(UNREACHABLE.format(where=url or "https://api.osv.dev"), file=sys.stderr)
    return 2


def unhashed(lock: Path) -> list[str]:
    """Packages of the lock file of which a file has no hash, or that have no file."""
    found = []
    for package in tomllib.loads(lock.read_text("utf-8"))["package"]:
        files = [*package.get("wheels", ()), *([package["sdist"]] if "sdist" in package else ())]
        if "editable" not in package["source"] and not (files and all("hash" in file for file in files)):
            found.append(package["name"])
    return found


if __name__ == "__main__":
    sys.exit(main())
