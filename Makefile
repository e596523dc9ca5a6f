# Tongban 通办. Needs Python >= 3.11 with venv, git and make; everything else is installed into .venv.
PYTHON ?= python3
BIN := .venv/bin
STAMPS := .venv/.stamps
WORKERS ?= 2
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONUTF8 := 1

.PHONY: help run test check chaos reset requirements lock frontend messages fix
.DEFAULT_GOAL := help

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "  variables:          PORT_BASE (8000), TONGBAN_HOME (.tongban), DATABASE_URL (a PostgreSQL server to use)"

run: $(STAMPS)/base $(STAMPS)/frontend $(STAMPS)/messages ## four nodes with real data on this machine; Ctrl-C stops them
	@exec $(BIN)/tongban demo

test: $(STAMPS)/dev $(STAMPS)/frontend-dev $(STAMPS)/messages ## all tests, two files at a time (PYTEST="-k words" for some, WORKERS=1 for one)
	@exec $(BIN)/pytest -n $(WORKERS) --dist loadfile $(PYTEST)

check: $(STAMPS)/dev $(STAMPS)/messages ## lint, types, import contracts, migrations, API description, licenses
	@exec $(BIN)/python tools/check.py

chaos: $(STAMPS)/base $(STAMPS)/frontend $(STAMPS)/messages ## break three nodes 200 times under load; then nothing may be lost (SEED=1)
	@exec $(BIN)/tongban chaos --nodes 3 --cases 300 --faults 200 --seed $(or $(SEED),1)

reset: $(STAMPS)/base ## remove the data of the demo that was stopped
	@exec $(BIN)/tongban reset

requirements: $(STAMPS)/dev ## which requirements tests claim
	@exec $(BIN)/python tools/requirements.py

lock: $(STAMPS)/dev ## write requirements/*.txt anew (LOCK="--upgrade" for newer versions)
	@$(BIN)/pip install -q uv && exec $(BIN)/python tools/lock.py $(LOCK)

frontend: $(STAMPS)/frontend-dev ## fetch the front-end packages

messages: $(STAMPS)/dev ## collect and compile the translations
	@$(BIN)/python tools/messages.py update && exec $(BIN)/python tools/messages.py compile

fix: $(STAMPS)/dev ## let ruff put right what it can
	@exec $(BIN)/ruff check --fix .

# --- installation; each step leaves a stamp and is skipped until its input changes ----------------------------------
$(STAMPS)/venv:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Tongban needs Python 3.11 or newer; this is %d.%d. Try: make PYTHON=python3.12 ..." % sys.version_info[:2])'
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "This Python lacks venv; on Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "making the environment .venv"
	@$(PYTHON) -m venv .venv
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/base: requirements/base.txt pyproject.toml wire/pyproject.toml | $(STAMPS)/venv
	@if [ -e $(STAMPS)/dev ]; then $(MAKE) --no-print-directory $(STAMPS)/dev; else \
	  echo "installing Python packages (about 120 MB)"; \
	  $(BIN)/pip install -q --require-hashes --only-binary :all: -r requirements/base.txt && \
	  $(BIN)/pip install -q --no-deps --no-build-isolation -e wire -e .; fi
	@touch $@

$(STAMPS)/dev: requirements/dev.txt pyproject.toml wire/pyproject.toml | $(STAMPS)/venv
	@echo "installing Python packages for tests and checks"
	@$(BIN)/pip install -q --require-hashes --only-binary :all: -r requirements/dev.txt
	@$(BIN)/pip install -q --no-deps --no-build-isolation -e wire -e .
	@touch $@ $(STAMPS)/base

$(STAMPS)/node: requirements/node.txt | $(STAMPS)/venv
	@command -v npm >/dev/null || { echo "installing Node.js as a Python package, since npm is not here"; \
	  $(BIN)/pip install -q --require-hashes -r requirements/node.txt; }
	@touch $@

$(STAMPS)/frontend: package-lock.json tools/frontend.py | $(STAMPS)/base $(STAMPS)/node
	@echo "fetching front-end packages"
	@$(BIN)/python tools/frontend.py
	@touch $@

$(STAMPS)/frontend-dev: package-lock.json tools/frontend.py | $(STAMPS)/dev $(STAMPS)/node
	@$(BIN)/python tools/frontend.py --dev
	@touch $@ $(STAMPS)/frontend

$(STAMPS)/messages: $(wildcard src/tongban/locale/*/LC_MESSAGES/*.po) | $(STAMPS)/base
	@if [ -f tools/messages.py ]; then $(BIN)/python tools/messages.py compile; fi
	@touch $@
