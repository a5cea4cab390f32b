# Everything here needs python3 (3.11 or newer), make and a package registry; each target makes what it lacks.

PYTHON ?= python3
PORT ?= 9996
PART ?= reader
EVERY ?= 1
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
LOCKS := requirements-build.lock requirements.lock

# Empty: compiled modules are kept, whatever the shell says. Without them each process of the tests compiles for seconds.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help install serve quick attack reset test test-pythons check bench lock format generated documents coverage mutants docs debug shell static

help: ## Say what the targets are
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1	\2/'

install: $(STAMP) ## Make .venv with the project and everything it needs, as locked

$(STAMP): pyproject.toml $(LOCKS)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "smartertrack-emu needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) --version 2>&1 | head -n 1)."; \
	  echo "Name another one: make $(MAKECMDGOALS) PYTHON=/path/to/python3.12"; exit 1; } >&2
	@test -x $(BIN)/python && $(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	.ci/install $(BIN)/python
	@touch $@

serve: install ## Serve the nine services with the example data on 127.0.0.1:9996 (or PORT)
	$(BIN)/smartertrack-emu serve --host 127.0.0.1 --port $(PORT) --data ./data --seed examples/acme.yaml

test: install ## Run the tests
	$(BIN)/pytest

quick: static ## Static checks and the tests on SQLite: before each commit
	$(BIN)/pytest -q -m "not postgresql"

static: install ## Format, style, types, imports, and the files that have a schema
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/tests.yml

test-pythons: install ## Run the tests on each other Python this machine has, out of 3.11, 3.12 and 3.13
	.ci/test-pythons $(BIN)/python

check: static ## Everything that must hold before a change goes in
	$(BIN)/python .ci/audit
	$(MAKE) generated
	$(MAKE) docs
	$(MAKE) coverage
	$(MAKE) test-pythons

coverage: install ## Run the tests, and fail below the floor of branch coverage that those on SQLite have
	$(BIN)/pytest -m "not postgresql" --cov
	$(BIN)/pytest -m postgresql

generated: install ## Check that the files we generate and keep are up to date
	$(BIN)/python -m tools.documents --check

documents: install ## Write the generated files anew
	$(BIN)/python -m tools.documents --write

bench: install ## Measure: beside a bare server and stock Spyne, then how searches grow with the data
	$(BIN)/python -m bench
	$(BIN)/python -m bench.connections
	$(BIN)/python -m bench.state
	$(BIN)/python -m bench.engine
	$(BIN)/python -m bench.search_scale
	$(BIN)/python -m bench.search
	$(BIN)/python -m bench.journal

attack: install ## Measure what hostile requests and connections cost; fails beyond the bounds of docs/limits.md
	$(BIN)/python -m bench.attack_shapes
	$(BIN)/python -m bench.markup
	$(BIN)/python -m bench.attack_connections

mutants: install ## Change the code and see whether a test notices (PART=reader, visibility or keyvalues; EVERY=10 tries a tenth)
	$(BIN)/python -m tools.mutants $(PART) --every $(EVERY)

docs: install ## Build the documentation's site into site/, with its links checked
	$(BIN)/sphinx-build --fail-on-warning --keep-going --quiet --nitpicky --builder html docs site

debug: install ## Serve ./data on 127.0.0.1:9996 (or PORT), reloading on changes, with tracebacks and SQL shown
	$(BIN)/python -m tools.debug --port $(PORT) --data ./data --seed examples/acme.yaml

shell: install ## A Python shell with a session on ./data, the models and the desk
	$(BIN)/python -m tools.shell --data ./data --seed examples/acme.yaml

reset: ## Throw away the data that `make serve` has made
	rm -rf ./data

format: install ## Format, and mend what ruff can mend
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

# uv resolves for every platform and Python at once. The locks hold names, versions and hashes: no host, no path.
LOCK := $(VENV)-lock/bin/uv pip compile --quiet --no-config --no-header --universal --generate-hashes \
  --no-emit-index-url --no-emit-find-links --python-version 3.11
lock: ## Resolve the dependencies again and write the lock files (UPGRADE=1: to their newest versions)
	@test -x $(VENV)-lock/bin/uv || { $(PYTHON) -m venv $(VENV)-lock && $(VENV)-lock/bin/pip install --quiet uv; }
	$(LOCK) $(if $(UPGRADE),--upgrade) --extra dev --output-file requirements.lock pyproject.toml
	$(LOCK) --constraints requirements.lock --output-file requirements-runtime.lock pyproject.toml
	$(LOCK) --constraints requirements.lock --group build --output-file requirements-build.lock
