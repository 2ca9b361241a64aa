# What a newcomer runs: `make run`, then `make test`. Needs Python 3.11 or newer and make; the explorer also npm.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV ?= .venv
BIN := $(VENV)/bin
PYTEST ?= $(BIN)/python -m pytest
NODE_PACKAGES := web/node_modules/.package-lock.json

.PHONY: run test test-quick test-slow test-browser sameness mutations oracles rates lint types contract web budgets bench bench-memory microseconds clean

run: $(VENV)/.installed web-if-possible
	$(BIN)/helsekort demo

test: lint types contract web-if-possible
	$(PYTEST) -n 2

test-quick: lint contract
	$(PYTEST) -n 2 tests/domain tests/identity tests/test_rooms.py tests/test_contract.py

test-slow: $(VENV)/.installed
	$(PYTEST) -m slow

test-browser: $(VENV)/.installed web
	$(PYTEST) -m browser

N ?= 20000
REQUESTS ?= 1000000

sameness: $(VENV)/.installed
	SAMENESS=$(N) $(PYTEST) -n 2 -m slow tests/sameness

mutations: $(VENV)/.installed
	HELSEKORT_LOG_LEVEL=ERROR $(BIN)/python -m tests.access.mutations --names

oracles: $(VENV)/.installed
	PAIRS=$(N) $(PYTEST) -m slow tests/access/test_no_oracle.py

rates: $(VENV)/.installed
	$(BIN)/python -m tests.population

lint: $(VENV)/.installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/.installed
	$(BIN)/mypy

contract: $(VENV)/.installed
	$(BIN)/helsekort schema --check
	$(BIN)/helsekort documents list --check

budgets: $(VENV)/.installed
	HELSEKORT_WRITE_BUDGETS=1 $(PYTEST) tests/budgets

bench: $(VENV)/.installed
	$(BIN)/python -m tests.bench

microseconds: $(VENV)/.installed
	$(BIN)/python -m tests.bench.microseconds

bench-memory: $(VENV)/.installed
	$(BIN)/python -m tests.bench.memory --requests $(REQUESTS)

web: app/web_dist/explorer.html

app/web_dist/explorer.html: $(NODE_PACKAGES) $(shell find web -path web/node_modules -prune -o -type f -print 2>/dev/null)
	cd web && npm run build
	touch $@

$(NODE_PACKAGES): web/package.json web/package-lock.json
	cd web && npm ci --no-audit --no-fund
	touch $@

.PHONY: web-if-possible
web-if-possible:
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory web \
	|| echo "The explorer could not be built; everything else works."; \
	else echo "npm is not here: the explorer is not built; everything else works."; fi

$(VENV)/.installed: requirements-development.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer, please") if sys.version_info < (3, 11) else None'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-development.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

clean:
	rm -rf $(VENV) .helsekort app/web_dist web/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis
