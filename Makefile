# Everything runs from .venv, which is made here from the lock; no service and no root is needed.

SHELL := /bin/bash
PY := .venv/bin/python
WITHOUT_SERVERS := env -u DATABASE_URL -u REDIS_URL
# Prints the first interpreter that can really make the environment; a name on PATH alone proves nothing.
FIND_PYTHON = for python in python3.14 python3.13 python3.12 python3.11 python3; do \
	if "$$python" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; \
	then echo "$$python"; break; fi; done

SECURITY = tests/unit/test_hostile_files.py tests/unit/test_foreign_input.py tests/unit/test_safe_settings.py tests/unit/test_storage.py \
	tests/console/test_hostile_people.py tests/console/test_console_headers.py tests/console/test_console_login.py tests/isolation \
	tests/cli/test_nothing_leaks.py tests/flow/test_secret_sweep.py tests/contract/test_signature_fuzz.py

.PHONY: install demo test security conformance check bench bench-console ride-check faults rehearse walk proofs soak lock clean

install: .venv/runtime.stamp  ## .venv with what the service needs

demo: .venv/runtime.stamp  ## the whole service on samples; EXIT=1 ends after the table
	$(WITHOUT_SERVERS) .venv/bin/autoriza demo $(if $(filter-out 0,$(EXIT)),--exit)

test: .venv/dev.stamp  ## the whole suite on servers of its own
	$(WITHOUT_SERVERS) $(PY) -m pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder $(ARGS)

conformance: .venv/dev.stamp  ## what judges not written by us say: in the terminal and as docs/conformance.md
	$(WITHOUT_SERVERS) CI=1 PYTHONPATH=tests $(PY) -m pytest -p conformance -p no:randomly -q tests/contract tests/unit -k 'contract or signing or certificate or p12 or code or halt or unknown' $(ARGS)

check: .venv/dev.stamp  ## format, lint, types, import contracts
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports

bench: .venv/runtime.stamp  ## throughput and latency, measured on this machine
	$(WITHOUT_SERVERS) .venv/bin/autoriza bench $(ARGS)

ride-check: .venv/dev.stamp  ## RIDEs of all official samples and 200 made-up documents, looked at; docs/ride/ anew
	PYTHONPATH=tests:. $(PY) -m ride_check --gallery docs/ride $(ARGS)

security: .venv/dev.stamp  ## bandit, known holes of dependencies, the security tests, and MINUTES=10 of fuzzing
	.venv/bin/bandit -q -c pyproject.toml -r app workers admin
	.venv/bin/pip-audit --disable-pip -r requirements.txt || [ -z "$(STRICT)" ]  # it asks elsewhere, and may not get through
	$(WITHOUT_SERVERS) $(PY) -m pytest -q $(SECURITY)
	cd tests && $(WITHOUT_SERVERS) MINUTES=$(or $(MINUTES),10) PYTHONPATH=.:.. ../$(PY) -m fuzzing

bench-console: .venv/runtime.stamp  ## every page at a million documents: time, and plans; ARGS="--documents 100000 --home DIR"
	$(WITHOUT_SERVERS) PYTHONPATH=. $(PY) -m admin.bench.console $(ARGS)

faults: .venv/dev.stamp  ## docs/faults.md anew; ARGS="--only F3,F12 --runs 3 --jobs 2 --full-scale --resume"
	PYTHONPATH=tests:. $(PY) -m faults $(ARGS)

walk: .venv/dev.stamp  ## the model of a document's life walked for long; WALKS=200
	WALKS=$(or $(WALKS),200) $(WITHOUT_SERVERS) $(PY) -m pytest -q tests/model $(ARGS)

soak: .venv/dev.stamp  ## random faults over a steady load, then nothing lost, grown or left; MINUTES=30
	PYTHONPATH=tests:. $(PY) -m soak $(or $(MINUTES),30) $(ARGS)

proofs: .venv/dev.stamp  ## promises about sizes and long times; ARGS="outage fairness --size 0.1"
	PYTHONPATH=tests:. $(PY) -m proofs $(ARGS)

rehearse: .venv/dev.stamp  ## the Procfile as a platform runs it; ARGS="--only restart --invoices 30"
	PYTHONPATH=tests:. $(PY) -m rehearsal $(ARGS)

.venv/python.stamp:
	@python=$$($(FIND_PYTHON)); \
	if [ -z "$$python" ]; then \
		echo "autoriza needs Python 3.11 or newer with venv. On Debian or Ubuntu: apt-get install python3 python3-venv" >&2; \
		exit 1; \
	fi; \
	rm -rf .venv && "$$python" -m venv .venv && touch $@

.venv/runtime.stamp: requirements.txt pyproject.toml .venv/python.stamp
	.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	.venv/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev.stamp: requirements-dev.txt .venv/runtime.stamp
	.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

# One lock for every platform and Python; no index address may get into it.
LOCK = uv pip compile --quiet --universal --generate-hashes --python-version 3.11.0 --no-emit-index-url
lock:  ## compile the locks anew from pyproject.toml (needs uv)
	@command -v uv >/dev/null || { echo "make lock needs uv: pip install uv" >&2; exit 1; }
	echo 'setuptools>=77' | $(LOCK) --no-header --extra s3 --extra observe pyproject.toml - -o requirements.txt
	$(LOCK) --no-header --extra s3 --extra observe --extra dev -c requirements.txt pyproject.toml -o requirements-dev.txt

clean:  ## remove the environment and all local data, that of the embedded servers too
	@if [ -L .autoriza/outside ]; then rm -rf "$$(readlink -f .autoriza/outside)"; fi
	rm -rf .venv .autoriza build *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
