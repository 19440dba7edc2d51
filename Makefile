# Two commands for a newcomer: make demo, make test.
# The first Python on the path that is new enough; or name one: make demo PYTHON=/path/to/python3.13
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 13))
PYTHON ?= $(shell for p in python3 python3.13 python3.14 python; do \
  $$p -c '$(NEW_ENOUGH)' 2>/dev/null && echo $$p && break; done)
BIN := $(if $(filter Windows_NT,$(OS)),.venv/Scripts,.venv/bin)

.PHONY: demo test bench eval models lock clean

demo: .venv/.run
	$(BIN)/gateway demo

test: .venv/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder

bench: .venv/.test
	$(BIN)/python -m benchmarks

eval: .venv/.test
	$(BIN)/python -m benchmarks.evaluate

.venv/bin/python .venv/Scripts/python.exe:
	@$(or $(PYTHON),false) -c '$(NEW_ENOUGH)' 2>/dev/null || \
	  { echo "Python 3.13 or newer is needed; name one with: make $(MAKECMDGOALS) PYTHON=/path/to/python3.13"; exit 5; }
	$(PYTHON) -m venv .venv

.venv/.run: requirements/run.txt pyproject.toml | $(BIN)/python
	@echo "Installing what the gateway needs into .venv (once, about a minute) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/.test: requirements/test.txt pyproject.toml | $(BIN)/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/test.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@ .venv/.run

# The name models, from the open text that recognizers/names/SOURCES.md lists; about half an hour.
models: .venv/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group models
	$(BIN)/python -m recognizers.names.training

# Needs uv. The lock names no index and no download address.
LOCK := uv pip compile --universal --python-version 3.13 --generate-hashes --no-emit-index-url \
  --no-emit-find-links --quiet --custom-compile-command "make lock"
lock:
	$(LOCK) pyproject.toml requirements/build.in --extra demo -o requirements/run.txt
	$(LOCK) pyproject.toml requirements/build.in --extra demo --group test -c requirements/run.txt -o requirements/test.txt

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache
