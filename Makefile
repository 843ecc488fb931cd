# Each target does its own set-up: a fresh machine needs Python 3.11+ and make, nothing else.
.DEFAULT_GOAL := help
.PHONY: help demo test test-all check fix format-check lint types import-rule templates e2e e2e-all clients pages browser browser-all gallery fuzz soak bench bench-full bench-matching up down openapi catalogues vendored lock clean
SHELL := /bin/bash

# Lambda runs the Python that deploys: the newest that both it and every wheel we pin support.
PYTHON ?= $(shell for p in python3.14 python3.13 python3.12 python3.11 python3; do \
  $$p -c 'import sys, ssl, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
READY := .venv/ready.stamp
CODE := app.py chalicelib infra tests $(wildcard benchmarks)
UV_COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-annotate --generate-hashes \
  --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

help: ## show this list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

demo: $(READY) ## a season of bookings through the whole hub on this machine (BOOKINGS=file.csv LIMIT=n replay a file; KEEP=1 leaves the hub running)
	@$(BIN)/python -m infra.demo $(if $(BOOKINGS),--bookings "$(BOOKINGS)") $(if $(LIMIT),--limit "$(LIMIT)") $(if $(KEEP),--keep)

# Compiled tests are kept whatever the shell says: each worker would compile them again.
test: $(READY) ## unit, action and fault tests in under a minute; of orders and crashes a spread
	@PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -q -n 2 --dist worksteal --quick $(ARGS)

test-all: $(READY) ## the same with every order, every crash and all examples
	@PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -q -n 2 --dist worksteal $(ARGS)

check: format-check lint types import-rule templates test-all ## everything that must be green before a change is done

format-check: $(READY)
	@echo "== format" && $(BIN)/ruff format --check --quiet $(CODE) || { echo "run: make fix"; exit 1; }

lint: $(READY)
	@echo "== lint" && $(BIN)/ruff check --quiet $(CODE)

types: $(READY)
	@echo "== types" && $(BIN)/mypy $(CODE)

import-rule: $(READY)
	@echo "== import rule" && $(BIN)/lint-imports --no-logo

templates: $(READY)
	@echo "== templates" && mkdir -p .local && $(BIN)/python -m infra.template > .local/infra.json && $(BIN)/cfn-lint .local/infra.json

fix: $(READY) ## format, and repair what ruff can repair
	@$(BIN)/ruff format --quiet $(CODE) && $(BIN)/ruff check --quiet --fix $(CODE)

e2e: $(READY) ## the packaged app, deployed into a local cloud; of killed deployments a spread
	@$(BIN)/pytest -m end_to_end tests/end_to_end --quick $(ARGS)

e2e-all: $(READY) ## the same, with a deployment killed after each resource
	@$(BIN)/pytest -m end_to_end tests/end_to_end $(ARGS)

clients: $(READY) ## generated clients drive the hub, and a linter reads its description (needs npm)
	@$(BIN)/pytest -m end_to_end tests/clients/test_clients.py $(ARGS)

pages: $(READY) ## the guests' pages in a browser, looked at by axe (needs npm and chromium; SHOTS=folder keeps what was seen)
	@$(BIN)/pytest -m end_to_end tests/pages $(ARGS)

browser: $(READY) ## every page of the console in a browser, in every role, looked at by axe; of keyboard, languages and scripts a spread (needs chromium)
	@$(BIN)/pytest -m end_to_end tests/browser -n 2 --quick $(ARGS)

browser-all: $(READY) ## the same, with every page by keyboard, in other languages and without scripts
	@$(BIN)/pytest -m end_to_end tests/browser -n 2 $(ARGS)

gallery: $(READY) ## pictures of every page of the console into docs/gallery (needs chromium)
	@$(BIN)/pytest -q -m end_to_end tests/browser/gallery.py $(ARGS)

fuzz: $(READY) ## two minutes of requests made from the description of the API, the same each time (SEED=n EXAMPLES=n others)
	@$(BIN)/pytest -m end_to_end tests/clients/test_fuzzing.py $(ARGS)

soak: $(READY) ## 10,000 webhooks and a campaign while every worker is killed three times (LIMIT=n KILLS=n SEED=n)
	@$(BIN)/python -m infra.soak $(if $(LIMIT),--limit "$(LIMIT)") $(if $(KILLS),--kills "$(KILLS)") $(if $(SEED),--seed "$(SEED)")

bench: $(READY) ## the table of what things cost, as ratios against their floors
	@$(BIN)/python -m benchmarks

bench-full: $(READY) ## the same, with what takes longer than ten minutes
	@$(BIN)/python -m benchmarks --full

bench-matching: $(READY) ## how well records are matched, beside Splink on data whose people are known (installs Splink, DuckDB, pandas)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -r requirements-matching.txt
	@$(BIN)/python -m benchmarks.matching

up: $(READY) ## keep a local cloud with the hub running, with the data of last time (FRESH=1 without); writes .local/hub.json
	@$(BIN)/hub up $(if $(FRESH),--fresh)

down: $(READY) ## stop it
	@$(BIN)/hub down

openapi: $(READY) ## write docs/openapi.json and docs/schemas/ from the models
	@$(BIN)/python -m infra.openapi && $(BIN)/python -m infra.schemas

catalogues: $(READY) ## bring the guests' texts and their translations in step (LANGUAGE=pl adds one)
	@$(BIN)/python -m infra.catalogues $(LANGUAGE)

vendored: $(READY) ## fetch the console's static files of others, held to their list (needs npm; ACCEPT=1 writes new hashes)
	@$(BIN)/python -m infra.vendored $(if $(ACCEPT),--accept)

lock: $(READY) ## pin again what pyproject.toml asks for
	@$(UV_COMPILE) $(UPGRADE) --extra dev pyproject.toml -o requirements-dev.txt
	@$(UV_COMPILE) $(UPGRADE) -c requirements-dev.txt pyproject.toml -o requirements.txt
	@$(BIN)/python -m infra.layer >> requirements.txt
	@$(UV_COMPILE) $(UPGRADE) -c requirements-dev.txt --extra matching pyproject.toml -o requirements-matching.txt

clean: ## remove what these targets made
	@rm -rf .venv .local .chalice/deployments .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 to 3.14 is needed (with venv and ssl)"; exit 1; }
	@echo "== set-up: virtual environment" && $(PYTHON) -m venv .venv

# `--config-settings editable_mode=compat`: one path entry, so that new packages are found without a new install.
$(READY): requirements-dev.txt pyproject.toml | .venv/bin/python
	@echo "== set-up: pinned packages (about a minute, once)"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -r requirements-dev.txt
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation \
	  --config-settings editable_mode=compat -e .
	@touch $@
