# Everything a fresh clone needs: `make bench` and `make test`. Python 3.11 or 3.12, make, and the
# Python and npm registries; no root, nothing outside this folder and the toolchain cache.

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
BENCH_ARGS ?=
DISTILLATION_ARGS ?=
PYTEST_ARGS ?=
# How many processes share the tests; each runs one at a time, and waits much of it.
PYTEST_WORKERS ?= 2

# Programs that tests start would compile the package anew each time, a fifth of their start.
unexport PYTHONDONTWRITEBYTECODE

# The first interpreter that runs and is in range; a name on PATH may still be an empty shim.
IN_RANGE := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))
PYTHON ?= $(shell for python in python3.12 python3.11 python3; do \
	if "$$python" -c '$(IN_RANGE)' >/dev/null 2>&1; then echo "$$python"; break; fi; done)

.PHONY: help setup bench student distillation policy test lint clean
.DEFAULT_GOAL := help

help:
	@echo 'make bench   install, provision Lean, and run the benchmark (BENCH_ARGS="--budget 2")'
	@echo 'make test    install, provision Lean, then linters, types and tests (PYTEST_ARGS="-k broker")'
	@echo 'make setup   install into $(VENV) and provision Lean, nothing else'
	@echo 'make lint    install, then linters and types, without tests'
	@echo 'make student teach the shipped student again, from generated theorems (about 10 minutes)'
	@echo 'make distillation  measure five sizes of students beside their teacher (about an hour)'
	@echo 'make policy  fit the shipped policy file again, on training theorems (about 20 minutes)'
	@echo 'make clean   remove $(VENV) and tool caches; runs/ and the provisioned Lean stay'

bench: setup
	$(BIN)/prover-arb bench run $(BENCH_ARGS)

# What the package ships is made by its own commands, from theorems that nothing is measured on. The
# student learns from generated theorems; the policy is fitted on others, the shipped training half
# among them, on which the student is no better than on any theorem that it has not seen.
TRAINING := lean_workspace/problems/core_training.jsonl
PRACTICE := lean_workspace/problems/core_practice.jsonl
LEARNT := runs/student-theorems.jsonl
FITTED := runs/policy-theorems.jsonl

EXAMPLES := runs/student-examples

$(EXAMPLES)/export.json: | setup
	mkdir -p runs
	$(BIN)/prover-arb problems generate --seed 1 --count 460 --apart-from $(TRAINING) --out $(LEARNT)
	if [ -f runs/student/config.json ]; then $(BIN)/prover-arb bench run --resume runs/student; \
	else $(BIN)/prover-arb bench run --problems $(LEARNT) --out runs/student \
		--policy cascade:flash=0.0001,portfolio=0.002; fi
	$(BIN)/prover-arb distill export runs/student --out $(EXAMPLES)

student: $(EXAMPLES)/export.json
	$(BIN)/prover-arb distill train $(EXAMPLES) --out runs/students
	$(BIN)/python benchmarks/ship_student.py runs/students

# Five sizes of students, five seeds; interrupted, it goes on where it stopped.
distillation: $(EXAMPLES)/export.json
	$(BIN)/prover-arb distill train $(EXAMPLES) --out runs/students
	$(BIN)/prover-arb distill evaluate --catalog runs/students/catalog.toml --teacher portfolio \
		--draws 4 --out runs/distillation $(DISTILLATION_ARGS)

policy: setup
	mkdir -p runs
	$(BIN)/prover-arb problems generate --seed 1 --count 460 --apart-from $(TRAINING) --out $(LEARNT)
	$(BIN)/prover-arb problems generate --seed 3 --count 60 --apart-from $(LEARNT) \
		--out runs/policy-generated.jsonl
	cat $(TRAINING) $(PRACTICE) runs/policy-generated.jsonl > $(FITTED)
	$(BIN)/prover-arb bench run --problems $(FITTED) --out runs/policy --policy single:flash \
		--policy single:student --policy single:portfolio --policy single:search
	$(BIN)/prover-arb schedule learn prover_arb/scheduler/shipped_policy.json \
		runs/policy/ledger.sqlite3

test: setup lint
	$(BIN)/python -m pytest --numprocesses $(PYTEST_WORKERS) --dist worksteal $(PYTEST_ARGS)

setup: $(INSTALLED)
	$(BIN)/prover-arb setup

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

$(INSTALLED): pyproject.toml
	@if ! "$(PYTHON)" -c '$(IN_RANGE)' 2>/dev/null; then \
		echo 'prover_arb needs Python 3.11 or 3.12; "$(or $(PYTHON),python3)" is neither.' >&2; \
		echo 'Install one, or name it: make PYTHON=/path/to/python3.12 ...' >&2; exit 1; fi
	@if ! "$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null; then \
		echo '$(PYTHON) cannot make virtual environments; on Debian install python3-venv.' >&2; \
		exit 1; fi
	@echo 'Installing into $(VENV); the first time takes a few minutes.'
	"$(PYTHON)" -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
