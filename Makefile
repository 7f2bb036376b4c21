# One command each: `make demo` runs the main job, `make test` proves it. Both do their own set-up.
VENV   ?= .venv
PYTHON ?= python3
BIN    := $(VENV)/bin

.PHONY: demo test lint bench pictures setup spark clean lock

demo: setup
	$(BIN)/chartproof demo

test: setup lint
	@sh scripts/system-packages chromium=chromium
	$(BIN)/python -m pytest -n auto --dist loadgroup

lint: setup
	$(BIN)/ruff check src tests benchmarks scripts
	$(BIN)/ruff format --check src tests benchmarks scripts
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/mypy benchmarks/*.py benchmarks/*/*.py scripts/*.py

bench: setup
	$(BIN)/python benchmarks/case.py

# The README's pictures, from the demo's package and from the desk in a browser.
pictures: demo
	$(BIN)/python scripts/pictures.py build/demo docs/pictures
	@sh scripts/system-packages chromium=chromium
	$(BIN)/python scripts/desk_pictures.py docs/pictures

setup: $(VENV)/.ready

$(VENV)/.ready: requirements.lock pyproject.toml
	@PYTHON="$(PYTHON)" sh scripts/make-venv "$(VENV)"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# Spark, for its test and benchmark: 450 MB, and Java. It comes as source alone, so that it is built here, with what is there.
spark: $(VENV)/.spark

$(VENV)/.spark: spark.lock $(VENV)/.ready
	@sh scripts/system-packages java=default-jre-headless
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --no-build-isolation -r spark.lock
	@touch $@

# Needs uv; writes names, versions and hashes only.
lock:
	uv pip compile pyproject.toml --extra dev --universal --generate-hashes --no-header --output-file requirements.lock --quiet
	echo 'pyspark>=4' | uv pip compile - --python-version 3.11 --universal --generate-hashes --no-header --output-file spark.lock --quiet

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
