# Every command of the project. `make` alone lists them.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export DJANGO_SETTINGS_MODULE := config.settings

.PHONY: help setup up down test check lint-deploy e2e live bench lock clean
help: ## list the commands
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

$(VENV)/.ready: requirements.txt requirements-dev.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt -r requirements-dev.txt
	touch $@

%.mo: %.po $(VENV)/.ready
	$(BIN)/python -m config.translations

TRANSLATIONS := $(patsubst %.po,%.mo,$(wildcard */locale/*/LC_MESSAGES/*.po))
setup: $(VENV)/.ready $(TRANSLATIONS) ## make the virtual environment, compile the translations

up: setup ## start the archive; the first time, fill it with the demonstration
	@$(BIN)/python -m config.up

down: setup ## stop what `make up` started
	@$(BIN)/python -m config.down

test: setup ## run the tests; no server or browser needed
	$(BIN)/python -m pytest -n 2

e2e: setup ## run the browser tests; installs Debian's Chromium where it is missing
	@command -v chromium >/dev/null || (apt-get update -qq && apt-get install -y -qq chromium)
	$(BIN)/python -m pytest tests/e2e -o timeout=600

BENCHMARKS := parse extract search imports smtp stack.bench
bench: setup ## measure: parser, attachments, search, import beside notmuch, SMTP beside smtp-sink, the servers of a company beside the embedded default
	@failed=0; for name in $(BENCHMARKS); do printf '\n== %s: python -m benchmarks.%s\n' $$name $$name; \
	  $(BIN)/python -m benchmarks.$$name || { echo "== $$name did not finish"; failed=1; }; done; exit $$failed

live: setup ## run the tests against real servers and independent programs; installs PostgreSQL, builds MinIO (with Go), fetches SeaweedFS where they are missing
	@ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || (apt-get update -qq && apt-get install -y -qq postgresql)
	@command -v haproxy >/dev/null || test -x /usr/sbin/haproxy || (apt-get update -qq && apt-get install -y -qq haproxy)
	@command -v redis-server >/dev/null || (apt-get update -qq && apt-get install -y -qq redis-server)
	@command -v rsync >/dev/null && command -v sqlite3 >/dev/null || (apt-get update -qq && apt-get install -y -qq rsync sqlite3)
	$(BIN)/python -m tests.live.servers.minio
	$(BIN)/python -m tests.live.servers.seaweedfs
	$(BIN)/python -m tests.live.servers.opensearch
	$(BIN)/python -m tests.live.servers.toxiproxy
	$(BIN)/python -m pytest tests/live -n 2 --dist loadgroup -o timeout=900

check: setup ## lint, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

lint-deploy: setup ## Dockerfile, compose.yaml, deploy/ as their own tools read them; fetches these, needs Go
	@deploy/lint/run.sh $(VENV)/lint

lock: ## resolve requirements.in and requirements-dev.in again
	rm -rf $(VENV)-lock && $(PYTHON) -m venv $(VENV)-lock
	$(VENV)-lock/bin/pip install --quiet -r requirements.in && $(VENV)-lock/bin/pip freeze > requirements.txt
	$(VENV)-lock/bin/pip install --quiet -r requirements-dev.in && $(VENV)-lock/bin/pip freeze > requirements-dev.txt
	rm -rf $(VENV)-lock

clean: ## remove what was set up (the archive under var/ stays)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
