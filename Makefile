# Everything a developer does. `make run` starts the product, `make test` proves it; CI calls the same.

PYTHON ?= python3
UV_VERSION := 0.13.8
UV := .uv/bin/uv
VENV := .venv/bin
export UV_PROJECT_ENVIRONMENT := .venv
unexport PYTHONDONTWRITEBYTECODE  # else every process of the tests compiles every package anew

CLIENT_SOURCES := $(shell find client -path client/node_modules -prune -o -path client/dist -prune -o -type f -print)
TRANSLATIONS := $(shell find server/translations -name '*.po')

.PHONY: run test soak bench bench-client check-python client screenshots format translations clean

run: .venv/.ready client/dist/.ready  ## Starts the product with the example municipality
	@exec $(VENV)/rondgang serve --example

test: .venv/.ready client/dist/.ready  ## Every check and test; ends with "N passed, N failed"
	@$(VENV)/python tests/run_all.py

soak: .venv/.ready  ## Plays the world of tests/world with new examples, for as long as you let it (SOAK_EXAMPLES a test)
	@SOAK_EXAMPLES=$${SOAK_EXAMPLES:-2000} $(VENV)/python tests/run_all.py soak

bench: .venv/.ready  ## Measures the server (ROWS=1000000 fills it first), and places: areas and tiles at a million
	@$(VENV)/python bench/server.py $(ROWS); server=$$?; $(VENV)/python bench/places.py && exit $$server

bench-client: .venv/.ready client/dist/.ready  ## Measures the field app in a real browser
	@$(VENV)/python bench/client.py

client: client/dist/.ready  ## Builds the field app and the desk's assets

screenshots: .venv/.ready client/dist/.ready  ## Makes the pictures of docs/img from the browser test
	@SCREENSHOTS=docs/img $(VENV)/python tests/run_all.py browser

format: .venv/.ready client/node_modules/.ready  ## Formats the code
	@$(VENV)/ruff check --fix -q . && $(VENV)/ruff format -q . && client/npm run --silent format

translations: .venv/.ready  ## Brings the translation files up to date with the texts in the code
	@cd server && ../$(VENV)/pybabel -q extract -F translations/babel.cfg -k N_ --no-location --no-wrap -o translations/rondgang.pot . ../core ../forms ../sync
	@$(VENV)/pybabel -q update -i server/translations/rondgang.pot -d server/translations -D rondgang -l en --no-fuzzy-matching --no-wrap
	@rm server/translations/rondgang.pot

clean:  ## Removes what was built, not the data in var/
	rm -rf .venv .uv client/node_modules client/dist

check-python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Rondgang needs Python 3.11 or newer; $(PYTHON) is older. Install it, or say PYTHON=/path/to/python3."; exit 1; }

$(UV): | check-python
	@echo "Installing uv $(UV_VERSION) ..."
	@$(PYTHON) -m venv .uv && .uv/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

.venv/.ready: pyproject.toml uv.lock $(TRANSLATIONS) | $(UV)
	@echo "Installing the Python packages of uv.lock ..."
	@$(UV) sync --frozen --compile-bytecode --python $(PYTHON)
	@$(VENV)/pybabel -q compile -d server/translations -D rondgang
	@touch $@

client/node_modules/.ready: client/package-lock.json | .venv/.ready
	@echo "Installing the npm packages of client/package-lock.json ..."
	@client/npm ci --no-audit --no-fund
	@touch $@

client/dist/.ready: $(CLIENT_SOURCES) client/node_modules/.ready
	@echo "Building the client ..."
	@client/npm run --silent build
	@touch $@
