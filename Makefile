# Everything a developer, a reviewer or the CI runs. Two targets matter: `make run` and `make test`; `make help` lists the rest.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:

HOST ?= 127.0.0.1
PORT ?= 8000
export PYTHONUNBUFFERED := 1

bin := .venv/bin
embedded := env -u SUNLIGHT_DATABASE_URL -u SUNLIGHT_REDIS_URL
catalogues := $(patsubst %.po,%.mo,$(wildcard config/locale/*/LC_MESSAGES/*.po))
browser_code := $(shell find config/static -type f -not -path '*/bundle/*' 2>/dev/null)
bundle := $(if $(wildcard package.json),config/static/bundle/.built)
pure := trading/rules/* trading/procedures/* trading/draws/beacon.py trading/draws/candidates.py trading/draws/leaves.py \
	trading/draws/record.py trading/draws/selector.py trading/draws/sources.py trading/draws/wire.py \
	trading/ledger/leaf.py trading/ledger/merkle.py trading/ledger/notes.py \
	bids/sealing/admission.py bids/sealing/age.py bids/sealing/archive.py bids/sealing/content.py \
	bids/sealing/encryption.py bids/sealing/envelope.py bids/sealing/opening.py bids/sealing/rescue.py bids/sealing/shares.py bids/sealing/verdict.py \
	bids/evaluation/* bids/evaluation/*/* experts/committee.py experts/recusal.py \
	trading/codes.py trading/errors.py trading/money.py trading/text.py trading/uscc.py
comma := ,
space := $() $()

##@ The two commands
.PHONY: run test
run: setup  ## Install, migrate, load the demo and serve http://127.0.0.1:8000 (PORT=, HOST= to change)
	@exec $(bin)/python manage.py serve --prepare --host $(HOST) --port $(PORT)

test:  ## Install what the tests need and run all of them, as the CI does
	@.make/test

##@ Its steps
.PHONY: setup setup-tests lint types imports migrations unit browser services coverage
setup: .venv/.run $(catalogues) $(bundle)  ## Install the packages, bundle the browser's code, compile the translations

setup-tests: setup .venv/.test  ## Install what the tests need, Debian packages too
	@.make/debian

lint: .venv/.test  ## Ruff: lint and format
	@$(bin)/ruff check .
	@$(bin)/ruff format --check .

types: .venv/.test  ## Mypy, strict
	@$(bin)/mypy

imports: .venv/.test  ## The direction of imports
	@$(bin)/lint-imports

migrations: .venv/.test  ## Every change of a model has its migration
	@$(bin)/python manage.py makemigrations --check --dry-run

unit: setup .venv/.test  ## Unit tests and walks on the embedded stores (ARGS= for pytest)
	@$(embedded) $(bin)/coverage run -m pytest -n 2 --dist worksteal -m "not services" --ignore tests/browser $(ARGS)

browser: setup .venv/.test  ## Browser tests, in Debian's Chromium, on a site of their own (ARGS= for pytest)
	@$(embedded) $(bin)/pytest tests/browser $(ARGS)

services: setup .venv/.test  ## Tests on a PostgreSQL and a Redis of their own (ARGS= for pytest)
	@.make/services $(bin)/coverage run -m pytest -m services $(ARGS)

coverage: .venv/.test  ## What the tests before did not reach
	@$(bin)/coverage combine --quiet
	@$(bin)/coverage report
	@$(bin)/coverage report --fail-under=100 --include=$(subst $(space),$(comma),$(strip $(pure)))

##@ At work
.PHONY: fmt catalogue lock clean help
fmt: .venv/.test  ## Format the code and mend what ruff can mend
	@$(bin)/ruff check --fix-only --quiet .
	@$(bin)/ruff format .

catalogue: .venv/.test  ## Bring new texts into the translation catalogues
	@$(bin)/python manage.py catalogue

lock:  ## Resolve the requirements anew (needs uv)
	@uv pip compile pyproject.toml --universal --generate-hashes --no-emit-index-url --quiet -o requirements.txt
	@uv pip compile pyproject.toml --group dev --universal --generate-hashes --no-emit-index-url --quiet -o requirements-dev.txt

clean:  ## Remove what was installed and built; data in var/ stays
	@rm -rf .venv node_modules config/static/bundle $(catalogues) .coverage* .mypy_cache .pytest_cache .ruff_cache .import_linter_cache

help:  ## This list
	@awk -F ':.*## ' '/^##@/ {print "\n" substr($$0, 5)} /^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' Makefile

# Stamps: a step is done again when what it is made from has changed.

.PHONY: prerequisites
prerequisites:
	@.make/prerequisites

.venv/.run: requirements.txt | prerequisites
	@.make/python requirements.txt
	@touch $@

.venv/.test: requirements-dev.txt .venv/.run | prerequisites
	@.make/python requirements-dev.txt
	@touch $@

node_modules/.installed: package-lock.json package.json | prerequisites
	@.make/node
	@touch $@

config/static/bundle/.built: node_modules/.installed $(browser_code)
	@echo "Bundling the browser's code"
	@npm run --silent build
	@mkdir -p $(@D)
	@touch $@

%.mo: %.po .venv/.run
	@$(bin)/pybabel --quiet compile --input-file $< --output-file $@
