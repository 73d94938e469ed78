# Every command a person or CI runs. `make help` lists them.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

VENV := .venv
PYTHON := $(VENV)/bin/python
STAMP := $(VENV)/.installed

# Client tests mostly wait: for containers, for Terraform, for servers to start.
WORKERS := 4

# Packages that people write; generated/ keeps the generator's own form.
WRITTEN := -p slipway -p slipway-codegen -p slipway-runtime

.PHONY: help build demo test test-rust test-clients check bench fuzz codegen model-import model-check lint fmt doc clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  \1\t\2/' | expand -t 18

build: ## the release binary, target/release/slipway
	cargo build --release

demo: build ## build the release binary and run a sample pipeline through it
	target/release/slipway demo

test: test-rust test-clients ## all tests; what needs Docker or Terraform says so when it is skipped

test-rust:
	cargo test --workspace

test-clients: $(STAMP)
	cargo build --workspace
	$(PYTHON) -m pytest -q -rs -n $(WORKERS) --dist worksteal tests/clients

check: lint doc model-check ## what CI runs: lint, docs and all tests, none skipped but Terraform's
	SLIPWAY_REQUIRE_DOCKER=1 $(MAKE) --no-print-directory test

bench: ## all benchmarks
	cargo bench

fuzz: ## chance against the parsers of buildspecs, reports and webhooks, ten minutes for each
	SLIPWAY_FUZZ_SECONDS=$${SLIPWAY_FUZZ_SECONDS:-600} cargo test --lib fuzz_ -- --nocapture

codegen: ## model/ to generated/
	cargo run -q -p slipway-codegen -- generate

model-import: ## the pinned release of botocore to model/
	cargo run -q -p slipway-codegen -- import --download

model-check: ## model/ through the official Smithy CLI (needs Java and Maven)
	codegen/model-check/run

lint: ## formatting, clippy with warnings as errors, generated code up to date
	cargo fmt $(WRITTEN) --check
	cargo clippy --workspace --all-targets -- -D warnings
	cargo run -q -p slipway-codegen -- check

fmt: ## format everything
	cargo fmt $(WRITTEN)

doc: ## documentation, warnings as errors
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps

clean: ## remove what the commands above made
	cargo clean
	rm -rf $(VENV)

$(STAMP): tests/clients/requirements.txt
	python3 -m venv $(VENV) || { echo "make: Python 3 with its venv module is needed (Debian: python3-venv)" >&2; exit 1; }
	$(VENV)/bin/pip install -q --disable-pip-version-check -r $<
	touch $@
