# Two commands for a stranger: `make test` and `make gate`. Both prepare what they need in .venv.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: gate test test-reports lint types lock clean

gate: test-reports  ## run the tests with coverage, then the gate on this repository's last commit
	$(BIN)/qualitygate check --base HEAD~1
	@$(BIN)/qualitygate baseline save >/dev/null 2>&1 || true

test-reports: $(READY)  ## run all tests and leave the reports that the gate reads
	$(BIN)/python -m pytest -n auto --dist loadgroup --cov --cov-report=xml --junitxml=junit.xml

test: $(READY)  ## run all tests
	$(BIN)/python -m pytest -n auto --dist loadgroup

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

$(READY): requirements/dev.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "qualitygate needs Python 3.11 or newer; run make PYTHON=...")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $(READY)

lock:  ## pin all dependencies anew, with hashes, for every supported Python (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --group dev pyproject.toml -o requirements/dev.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml -o requirements/run.txt

clean:
	rm -rf .venv .coverage .coverage.* coverage.xml junit.xml verdict.json
