# Everything a checkout needs is set up by the targets themselves; see README.md.
PYTHON ?= python3
UV := .tools/bin/uv
VENV := .venv
BIN := $(CURDIR)/$(VENV)/bin
EXAMPLE := examples/notifications
WORKERS ?= auto

.PHONY: demo test check bench format docs clean

demo: $(VENV)/.ready
	@cd $(EXAMPLE) && PATH="$(BIN):$$PATH" sh demo.sh

test: check
	@$(BIN)/pytest -n $(WORKERS) --dist loadfile

check: $(VENV)/.ready
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy

bench: $(VENV)/.ready
	@$(BIN)/python benchmarks/run.py

format: $(VENV)/.ready
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format .

docs: $(VENV)/.ready
	@$(BIN)/python docs/generate_errors.py
	@$(BIN)/python docs/generate_example.py
	@$(BIN)/python docs/generate_amplify_to_python.py

clean:
	@rm -rf .tools $(VENV) .mypy_cache .pytest_cache .ruff_cache $(EXAMPLE)/.preamp

# uv comes into a folder of the checkout: that needs no system package, and no ensurepip.
$(UV):
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --no-warn-script-location \
		--root-user-action=ignore --target .tools uv==0.13.9

$(VENV)/.ready: $(UV) pyproject.toml constraints.txt
	@echo "installing into $(VENV) (once; a minute or two)"
	@test -x $(VENV)/bin/python || $(UV) venv --quiet --python $(PYTHON) $(VENV)
	@$(UV) pip install --quiet --python $(VENV)/bin/python --compile-bytecode \
		--constraint constraints.txt --editable . --group dev
	@touch $@
