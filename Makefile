# Two commands for everybody: `make run` and `make test`. The others are for those who change the program.
#
# PYTHON=python3.12   another Python than python3, version 3.11 or later
# PORT=8001           another port for `make run`

PYTHON ?= python3
VENV := .venv/bin
# What several targets share: quiet on success, everything on failure.
QUIETLY = quietly() { said=$$("$$@" 2>&1) || { printf '%s\n' "$$said"; exit 1; }; }; quietly

.DEFAULT_GOAL := run
.PHONY: run test check bench fix assurance clean
MAKEFLAGS += --no-print-directory

run: .venv/run.stamp
	@$(VENV)/python manage.py run

test: .venv/test.stamp
	@$(VENV)/python -m pytest --numprocesses=auto

# The slow proofs, which `make test` leaves out, then what needs no browser on PostgreSQL 15 (POSTGRES_15: its programs).
POSTGRES_15 ?= /usr/lib/postgresql/15/bin
assurance: .venv/test.stamp
	@$(VENV)/python -m pytest --numprocesses=auto -m assurance
	@test -x $(POSTGRES_15)/postgres || { echo "No PostgreSQL 15 at $(POSTGRES_15): its tests were not run." >&2; exit 1; }
	@POSTGRES_BIN=$(POSTGRES_15) $(VENV)/python -m pytest --numprocesses=auto -m "not browser and not assurance"

# Settings as in production. The address leads nowhere: no check needs a server, and `makemigrations`, which would like
# to compare with one, only warns.
check: export DATABASE_URL = postgres://check@%2Fnowhere/check
check: export SECRET_KEY = only-for-checking-0123456789-abcdefghijklmnopqrstuvwxyz
check: export ALLOWED_HOSTS = dashboard.example
check: .venv/test.stamp
	@$(VENV)/ruff check --quiet .
	@$(VENV)/ruff format --check --quiet . || { echo "Some files are not formatted: make fix"; exit 1; }
	@$(QUIETLY) $(VENV)/mypy
	@$(QUIETLY) $(VENV)/lint-imports
	@$(QUIETLY) $(VENV)/python -W "ignore:Got an error checking:RuntimeWarning" manage.py makemigrations --check --dry-run
	@$(QUIETLY) $(VENV)/python -W error manage.py check --deploy --fail-level WARNING

bench: .venv/test.stamp
	@$(VENV)/python -m measurements.bench

fix: .venv/test.stamp
	@$(VENV)/ruff check --quiet --fix . || true
	@$(VENV)/ruff format --quiet .

# Leaves var alone: it holds the store.
clean:
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -not -path "./var/*" -prune -exec rm -rf {} +

.venv/run.stamp: requirements.txt
	@$(call install,requirements.txt)

.venv/test.stamp: requirements.txt requirements-test.txt
	@$(call install,requirements-test.txt)

# A stamp is newer than the requirements it was made from, so packages are installed only when those change.
# The first line must make sense to a Python of any age.
define install
$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	{ echo "Python 3.11 or later is needed as $(PYTHON): install it, or name another with PYTHON=python3.x." >&2; exit 1; }
$(PYTHON) -m venv .venv
$(VENV)/python -m pip install --quiet --disable-pip-version-check --requirement $(1)
touch $@
endef
