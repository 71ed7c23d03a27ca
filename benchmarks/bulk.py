"""How fast files of many articles are taken apart, without examining them: python benchmarks/bulk.py [records]

Each kind of file holds the same articles, the first one with its numbers changed from copy to copy, and is read in a
process of its own, for its peak memory.
"""

from __future__ import annotations

import random
import re
import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).parent.parent
sys.path.insert(0, str(PROJECT))

from tests.bulk.files import WRITERS, crawl, page  # noqa: E402

SEED = PROJECT / "data/raw/2019-10/hengshui-industrial-upgrading.txt"

READ = r"""
import re, sys, time
from hengshui_etl.bulk import Record, records_of
with open(sys.argv[1], "rb") as stream:
    next(records_of(stream, sys.argv[1]))
    stream.seek(0)
    began = time.process_time()
    count = sum(isinstance(record, Record) for record in records_of(stream, sys.argv[1]))
    took = time.process_time() - began
print(count, took, int(re.search(r"VmHWM:\s+(\d+)", open("/proc/self/status").read())[1]) // 1024)
"""


def main(count: int) -> None:
    """Write, read and tell, kind by kind."""
    chance = random.Random(1)
    text = SEED.read_bytes().decode("utf-8", "replace")[:2000]
    texts = [re.sub(r"\d", lambda _: str(chance.randrange(10)), text) for _ in range(count)]
    records = [{"id": f"r{n}", "text": each, "url": f"http://a/{n}"} for n, each in enumerate(texts)]
    pages = [page(each.encode()) for each in texts]
    writers = {name: (lambda write=write: write(records)) for name, write in WRITERS.items()}
    writers |= {"a.warc": lambda: crawl(pages), "a.warc.gz": lambda: crawl(pages, True)}
    print("| file | MiB | records a second of processor time | peak MiB |\n| --- | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory() as folder:
        for name, write in sorted(writers.items()):
            path = Path(folder) / name
            path.write_bytes(write())
            done = subprocess.run([sys.executable, "-c", READ, path], capture_output=True, text=True, check=True)
            found, took, peak = done.stdout.split()
            assert int(found) == count
            print(f"| `{name[1:]}` | {path.stat().st_size / 2**20:.1f} | {count / float(took):,.0f} | {peak} |")
            path.unlink()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
