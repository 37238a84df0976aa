# `make demo` and `make test` are all a newcomer needs: both make .venv first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

.PHONY: demo test test-slow check docs site clean install

demo: install ## compare the quotes of the sample article, then translate it; reports in demo/
	$(BIN)/tolmach demo

test: install ## the default suite: offline, under two minutes
	$(BIN)/python -m pytest --numprocesses auto -m "not weights and not browser and not slow"

test-slow: install ## what `make test` leaves out: real weights (1.1 GB, 6 GB of memory), a browser, long texts
	$(BIN)/python -m pytest -m "weights or browser or slow"

check: install ## style, types, layers, generated docs in step
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python docs/generate.py --check

docs: install ## write the generated parts of the documents; the picture needs chromium
	$(BIN)/python docs/generate.py --runs

site: install ## the documents as a site, in site/
	$(BIN)/zensical build --strict --clean

install: $(INSTALLED)

# torch's exact pin lets pip take a CPU build; everything else is pinned beside it.
$(INSTALLED): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing into $(VENV): about a minute"
	$(BIN)/python -m pip install -qq --upgrade --constraint constraints.txt pip
	$(BIN)/python -m pip install -qq --constraint constraints.txt --build-constraint constraints.txt \
	  --editable '.[all]' --group dev
	touch $@
	@echo "Done: $(BIN)/tolmach --help"

clean: ## remove what make made
	rm -rf $(VENV) demo build site .cache ./*.egg-info
