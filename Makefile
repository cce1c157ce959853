# Flotilla. `make` lists the targets; README.md tells the tour.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# The pinned Node and the tools come first, whatever else is installed.
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
export NODE_OPTIONS :=

# How the fleet runs: auto takes Docker where an engine and Compose answer, else local processes.
RUNTIME ?= auto
ifeq ($(filter auto local docker,$(RUNTIME)),)
$(error RUNTIME=$(RUNTIME) is not known; it takes auto, local or docker)
endif

# Balancers per stage of the parallel fleet: 1 or 2. Unset: as many as run, or 1.
BALANCERS ?=
ifneq ($(filter-out 1 2,$(BALANCERS)),)
$(error BALANCERS=$(BALANCERS) is not known; it takes 1 or 2)
endif

# How the client sends texts; the answers are the same.
TRANSPORT ?= rest
ifeq ($(filter rest grpc connect,$(TRANSPORT)),)
$(error TRANSPORT=$(TRANSPORT) is not known; it takes rest, grpc or connect)
endif
ifneq ($(and $(filter chaos,$(MAKECMDGOALS)),$(filter connect,$(TRANSPORT))),)
$(error chaos takes TRANSPORT=rest or grpc)
endif

FILE ?= sample.txt
PARALLEL ?= 4
SEED ?= 1

# Which fleet a command is about. Unset: build, up, down and restart are those of the sequential pipeline; status, logs and
# stats are of all that run.
FLEET ?=

RUN := node bundle/runtime/main.cjs --runtime $(RUNTIME)
SEQUENTIAL := --fleet pipeline --mode sequential
IN_PARALLEL := --fleet pipeline --mode parallel$(if $(BALANCERS), --balancers $(BALANCERS))
# What is said of the fleet that is named, and of the usual one.
NAMED := $(if $(FLEET),--fleet $(FLEET))
NAMED_OR_USUAL := $(or $(NAMED),$(SEQUENTIAL))
OPTIONS := $(if $(FLEET),$(if $(BALANCERS),--balancers $(BALANCERS)))
CLIENT := node bundle/client/main.cjs
VIA := --transport $(TRANSPORT)
RESULTS := .flotilla/benchmarks

SOURCES := $(shell find packages/*/src service*/src client/src scripts/bundle -name '*.ts')
# Tells that all bundles are there, and since when.
BUNDLED := bundle/.stamp

.PHONY: help
help: ## List the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z0-9 -]+:.*## / {sub(/ .*/, "", $$1); printf "  \033[1m%-22s\033[0m %s\n", $$1, $$2} /^##@ / {printf "\n%s\n", substr($$0, 5)}' $(MAKEFILE_LIST)

##@ Start here

.PHONY: demo
demo: compile ## A fresh machine, a report, the stats, everything stopped again
	@$(RUN) with $(IN_PARALLEL) -- $(SHELL) -c '$(CLIENT) process $(FILE) $(VIA) --parallel $(PARALLEL) && $(CLIENT) stats'

.PHONY: check
check: compile ## All checks and tests
	@biome check .
	@tsc -p tsconfig.test.json
	@knip --no-config-hints
	@depcruise --config .dependency-cruiser.mjs --output-type err packages/*/src service*/src client/src
	@node scripts/generate-docs.ts --check
	@node scripts/generate-compose.ts --check
	@node scripts/generate-proto.ts --check
	@vitest run

.PHONY: conformance
conformance: compile ## gRPC and HTTP/2 as others see them: a client in Python, grpcurl, h2spec; needs python3 and Go
	@$(RUN) with $(IN_PARALLEL) -- conformance/run

.PHONY: check-docker
check-docker: compile ## The compose files and the images on a real engine
	@vitest run --config vitest.docker.config.ts

.PHONY: fuzz
fuzz: SECONDS = 300
fuzz: compile ## Random input to everything that reads what peers send, for SECONDS=300; SEED=… has a run again
	@FUZZ_SECONDS=$(SECONDS) $(if $(filter command line environment,$(origin SEED)),FUZZ_SEED=$(SEED)) vitest run test/fuzz

##@ The fleet: sequential (one instance each) and parallel (four each behind balancers)

.PHONY: build build-parallel
build: compile ## Compile; under Docker build the images of the sequential fleet, or of FLEET
	@$(RUN) build $(NAMED_OR_USUAL)
build-parallel: compile ## Compile; under Docker build the images of the parallel fleet
	@$(RUN) build --fleet pipeline --mode parallel

# What every other command needs: what is missing is installed, what is stale is compiled.
.PHONY: compile types
compile: $(BUNDLED)
types: node_modules/.package-lock.json
	@tsc -b
$(BUNDLED): $(SOURCES) node_modules/.package-lock.json | types
	@node scripts/bundle/main.ts
	@touch $@

.PHONY: up up-parallel
up: compile ## Start 4 services on 8061-8064; FLEET=NAME or up-NAME: another fleet, beside any that run
	@$(RUN) up $(NAMED_OR_USUAL) $(OPTIONS)
up-parallel: compile ## Start 16 instances and 4 balancers on 8061-8064; BALANCERS=2: 4 more on 8071-8074
	@$(RUN) up $(IN_PARALLEL)

.PHONY: down down-parallel down-all restart restart-parallel
down: compile ## Stop the sequential fleet; FLEET=NAME or down-NAME: another one; safe to repeat
	@$(RUN) down $(NAMED_OR_USUAL)
down-parallel: compile ## Stop the parallel fleet; safe to repeat
	@$(RUN) down --fleet pipeline --mode parallel
down-all: compile ## Stop every fleet
	@$(RUN) down --all
# Those of the other fleets by their names. Not a pattern: that would fit every file whose name begins so.
OTHERS := $(filter-out up-parallel down-parallel down-all,$(filter up-% down-%,$(MAKECMDGOALS)))
ifneq ($(OTHERS),)
.PHONY: $(OTHERS)
$(OTHERS): compile
	@$(RUN) $(firstword $(subst -, ,$@)) --fleet $(patsubst up-%,%,$(@:down-%=%))
endif
restart: compile ## Stop and start the sequential fleet, or FLEET
	@$(RUN) restart $(NAMED_OR_USUAL) $(OPTIONS)
restart-parallel: compile ## Stop and start the parallel fleet
	@$(RUN) restart $(IN_PARALLEL)

.PHONY: status stats stop-instance start-instance restart-instance
status: compile ## The processes of all fleets that run, or of FLEET: their state, memory and restarts
	@$(RUN) status $(NAMED)
stats: compile ## The /stats of all balancers as one table, of each fleet that runs, or of FLEET
	@$(RUN) stats $(NAMED)
stop-instance: compile ## Hold an instance or a balancer down: NAME=service1a
	@$(RUN) stop-instance $(NAME)
start-instance: compile ## Start it again: NAME=service1a
	@$(RUN) start-instance $(NAME)
restart-instance: compile ## Stop it and start it again, as in a rolling restart: NAME=service1a
	@$(RUN) restart-instance $(NAME)

.PHONY: logs logs-parallel logs-loadbalancers logs-service1 logs-service2 logs-service3 logs-service4
logs: compile ## All logs of the fleets that run, or of FLEET: followed in a terminal, dumped otherwise
	@$(RUN) logs $(NAMED)
logs-parallel: logs ## The same
logs-loadbalancers: compile ## The balancers' logs
	@$(RUN) logs $(NAMED) --balancers
logs-service1 logs-service2 logs-service3 logs-service4: compile ## The logs of one service's instances
	@$(RUN) logs $(@:logs-%=%)

##@ Work for it

.PHONY: test test-parallel
test: compile ## Send FILE (sample.txt) cut in PARALLEL (4) through the sequential fleet; not the unit tests
	@$(RUN) with $(SEQUENTIAL) -- $(CLIENT) process $(FILE) $(VIA) --parallel $(PARALLEL)
test-parallel: compile ## The same through the parallel fleet
	@$(RUN) with $(IN_PARALLEL) -- $(CLIENT) process $(FILE) $(VIA) --parallel $(PARALLEL)

.PHONY: benchmark benchmark-parallel benchmark-transports compare large-test chaos floods soak
benchmark: compile ## 20 iterations in batches of 4, then sustained load
	@$(RUN) with $(SEQUENTIAL) -- $(CLIENT) benchmark $(FILE) $(VIA)
benchmark-parallel: compile ## The same on both fleets, side by side, kept as a file
	@mkdir -p $(RESULTS)
	@$(RUN) with $(SEQUENTIAL) -- $(CLIENT) benchmark $(FILE) $(VIA) --save $(RESULTS)/sequential.json
	@$(RUN) with $(IN_PARALLEL) -- $(CLIENT) benchmark $(FILE) $(VIA) --save $(RESULTS)/parallel.json
	@$(CLIENT) benchmark-compare $(RESULTS)/sequential.json $(RESULTS)/parallel.json | tee $(RESULTS)/comparison.txt
compare: compile ## 1, 2 and 4 parallel pipelines over one FILE
	@$(RUN) with $(IN_PARALLEL) -- $(CLIENT) compare $(FILE) $(VIA)
benchmark-transports: compile ## REST beside gRPC beside Connect through 4 balancers and 4 services, kept as a file
	@node bench/transports/main.ts --save $(RESULTS)/bench-transports.json
large-test: SIZE ?= 100MB
large-test: compile ## A text of SIZE (100MB), 2-way and 4-way, with the processes' peak memory
	@$(RUN) with $(IN_PARALLEL) -- $(CLIENT) large-test --size $(SIZE) $(VIA) --port-offset $(or $(FLOTILLA_PORT_OFFSET),0)
chaos: compile ## Break a fleet under load, fault by fault, and check every answer: SCENARIO=kill,stop TRANSPORT=grpc
	@node bundle/chaos/main.cjs drill $(VIA)$(if $(SCENARIO), --scenario $(SCENARIO))
floods: compile ## Attack a fleet that others use, flood by flood, with what costs an attacker little: FLOOD=small,held
	@node bundle/chaos/main.cjs floods$(if $(FLOOD), --flood $(FLOOD))
soak: REQUESTS ?= 1000000
soak: compile ## REQUESTS (1000000) without a pause, and what each process holds before, meanwhile and after
	@node bundle/chaos/main.cjs soak --requests $(REQUESTS)
dataset: SIZE ?= 32MB
dataset: compile ## A text like real language: SIZE=32MB SEED=1
	@$(CLIENT) dataset --size $(SIZE) --seed $(SEED)

##@ For developers

.PHONY: format docs compose proto bench bench-text bench-text-pauses bench-json bench-start bench-balancer bench-chain bench-stream bench-gigabyte bench-growth bench-large-json
format: node_modules/.package-lock.json ## Format and fix what can be fixed
	@biome check --write .
docs: compile ## Write the documents that are tables of the code
	@node scripts/generate-docs.ts
compose: compile ## Write the compose files from the topology
	@node scripts/generate-compose.ts
proto: node_modules/.package-lock.json ## Write the code of the .proto files
	@node scripts/generate-proto.ts
bench: compile ## Most of the following, in ten minutes; writes the tables and plots of docs/performance.md
	@node bench/report/main.ts
bench-text: compile ## The text engine beside wc -w
	@node bench/text.ts
bench-text-pauses: compile ## How long the text engine holds its thread, and its memory, with 20 million different words
	@node bench/text-pauses.ts
bench-json: compile ## The JSON reader beside JSON.parse
	@node bench/json.ts
bench-start: compile ## From up to the first answer, and memory: local and Docker
	@node bench/start.ts
bench-balancer: compile ## One hop through the balancer, HTTP/1.1 and gRPC, beside nginx and others: CPU per request
	@node bench/balancer/main.ts
bench-chain: compile ## 1 KB requests through the whole chain: CPU per request of all processes
	@node bench/chain/main.ts
bench-stream: compile ## 32 MB and 100 MB, whole and cut, beside a relay that does no work: CPU and time
	@node bench/stream/main.ts
bench-gigabyte: compile ## 1 GB streamed: MB/s, and the most memory of each process
	@node bench/gigabyte/main.ts
bench-growth: compile ## 1 to 256 MB: how cost grows with size
	@node bench/growth/main.ts
bench-large-json: compile ## 100 MB as JSON, 1, 2 and 4 at once: the most memory of each process
	@node bench/large-json/main.ts

.PHONY: clean clean-parallel clean-data super-clean
clean: ## Stop all fleets; remove what was compiled, the logs, the images and networks
	@if [ -f bundle/runtime/main.cjs ]; then $(RUN) clean; fi
	@rm -rf .flotilla coverage bundle packages/*/dist service*/dist client/dist
clean-parallel: clean ## The same
clean-data: compile ## Remove the data of FLEET, which nothing else does: names them and asks; YES=1: without asking
	@$(RUN) clean-data $(NAMED)$(if $(filter 1,$(YES)), --yes)
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
