# make run    set everything up (the first time) and take all articles in data/raw through the whole flow
# make test   all tests        make lint   ruff and mypy        make ui   the Dagster UI
# make audit  known vulnerabilities of the locked packages      make fuzz  a minute of the fuzzer
# make compiled    the domain core as machine code, for a million articles: twice as fast (needs a C compiler)
# make torture   kills, full disks, damaged files, load: the table of docs/reliability.md
# PYTHON=python3.12 chooses the interpreter when .venv is made; ARGS="…" is passed on.

PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3.14 python3 python,\
	$(shell $(name) -c 'import sys; sys.version_info >= (3, 11) and print("$(name)")' 2>/dev/null)))
BIN := .venv/bin
STAMP := .venv/installed.sha256
TOOLS := .venv/tools.sha256

.PHONY: run test torture ui lint audit fuzz format golden lock setup tools compiled clean

run: setup
	@$(BIN)/hengshui-etl run $(ARGS)

test: tools
	@$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder $(ARGS)

torture: tools
	@$(BIN)/python -m tests.torture $(ARGS)

ui: setup
	@$(BIN)/hengshui-etl ui $(ARGS)

lint: tools
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

# Asks a database on the network, https://api.osv.dev; where that cannot be reached it says so and fails.
audit: tools
	@$(BIN)/python tools/audit.py $(ARGS)

fuzz: tools
	@$(BIN)/python benchmarks/fuzz.py $(ARGS)

format: tools
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

# After a wanted change of what the program says: the seed's answer in tests/golden, and what the READMEs show.
golden: tools
	@$(BIN)/python tests/test_golden.py
	@$(BIN)/python tests/test_queries.py
	@git diff --stat -- README.md README.zh-CN.md tests/golden 2>/dev/null || true

# After an edit of the dependencies in pyproject.toml. The index is named, so that no private one gets into the lock file.
lock: tools
	@$(BIN)/uv lock --default-index https://pypi.org/simple

# Where the sources change afterwards, they count again, until this is done once more.
compiled: tools
	@$(BIN)/python tools/compile.py $(ARGS)

setup: $(STAMP)

# What tests, checks and extras need besides.
tools: $(TOOLS)

$(STAMP): uv.lock pyproject.toml tools/bootstrap.py
	@test -n "$(PYTHON)" || { echo "setup: Python 3.11 or newer was not found: make setup PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) tools/bootstrap.py

$(TOOLS): uv.lock pyproject.toml tools/bootstrap.py
	@test -n "$(PYTHON)" || { echo "setup: Python 3.11 or newer was not found: make tools PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) tools/bootstrap.py --tools

clean:
	rm -rf .venv .dagster .pytest_cache .mypy_cache .ruff_cache .hypothesis
