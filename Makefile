python := .venv/bin/python
.DEFAULT_GOAL := help
.PHONY: help setup run test lint tools asterisk bench

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z_]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/.installed ## .venv with all that the console needs

run: .venv/.installed ## the console on http://localhost:8000, with a demo on first start (make run options="--port 8001")
	@exec $(python) manage.py console $(options)

test: lint tools ## everything needed for it, then all checks and tests
	$(python) -m pytest -n 3 --dist loadscope --no-loadscope-reorder $(options)

lint: .venv/.installed-dev ## style, types, and known faults in what is installed
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/pip check
	@$(python) setup/audit

tools: .venv/.installed-dev
	@setup/test_tools

asterisk: ## a private Asterisk in var/asterisk, unless one is on PATH
	@setup/asterisk

bench: .venv/.installed-dev ## how long things take, from a phone saved to an Asterisk that has it
	$(python) -m tests.bench $(options)

.venv/.installed: requirements.txt setup/venv
	@setup/venv requirements.txt
	@touch $@

.venv/.installed-dev: requirements-dev.txt .venv/.installed
	@setup/venv requirements-dev.txt
	@touch $@
