# make book, make test: each does its own set-up. Any Python from 3.11: make book PYTHON=python3.12
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
RUN    := $(BIN)/python -m
READY  := $(VENV)/.ready-for-the-book
BENCH  := _build/bench-venv

export OMP_NUM_THREADS = 1
export OPENBLAS_NUM_THREADS = 1

help:  ## what can be made
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST)

book: $(READY)  ## the site, in _build/html
	$(RUN) book.build --if-needed

test: $(READY)  ## everything that must hold
	$(RUN) book.verify

serve: book  ## read the site at http://localhost:8000
	$(RUN) http.server 8000 --bind localhost --directory _build/html

lab: $(READY)  ## the chapters as notebooks in JupyterLab
	$(BIN)/jupyter lab chapters

notebooks: $(READY)  ## the notebook beside each chapter
	$(RUN) book.twins

studies: $(READY)  ## the long reproductions again (hours)
	@for study in studies/[a-z]*.py; do $(RUN) studies.$$(basename $$study .py) || exit 1; done

bench: $(BENCH)/.ready  ## netlib's speed beside that of other packages, which get an environment of their own
	$(BENCH)/bin/python -W ignore -m benchmarks

links: $(READY)  ## every link to another host (needs a network)
	$(BIN)/jupyter-book build --builder linkcheck .

clean:  ## remove everything that was made, except .venv
	rm -rf _build

$(READY): requirements.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -c "import sys; sys.exit('The book needs Python 3.11 or newer; try: make PYTHON=python3.12' if sys.version_info < (3, 11) else 0)"
	$(BIN)/pip install -q --disable-pip-version-check -r requirements.txt
	$(BIN)/pip install -q --disable-pip-version-check -e .
	touch $@

$(BENCH)/.ready: requirements.txt pyproject.toml
	test -x $(BENCH)/bin/python || $(PYTHON) -m venv $(BENCH)
	$(BENCH)/bin/python -m benchmarks.install
	touch $@

.PHONY: help book test serve lab notebooks studies bench links clean
