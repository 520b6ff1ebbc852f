# Two commands: `make report` rebuilds the July 2008 update, `make test` passes every test. Both do all the set-up.
# While working: `make quick` and `make core` need neither root nor another program than Python.
.PHONY: bench engines large report test quick core versions older-ironcalc windows test-windows fuzz hostile coverage mutants docs look lint workbooks generated clean

report:
	@bash tools/setup.sh
	@.venv/bin/python workbooks/build.py
	@.venv/bin/xl-flexextra report --out workbooks/flex_extra_performance_update.xlsx --force

test:
	@bash tools/setup.sh test
	@$(MAKE) --no-print-directory lint
	@bash tools/run_tests.sh .venv/bin/python -m pytest -n auto --dist loadfile --no-loadscope-reorder --max-worker-restart 0

quick:
	@bash tools/setup.sh core
	@$(MAKE) --no-print-directory lint
	@.venv/bin/python -m pytest -q -n auto -m "not slow" tests/core

core:
	@bash tools/setup.sh core
	@$(MAKE) --no-print-directory lint
	@.venv/bin/python -m pytest -n auto tests/core tests/cli tests/ooxml

versions:
	@bash tools/setup.sh core
	@bash tools/other_versions.sh

# the native functions by the older engine that browsers have: examples, filings, random terms
older-ironcalc:
	@bash tools/setup.sh core
	@bash tools/install_older_ironcalc.sh
	@.venv/bin/python -m pytest -q -p no:xdist tests/native -k older

# on genuine Windows Python, which needs root, apt and 2.2 GB once (docs/windows.md): what CI runs (a skip of it is a failure),
# and everything
windows:
	@bash tools/setup.sh core
	@bash tools/install_windows.sh
	@XL_FLEXEXTRA_NO_SKIPS=1 bash tools/run_tests.sh .windows/python -P -m pytest -q -m windows -n 2 --dist loadfile --no-loadscope-reorder --max-worker-restart 0 -o cache_dir=.windows/cache -p no:faulthandler tests/windows tests/excel tests/sync tests/cli

test-windows:
	@bash tools/setup.sh core
	@bash tools/install_windows.sh
	@.windows/python -P -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder -p no:cacheprovider -p no:faulthandler

# every benchmark, on a machine that does nothing else; docs/benchmarks.md gets the tables
bench:
	@bash tools/setup.sh core
	@.venv/bin/python -m pip install -qq --disable-pip-version-check --editable ".[dask]" pyxirr
	@.venv/bin/python benchmarks/batch.py --page docs/benchmarks.md
	@.venv/bin/python benchmarks/walks.py --page docs/benchmarks.md
	@.venv/bin/python benchmarks/four_tables.py --page docs/benchmarks.md
	@.venv/bin/python benchmarks/money_weighted.py --page docs/benchmarks.md
	@.venv/bin/python benchmarks/refresh_million.py --page docs/benchmarks.md
	@.venv/bin/python benchmarks/store.py --page docs/benchmarks.md
	@.venv/bin/python benchmarks/import_time.py --page docs/benchmarks.md

# refreshes without LibreOffice and with it, each cell beside a recalculation: 200 random workbooks, ours, XL_FLEXEXTRA_WORKBOOKS
engines:
	@bash tools/setup.sh test
	@PYTHONPATH=tests .venv/bin/python -W ignore -m recalculation.both_routes

# commands over large and honest files, each within its bounds of time and memory
large:
	@bash tools/setup.sh core
	@.venv/bin/python benchmarks/large_but_honest.py --page docs/benchmarks.md

# files that are nearly right through every door: make fuzz MINUTES=60; with SEED=1 the same ones each time
fuzz:
	@bash tools/setup.sh core
	@PYTHONPATH=tests .venv/bin/python -m fuzz.run $(or $(MINUTES),2) $(SEED)

# each kind of hostile file through each place that takes its sort, measured: two hours; docs/security.md gets the table.
# make hostile WORDS=--in-turn takes minutes: each file through one place
hostile:
	@bash tools/setup.sh
	@PYTHONPATH=tests .venv/bin/python -m hostile.run docs/security.md $(WORDS)

# which branches no test reaches; TESTS="tests/core tests/cli" measures with these alone
coverage:
	@bash tools/setup.sh $(if $(TESTS),core,test)
	@.venv/bin/python -m pytest -q -n auto --dist loadfile --cov --cov-report term-missing --cov-report html:build/coverage $(TESTS)

# faults that no test of the core notices: make mutants OF='xl_flexextra.calculation.walk.*'
mutants:
	@bash tools/setup.sh core
	@bash tools/mutants.sh $(foreach name,$(OF),'$(name)')

# the site of the documentation, into build/site: a warning, such as of a link that leads nowhere, is an error
docs:
	@bash tools/setup.sh core
	@.venv/bin/python -m pip install -qq --disable-pip-version-check --editable ".[docs]"
	@.venv/bin/python docs/site/build.py

# each page of it as a picture, on a desk and on a phone, into build/look; needs Chromium (apt install chromium)
look: docs
	@.venv/bin/python -m pip install -qq --disable-pip-version-check playwright
	@.venv/bin/python docs/site/look.py

lint:
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports --no-logo

workbooks:
	@bash tools/setup.sh
	@.venv/bin/python workbooks/build.py

# every committed file that a program writes from the sources: reference pages, types, the tree, the workbooks
generated:
	@bash tools/setup.sh core
	@.venv/bin/python docs/make_reference.py
	@.venv/bin/python docs/make_conventions.py
	@.venv/bin/python docs/make_tree.py
	@.venv/bin/python tools/make_types.py
	@.venv/bin/python workbooks/build.py

clean:
	rm -rf .venv .versions .windows mutants build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
