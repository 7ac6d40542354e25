# Each target does its own set-up: a virtual environment in .venv, everything in it pinned.

PYTHON ?= python3
BIN := .venv/bin

# What PYTHON names, where it names anything, is what .venv is made of.
IDENTITY := -c 'import sys; print(sys.version, sys.base_prefix)'
ifneq ($(origin PYTHON),file)
ifneq ($(wildcard $(BIN)/python),)
ifneq ($(shell $(BIN)/python $(IDENTITY) 2>/dev/null),$(shell $(PYTHON) $(IDENTITY) 2>/dev/null))
$(info Remaking .venv with $(PYTHON).)
$(shell rm -rf .venv)
endif
endif
endif

RUN_READY := .venv/.ready-to-run
TEST_READY := .venv/.ready-to-test

# uv trusts the certificates that it brings; a network with its own authority needs the system's.
UV_INSTALL = VIRTUAL_ENV=.venv $(BIN)/uv pip install --quiet
install = $(UV_INSTALL) $(1) 2>/dev/null || UV_SYSTEM_CERTS=1 $(UV_INSTALL) $(1)

MKDOCS = $(BIN)/uv run --quiet --no-project --isolated --with-requirements requirements/site.txt mkdocs

# Without bytecode each of a suite's many processes would compile all that it imports, for seconds.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help console demo serve test check format bench faults pictures site

help:
	@echo "make demo    load sample records and export them to transload-demo/outlets.xlsx"
	@echo "make serve   run the service on http://127.0.0.1:8080"
	@echo "make console build the web console (serve and demo do it too)"
	@echo "make test    run the whole test suite, on SQLite and files, PostgreSQL and S3"
	@echo "make check   format, lint, types and import directions"
	@echo "make format  put the sources into the project's format"
	@echo "make bench   measure against other libraries (minutes)"
	@echo "make pictures take the README's pictures anew, in chromium"
	@echo "make site    build the docs as a site, into site/"
	@echo "make faults  let processes, disks, database and store fail under load (minutes)"

console: $(RUN_READY)
	@$(BIN)/python console/build.py

demo: $(RUN_READY)
	@$(BIN)/python console/build.py || true
	@$(BIN)/transload demo

serve: $(RUN_READY)
	@$(BIN)/python console/build.py || true # the service is of use without its console
	@$(BIN)/transload serve

test: $(TEST_READY)
	@# The console's tests, which mostly wait for a browser, run beside all others.
	@$(BIN)/python -m pytest tests/console >.venv/console-tests.txt 2>&1 & \
	console=$$!; trap "kill $$console" INT TERM; \
	$(BIN)/python -m pytest --numprocesses 4 --dist worksteal --ignore tests/console; \
	others=$$?; wait $$console; console=$$?; cat .venv/console-tests.txt; exit $$((others + console))

check: $(TEST_READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python console/build.py --check

format: $(TEST_READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(TEST_READY)
	$(BIN)/python -m benchmarks.export
	$(BIN)/python -m benchmarks.api
	$(BIN)/python -m benchmarks.workers
	$(BIN)/python -m benchmarks.fairness
	$(BIN)/python -m benchmarks.signing_in
	$(BIN)/python -m benchmarks.writers
	$(BIN)/python -m benchmarks.person
	$(BIN)/python -m benchmarks.imports
	$(BIN)/python -m benchmarks.tasks
	$(BIN)/python -m benchmarks.task_imports

faults: $(TEST_READY)
	$(BIN)/python -m faults

pictures: $(TEST_READY)
	$(BIN)/python console/build.py
	$(BIN)/python console/pictures.py

site: | $(BIN)/uv
	@$(MKDOCS) --version >/dev/null 2>&1 || export UV_SYSTEM_CERTS=1; $(MKDOCS) build

$(BIN)/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		|| { echo "Transload needs Python 3.11 or newer: install it, or name one with make PYTHON=/path/to/python3.11."; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null \
		|| { echo "Python's venv module is missing: on Debian, run apt-get install python3-venv."; exit 1; }
	@echo "Making .venv with $$($(PYTHON) --version)." >&2
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

$(RUN_READY): requirements/runtime.txt pyproject.toml | $(BIN)/uv
	@echo "Installing what Transload needs into .venv: once, about a minute." >&2
	@$(call install,--require-hashes -r requirements/runtime.txt)
	@$(call install,--no-deps -e .)
	@touch $@

$(TEST_READY): requirements/development.txt $(RUN_READY)
	@echo "Installing what its tests and checks need into .venv: once, some minutes." >&2
	@$(call install,--require-hashes -r requirements/development.txt)
	@touch $@
