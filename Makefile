# Two commands: `make report` rebuilds the July 2008 update, `make test` passes every test. Both do all the set-up.
.PHONY: report test lint workbooks clean

report:
	@bash tools/setup.sh
	@.venv/bin/python workbooks/build.py
	@.venv/bin/xl-flexextra report --out workbooks/flex_extra_performance_update.xlsx --force

test:
	@bash tools/setup.sh test
	@$(MAKE) --no-print-directory lint
	@.venv/bin/python -m pytest -n auto --dist loadfile

lint:
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports --no-logo

workbooks:
	@bash tools/setup.sh
	@.venv/bin/python workbooks/build.py

clean:
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
