# make book, make test: each does its own set-up. Any Python from 3.11: make book PYTHON=python3.12
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
RUN    := $(BIN)/python -m
READY  := $(VENV)/.ready-for-the-book
BENCH  := _build/bench-venv
NEW    := import sys; sys.exit(sys.version_info < (3, 11))

export OMP_NUM_THREADS = 1
export OPENBLAS_NUM_THREADS = 1

help:  ## what can be made
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST)

book: $(READY)  ## the site, in _build/html
	$(RUN) book.build --if-needed

page: $(READY)  ## a quick look at one page: make page PAGE=chapters/2-ising/08-sampling.md
	$(RUN) book.build --page $(PAGE)

test: $(READY)  ## everything that must hold
	$(RUN) book.verify

serve: book  ## read the site at http://localhost:8000
	$(RUN) http.server 8000 --bind localhost --directory _build/html

pdf: book  ## the whole book in one PDF, _build/book.pdf (prints with a Chromium that is already installed)
	$(RUN) book.pdf

lab: $(READY)  ## your own copy of the notebooks, in JupyterLab (in _build/lab; nothing overwrites it)
	$(RUN) book.lab
	$(BIN)/jupyter lab _build/lab/chapters

notebooks: $(READY)  ## the notebook beside each chapter
	$(RUN) book.twins

student: $(READY)  ## copies without solutions, in _build/student
	$(RUN) book.twins --student _build/student

studies: $(READY)  ## the long reproductions again (hours)
	@for study in studies/[a-z]*.py; do $(RUN) studies.$$(basename $$study .py) || exit 1; done

bench: $(BENCH)/.ready  ## netlib's speed beside that of other packages, which get an environment of their own
	$(BENCH)/bin/python -W ignore -m benchmarks

links: $(READY)  ## every link to another host (needs a network)
	$(BIN)/jupyter-book build --builder linkcheck .

lighthouse: book  ## a report on speed, accessibility and more, if Lighthouse is installed
	$(RUN) book.lighthouse

clean:  ## remove everything that was made, except .venv and your own notebooks in _build/lab
	@if [ -d _build ]; then find _build -mindepth 1 -maxdepth 1 ! -name lab -exec rm -rf {} +; fi

$(READY): requirements.txt pyproject.toml
	@if ! $(BIN)/python -c "$(NEW)" 2>/dev/null; then \
	  $(PYTHON) -c "$(NEW)" || { echo "The book needs Python 3.11 or newer; try: make book PYTHON=python3.12"; exit 1; }; \
	  if [ -e $(VENV)/pyvenv.cfg ]; then echo "$(VENV) has no Python 3.11 or newer, and is made anew"; rm -rf $(VENV); fi; \
	  $(PYTHON) -m venv $(VENV); \
	fi
	$(BIN)/pip install -q --disable-pip-version-check -r requirements.txt
	$(BIN)/pip install -q --disable-pip-version-check -e .
	touch $@

$(BENCH)/.ready: requirements.txt pyproject.toml
	test -x $(BENCH)/bin/python || $(PYTHON) -m venv $(BENCH)
	$(BENCH)/bin/python -m benchmarks.install
	touch $@

.PHONY: help book page test serve pdf lab notebooks student studies bench links lighthouse clean
