# Flotilla. `make` lists the targets; README.md tells the tour.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# The pinned Node and the tools come first, whatever else is installed.
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
export NODE_OPTIONS :=

# How the fleet runs. auto takes Docker where an engine answers, else local processes; Docker is not built yet.
RUNTIME ?= auto
ifeq ($(filter auto local,$(RUNTIME)),)
$(error RUNTIME=$(RUNTIME) is not known; it takes auto or local)
endif

FILE ?= sample.txt
PARALLEL ?= 4
SEED ?= 1

FLEET := node packages/runtime/dist/main.js
CLIENT := node client/dist/main.js
RESULTS := .flotilla/benchmarks
# A fleet that stands beside another is reached there.
REACH := $(if $(FLOTILLA_PORT_OFFSET),--port-offset $(FLOTILLA_PORT_OFFSET))

.PHONY: help
help: ## List the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z0-9 -]+:.*## / {sub(/ .*/, "", $$1); printf "  \033[1m%-22s\033[0m %s\n", $$1, $$2} /^##@ / {printf "\n%s\n", substr($$0, 5)}' $(MAKEFILE_LIST)

##@ Start here

.PHONY: demo
demo: build ## A fresh machine, a report, the stats, everything stopped again
	@$(FLEET) with --mode parallel -- $(SHELL) -c '$(CLIENT) process $(FILE) --parallel $(PARALLEL) $(REACH) && $(CLIENT) stats $(REACH)'

.PHONY: check
check: build ## All checks and tests
	@biome check .
	@tsc -p tsconfig.test.json
	@knip --no-config-hints
	@depcruise --config .dependency-cruiser.mjs --output-type err packages/*/src service*/src client/src
	@node scripts/generate-docs.ts --check
	@vitest run

##@ The fleet: sequential (one instance each) and parallel (four each behind balancers)

.PHONY: build build-parallel
build: node_modules/.package-lock.json ## Install what is missing, compile what is stale
	@tsc -b
build-parallel: build ## The same: both fleets run the same programs

.PHONY: up up-parallel
up: build ## Start 4 services on 8061-8064
	@$(FLEET) up --mode sequential
up-parallel: build ## Start 16 instances and 4 balancers on 8061-8064
	@$(FLEET) up --mode parallel

.PHONY: down down-parallel restart restart-parallel
down: build ## Stop the sequential fleet; safe to repeat
	@$(FLEET) down --mode sequential
down-parallel: build ## Stop the parallel fleet; safe to repeat
	@$(FLEET) down --mode parallel
restart: build ## Stop and start the sequential fleet
	@$(FLEET) restart --mode sequential
restart-parallel: build ## Stop and start the parallel fleet
	@$(FLEET) restart --mode parallel

.PHONY: status stats stop-instance start-instance
status: build ## The processes, their state, memory and restarts
	@$(FLEET) status
stats: build ## The /stats of the four balancers as one table
	@$(CLIENT) stats $(REACH)
stop-instance: build ## Hold an instance down: NAME=service1a
	@$(FLEET) stop-instance $(NAME)
start-instance: build ## Start it again: NAME=service1a
	@$(FLEET) start-instance $(NAME)

.PHONY: logs logs-parallel logs-loadbalancers logs-service1 logs-service2 logs-service3 logs-service4
logs: build ## All logs: followed in a terminal, dumped otherwise
	@$(FLEET) logs
logs-parallel: logs ## The same
logs-loadbalancers: build ## The balancers' logs
	@$(FLEET) logs --balancers
logs-service1 logs-service2 logs-service3 logs-service4: build ## The logs of one service's instances
	@$(FLEET) logs $(@:logs-%=%)

##@ Work for it

.PHONY: test test-parallel
test: build ## Send FILE (sample.txt) cut in PARALLEL (4) through the sequential fleet; not the unit tests
	@$(FLEET) with --mode sequential -- $(CLIENT) process $(FILE) --parallel $(PARALLEL) $(REACH)
test-parallel: build ## The same through the parallel fleet
	@$(FLEET) with --mode parallel -- $(CLIENT) process $(FILE) --parallel $(PARALLEL) $(REACH)

.PHONY: benchmark benchmark-parallel compare large-test
benchmark: build ## 20 iterations in batches of 4, then sustained load
	@$(FLEET) with --mode sequential -- $(CLIENT) benchmark $(FILE) $(REACH)
benchmark-parallel: build ## The same on both fleets, side by side, kept as a file
	@mkdir -p $(RESULTS)
	@$(FLEET) with --mode sequential -- $(CLIENT) benchmark $(FILE) $(REACH) --save $(RESULTS)/sequential.json
	@$(FLEET) with --mode parallel -- $(CLIENT) benchmark $(FILE) $(REACH) --save $(RESULTS)/parallel.json
	@$(CLIENT) benchmark-compare $(RESULTS)/sequential.json $(RESULTS)/parallel.json | tee $(RESULTS)/comparison.txt
compare: build ## 1, 2 and 4 parallel pipelines over one FILE
	@$(FLEET) with --mode parallel -- $(CLIENT) compare $(FILE) $(REACH)
large-test: SIZE ?= 100MB
large-test: build ## A text of SIZE (100MB), 2-way and 4-way, with the processes' peak memory
	@$(FLEET) with --mode parallel -- $(CLIENT) large-test --size $(SIZE) $(REACH)
dataset: SIZE ?= 32MB
dataset: build ## A text like real language: SIZE=32MB SEED=1
	@$(CLIENT) dataset --size $(SIZE) --seed $(SEED)

##@ For developers

.PHONY: format docs bench-text bench-json
format: node_modules/.package-lock.json ## Format and fix what can be fixed
	@biome check --write .
docs: build ## Write the documents that are tables of the code
	@node scripts/generate-docs.ts
bench-text: build ## The text engine beside wc -w
	@node bench/text.ts
bench-json: build ## The JSON reader beside JSON.parse
	@node bench/json.ts

.PHONY: clean clean-parallel super-clean
clean: ## Stop the fleet; remove what was compiled, and the logs
	@if [ -f packages/runtime/dist/main.js ]; then $(FLEET) down; fi
	@rm -rf .flotilla coverage packages/*/dist service*/dist client/dist
clean-parallel: clean ## The same
super-clean: clean ## Also remove node_modules and the data sets made
	@rm -rf node_modules
	@find datasets -type f ! -name README.md ! -name sample.txt -delete

# npm writes this file at the end of an install. Whatever Node is here runs npm; what npm installs runs the rest.
node_modules/.package-lock.json: package.json package-lock.json
	@command -v npm >/dev/null || { echo 'Flotilla needs npm: install Node.js 18 or newer.' >&2; exit 1; }
	@npm ci --loglevel=error --no-audit --no-fund
	@# Older npm drops the link when it skips the packages of other platforms, which have a program of the same name.
	@cd node_modules && for node in node-*/bin/node; do ln -sf "../$$node" .bin/node; done
	@touch $@
