# Two commands do everything: `make demo` and `make test`. `make help` lists the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: help demo test check soak bench bench-hunt bench-many bench-peers other-python docs messages baseline lock clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

# What the demo needs: the package and its run-time dependencies, from the lock file, with hashes.
$(VENV)/.runtime: requirements/run.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

$(STAMP): $(VENV)/.runtime requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	touch $@

demo: $(VENV)/.runtime ## build an invented journalist's backup, examine it, show the result
	rm -rf demo-backup demo-out
	$(BIN)/python -m perito.demo demo-backup
	$(BIN)/perito check demo-backup --out demo-out; test $$? -le 1

test: $(STAMP) ## everything a change must pass
	$(BIN)/python -m pytest -q -rs -n 2

check: $(STAMP) ## style, types and import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

soak: $(STAMP) ## the property tests with many more examples; takes hours
	PERITO_HYPOTHESIS=soak $(BIN)/python -m pytest -q -n 2 -m "not browser" tests

docs: $(STAMP) ## write the generated pages of docs/ anew
	$(BIN)/python -m scripts.build_docs

messages: $(STAMP) ## write the translation catalogues anew
	$(BIN)/python -m scripts.build_catalogues

baseline: $(STAMP) ## build the shipped indicators anew from the material beside the checkout
	$(BIN)/python scripts/build_baseline.py

OTHER ?= python3.13
other-python: ## set up a second Python (OTHER=python3.13) for the test that two Pythons agree
	test -x .venv-other/bin/python || $(OTHER) -m venv .venv-other
	.venv-other/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt

bench-peers: ## install the peer that `make bench` measures beside Perito
	test -x .venv-peers/bin/python || $(PYTHON) -m venv .venv-peers
	.venv-peers/bin/python -m pip install --quiet --disable-pip-version-check -r bench/requirements-peers.txt

bench: $(STAMP) ## build backups at three sizes and measure; takes about half an hour
	$(BIN)/python -m bench.bench

bench-hunt: $(STAMP) ## build dockets of 20 and 100 million observables and measure the hunt
	$(BIN)/python -m bench.hunt --rows 20,100

bench-many: $(STAMP) ## examine 50 small acquisitions one by one, by one command, and by two workers of a cluster
	$(BIN)/python -m bench.many

lock: ## resolve the dependencies anew (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header pyproject.toml -o requirements/run.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --extra cluster pyproject.toml -o requirements/cluster.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --extra dev pyproject.toml -o requirements/dev.txt

clean: ## delete what was built
	rm -rf $(VENV) .venv-peers .venv-other demo-backup demo-out bench/out
