# Every task of the project. `make help` lists them; `make lab` and `make test` need nothing before them
# but Python 3.11+ and make.

PYTHON ?= python3
FOLDER ?= pytorch-basics-work
BIN := .venv/bin
STAMP := .venv/.installed
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
# PyTorch's CPU index, say, so that a Linux machine without a GPU does not download CUDA.
TORCH_INDEX ?=
# Only as written behind make: many systems have a variable of this name, and it means something else.
SPOKEN := $(if $(filter command,$(origin LANGUAGE)),--language $(LANGUAGE))

.PHONY: help lab test check notebooks bench constraints clean

help:  ## list the tasks
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "%-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

lab: $(STAMP)-lab  ## open the course in JupyterLab  (PORT=8888 BROWSER=none LANGUAGE=de FOLDER=… TORCH_INDEX=…)
	@exec $(BIN)/pytorch-basics lab $(FOLDER) $(if $(PORT),--port $(PORT)) $(if $(BROWSER),--browser $(BROWSER)) $(SPOKEN)

test: $(STAMP)-dev  ## run all tests  (TESTS="tests/practice -k sandbox" for some)
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist worksteal $(TESTS)

check: $(STAMP)-dev  ## lint, format, types, import rule: what CI runs before the tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_imports.py

notebooks: $(STAMP)-dev  ## build and execute the notebooks  (TOPIC=memory for one)
	$(BIN)/python tools/build_notebooks.py $(TOPIC)

bench: $(STAMP)-dev  ## measure the numbers of the README
	$(BIN)/python benchmarks/run_all.py

# PyTorch goes first and alone: with an index of its own if one is given, else from wherever pip finds it.
$(STAMP)-lab: pyproject.toml constraints.txt
	@echo "Installing into .venv (once; a few minutes with a slow network) …"
	@test -x $(BIN)/python || $(PYTHON) -c 'import sys; v = sys.version_info; v >= (3, 11) or sys.exit("Python %d.%d is too old: install Python 3.11 or later, or name one with PYTHON=…" % v[:2])'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(PIP) $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX)) torch
	@$(PIP) -e ".[lab]"
	@touch $@

$(STAMP)-dev: $(STAMP)-lab
	@$(PIP) -e ".[lab,dev]"
	@touch $@

constraints: $(STAMP)-dev  ## pin what is installed now as the tested set
	$(BIN)/python -m pip freeze --exclude-editable | grep -vE '^(pip|setuptools|wheel)==' | sed 's/+cpu//' > constraints.txt

clean:  ## remove what make made (not your folder)
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache
