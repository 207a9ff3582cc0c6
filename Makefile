# The project's own words. `make demo` and `make test` need Python 3.11 or newer, make and a package registry, no more.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
BUILD := build

# Any flag but the default makes every make start a shell, which looks up commands on the PATH exported below.
.SHELLFLAGS := -euc
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

# Nothing below may ask a question, and no model may be looked for outside this machine.
export PIP_NO_INPUT := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export HF_HUB_OFFLINE := 1
demo: export PATH := $(abspath $(BIN)):$(PATH)
demo: export PODINDEX_LIBRARY := $(CURDIR)

.PHONY: help
help: ## list these commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' $(MAKEFILE_LIST) | expand -t 20

# --- setting up ---------------------------------------------------------------------------------------------------

$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo 'podindex needs Python 3.11 or newer; choose one: make PYTHON=python3.11 ...' >&2; exit 1; }
	@echo 'Setting up $(VENV) ...'
	@$(PYTHON) -m venv $(VENV) || { \
	  echo 'Python cannot make a virtual environment; on Debian and Ubuntu: apt install python3-venv' >&2; exit 1; }

# Wheels only: a source archive would be built with tools that no hash here covers.
$(INSTALLED): requirements.lock pyproject.toml | $(VENV)/bin/pip
	@$(BIN)/python -m pip install -qq --require-hashes --only-binary :all: -r requirements.lock
	@$(BIN)/python -m pip install -qq --no-deps --no-build-isolation --editable .
	@touch $@

.PHONY: setup
setup: $(INSTALLED) ## install everything into .venv, every version and hash as locked

# --- the two commands of the README -------------------------------------------------------------------------------

.PHONY: demo
demo: $(INSTALLED) ## transcribe the sample episodes and search them
	podindex add episodes
	@echo
	podindex search '"facial recognition"' --context 4
	@echo
	podindex search 'trust the lock' --context 4
	@echo
	podindex search 'seven million' --show 'Odd Sums' --context 4
	@printf '\nThis folder is a library now: transcripts in episodes/, the index in index/. Go on with\n\n'
	@printf '  %s\n' 'source $(BIN)/activate' 'podindex episodes' 'podindex search WORDS' \
	  'podindex show the-sticky-note/the-voice-on-the-phone' 'podindex serve --open' \
	  'podindex add FOLDER-WITH-EPISODES' 'podindex --help'

.PHONY: test
test: $(INSTALLED) ## run every test
	@$(BIN)/python -m pytest $(TESTS)

# --- for developers -----------------------------------------------------------------------------------------------

.PHONY: lint
lint: $(INSTALLED) ## ruff, mypy and the import contracts
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

.PHONY: browsers
browsers: ## install the browsers that the pages are tested in (Debian, as root); without them those tests are skipped
	@if command -v chromium >/dev/null && command -v firefox-esr >/dev/null; then echo 'Chromium and Firefox are here.'; else \
	  apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends chromium firefox-esr; fi

.PHONY: format
format: $(INSTALLED) ## format the code and fix what ruff can
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

.PHONY: docs
docs: $(INSTALLED) ## write the generated parts of docs/
	$(BIN)/python docs/update.py

.PHONY: wheel
wheel: $(INSTALLED) ## build the wheel into dist/
	@rm -rf dist
	$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

# The lock without its hashes and the development tools' part in it: the wheel's own metadata asks, the lock only answers.
.PHONY: wheel-test
wheel-test: wheel ## install the wheel into an empty environment and use it there
	@rm -rf $(BUILD)/wheel-test && mkdir -p $(BUILD)/wheel-test
	@grep -o '^[A-Za-z0-9._-]*==[^ ]*\( ;[^\\]*\)\?' requirements.lock > $(BUILD)/wheel-test/constraints.txt
	@$(PYTHON) -m venv $(BUILD)/wheel-test/venv
	$(BUILD)/wheel-test/venv/bin/python -m pip install -qq --only-binary :all: \
	  --constraint $(BUILD)/wheel-test/constraints.txt "$$(echo dist/podindex-*.whl)[offline]"
	sh tests/wheel.sh $(BUILD)/wheel-test

.PHONY: lock
lock: ## resolve the dependencies again into requirements.lock
	@$(PYTHON) -m venv $(BUILD)/lock
	@$(BUILD)/lock/bin/python -m pip install -qq uv
	$(BUILD)/lock/bin/uv pip compile pyproject.toml --no-config --upgrade --quiet --universal --python-version 3.11 \
	  --extra offline --extra plots --group dev --only-binary :all: --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --custom-compile-command 'make lock' --output-file requirements.lock

.PHONY: clean
clean: ## remove what make made here; transcripts stay
	rm -rf $(VENV) $(BUILD) dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find podindex tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
