# What each command does: README.md. Where there is no make: python3 scripts/bootstrap.py run (or setup, or test).
PYTHON ?= python3
BIN := .venv/bin
BOOTSTRAP := @command -v $(PYTHON) >/dev/null || { echo "Knutpunkt needs Python 3.11 or newer, and there is no $(PYTHON) here."; exit 1; }; \
	exec $(PYTHON) scripts/bootstrap.py
PIN := $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --system-certs \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make requirements"

.PHONY: run setup test test-postgres check format messages requirements screenshots bench dev clean tools

run:
	$(BOOTSTRAP) run

setup:
	$(BOOTSTRAP) setup

# make test ARGS="tests/crm -k phone"
test:
	$(BOOTSTRAP) test $(ARGS)

test-postgres: tools
	@$(BIN)/python scripts/postgres.py $(BIN)/python -m pytest $(ARGS)

check: tools
	@$(BIN)/python scripts/check.py

format: tools
	@$(BIN)/python scripts/check.py --repair

# Development: Django's own server with errors in the browser, restarted at each change.
dev: setup
	@$(BIN)/python scripts/serve.py --reload

# Finds new strings in code and templates. Needs gettext (Debian: apt install gettext).
messages: tools
	@$(BIN)/python manage.py makemessages -l sv -e html,txt,py,mjml --no-location --no-wrap --ignore .venv --ignore var

# Pins the newest versions that requirements*.in allow.
requirements: tools
	@$(PIN) requirements.in --output-file requirements.txt
	@$(PIN) requirements-dev.in --output-file requirements-dev.txt --constraints requirements.txt

# make bench ARGS="import -- --rows 20000"
bench: tools
	@$(BIN)/python scripts/bench.py $(ARGS)

screenshots: tools
	@$(BIN)/python scripts/screenshots.py $(ARGS)

# Everything that can be made again. The data in var/ stays.
clean:
	rm -rf .venv .pytest_cache .ruff_cache .import_linter_cache var/static var/browser-failures
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find locale -name '*.mo' -delete

tools:
	$(BOOTSTRAP) tools
