# make run     install what is needed and run the Quang Ngai study
# make test    install, run, and check everything that takes seconds
# Other goals: lint theory bench long reference schema notebook clean

PYTHON ?= python3
TEST_WORKERS ?= 2

ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
else
BIN := .venv/bin
endif

INPUTS := pyproject.toml constraints.txt
RUN_STAMP := .venv/.installed-run
DEV_STAMP := .venv/.installed-dev
NOTEBOOK_STAMP := .venv/.installed-notebook
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: run test lint theory bench long reference schema notebook clean install install-dev
.DELETE_ON_ERROR:

run: install
	$(BIN)/haicap run scenarios/quang_ngai.yaml

test: lint
	$(BIN)/haicap run scenarios/quang_ngai.yaml
	$(BIN)/python -m pytest -n $(TEST_WORKERS) --dist loadfile

lint: install-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

theory: install-dev
	$(BIN)/python -m pytest -m theory -v

bench: install-dev
	$(BIN)/python benchmarks/common_workload.py

long: install-dev
	$(BIN)/python -m pytest -m long -v

reference: install
	$(BIN)/haicap run scenarios/reference.yaml --results results/reference --fresh --no-report

schema: install
	$(BIN)/python -m sim.scenario.reference --write docs

notebook: $(NOTEBOOK_STAMP)
	$(BIN)/jupyter lab notebooks

install: $(RUN_STAMP)

install-dev: $(DEV_STAMP)

.venv/pyvenv.cfg:
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11))" || { \
	  echo "Haicap needs Python 3.11 or newer; '$(PYTHON)' is older or missing."; \
	  echo "Name another one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv .venv

$(RUN_STAMP): .venv/pyvenv.cfg $(INPUTS)
	$(PIP) install --editable . --constraint constraints.txt
	@touch $@

$(DEV_STAMP): .venv/pyvenv.cfg $(INPUTS)
	$(PIP) install --editable ".[dev]" --constraint constraints.txt
	@touch $(RUN_STAMP) $@

$(NOTEBOOK_STAMP): .venv/pyvenv.cfg $(INPUTS)
	$(PIP) install --editable ".[notebook]" --constraint constraints.txt
	@touch $(RUN_STAMP) $@

clean:
	rm -rf build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
