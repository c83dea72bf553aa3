# deckgen: `make` builds every deck under cards/ into build/; `make help` lists the rest.
#
# Needs make (GNU, 3.81 or later), a POSIX shell, and Python 3.11 or later with its venv module.
# Everything is installed into .venv and nothing outside this folder; root is not needed. What is
# installed is remembered by stamps in .venv, touched last: an interrupted install is done again, and
# a run that finds nothing changed installs nothing and needs no network.

SHELL = /bin/sh
.SUFFIXES:
.DEFAULT_GOAL = decks

PYTHON =# tried before all others: make PYTHON=/path/to/python3
ARGS =# more arguments for pytest, for the benchmarks or for uv
VENV_PYTHON = .venv/bin/python
PIP = $(VENV_PYTHON) -m pip
LOCK = $(VENV_PYTHON) -m uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--quiet --custom-compile-command 'make lock' $(ARGS)

export PIP_DISABLE_PIP_VERSION_CHECK = 1
export PIP_NO_INPUT = 1
export PIP_QUIET = 2
export PIP_USER = 0
unexport PYTHONHOME PYTHONPATH

# Shell words that print the name of the first fitting Python, or fail and say what to do.
FIND_PYTHON = for python in "$(PYTHON)" python3.14 python3.13 python3.12 python3.11 python3; do \
		if "$$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; \
		then echo "$$python"; exit 0; fi; \
	done; \
	echo 'No Python 3.11 or later with venv and ensurepip was found.' >&2; \
	echo 'Debian or Ubuntu: apt install python3 python3-venv. Elsewhere: https://www.python.org/downloads/' >&2; \
	echo 'If you have one in an unusual place: make PYTHON=/path/to/python3' >&2; \
	exit 1

.PHONY: decks test lint format docs gallery bench anki-versions lock clean help python FORCE

decks: .venv/program.stamp
	.venv/bin/deckgen build

test: lint
	$(VENV_PYTHON) -m pytest -n auto $(ARGS)

lint: .venv/test.stamp
	$(VENV_PYTHON) -m ruff check .
	$(VENV_PYTHON) -m ruff format --check .
	$(VENV_PYTHON) -m mypy

format: .venv/test.stamp
	$(VENV_PYTHON) -m ruff check --fix .
	$(VENV_PYTHON) -m ruff format .

docs: .venv/program.stamp
	$(VENV_PYTHON) -c 'from pathlib import Path; from deckgen.codes import as_markdown; Path("docs/reference/diagnostics.md").write_text(as_markdown(), encoding="utf-8")'

gallery: .venv/test.stamp
	$(VENV_PYTHON) tools/print_gallery.py

bench: .venv/program.stamp
	$(VENV_PYTHON) benchmarks/run.py $(ARGS)

anki-versions: decks
	.venv/bin/deckgen -C docs/gallery build -f apkg -o $(CURDIR)/build/gallery
	$(VENV_PYTHON) tools/anki_versions.py build/*.apkg build/gallery/*.apkg $(ARGS)
	$(VENV_PYTHON) tools/update_versions.py $(ARGS)

lock: .venv/uv.stamp
	$(LOCK) --group build --output-file requirements/runtime.txt
	$(LOCK) --group build --group test --constraint requirements/runtime.txt --output-file requirements/test.txt

clean:
	rm -rf build/* dist .venv .venv-anki .venv-bench .venv-peers .venv-tools .hypothesis .mypy_cache .pytest_cache .ruff_cache

help:
	@echo 'make decks    build every deck under cards/ into build/ (what plain `make` does)'
	@echo 'make test     check style and types, then run the tests; ARGS="-k apkg" for pytest'
	@echo 'make lint     check style and types only'
	@echo 'make format   put the style right'
	@echo 'make docs     write the reference pages that are made from the program'
	@echo 'make gallery  draw the printed pages of docs/gallery/print.md; about a minute'
	@echo 'make bench    time deckgen against its peers; installs them into .venv-bench; ARGS=--print for pages alone'
	@echo 'make anki-versions  import, render and update decks in four Anki versions, in .venv-anki'
	@echo 'make lock     write requirements/*.txt from pyproject.toml; ARGS=--upgrade for new versions'
	@echo 'make clean    remove what was built, the environments and the caches'

# The Python that would be used.
python:
	@$(FIND_PYTHON)

# The environment. Made anew when it is incomplete, its Python is gone or another is asked for, or the
# folder was moved (scripts in it hold its path); all other stamps go with it. Left untouched otherwise.
.venv/ready.stamp: FORCE
	@if [ "$$(sed -n 1p $@ 2>/dev/null)" = "$$(pwd -P)" ] && $(VENV_PYTHON) -c '' 2>/dev/null && \
		{ [ -z "$(PYTHON)" ] || [ "$$(sed -n 2p $@)" = "$(PYTHON)" ]; }; then exit 0; fi; \
	python=$$($(FIND_PYTHON)) || exit 1; \
	echo "Making .venv with $$("$$python" --version)" >&2; \
	"$$python" -m venv --clear .venv && { pwd -P; echo "$(PYTHON)"; } > $@

.venv/runtime.stamp: .venv/ready.stamp requirements/runtime.txt
	@echo 'Installing requirements/runtime.txt into .venv' >&2
	@$(PIP) install --require-hashes -r requirements/runtime.txt
	@touch $@

# The program itself, when a file or folder it is made of is newer than the start of its last install.
.venv/program.stamp: .venv/runtime.stamp FORCE
	@if [ -e $@ ] && [ -z "$$(find src templates pyproject.toml README.md LICENSE .venv/runtime.stamp -newer $@)" ]; \
	then exit 0; fi; \
	echo 'Installing deckgen into .venv' >&2; \
	touch .venv/program.start && \
	$(PIP) install --no-index --no-deps --no-build-isolation --force-reinstall . && \
	mv .venv/program.start $@

.venv/test.stamp: .venv/ready.stamp requirements/test.txt | .venv/program.stamp
	@echo 'Installing requirements/test.txt into .venv' >&2
	@$(PIP) install --require-hashes -r requirements/test.txt
	@touch $@

.venv/uv.stamp: .venv/ready.stamp
	@echo 'Installing uv into .venv' >&2
	@$(PIP) install uv
	@touch $@
