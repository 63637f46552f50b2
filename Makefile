# What `make run` shows, `make bench` measures and `make test` runs.
RUN   = go run . verify
BENCH = go run ./specs/bench
# make differential: the number of questions, the seed, and the number of the first question.
N     = 10000
SEED  = 1
FIRST = 0
# The part of the questions to ask, such as 2/5 or auto (all, where SHARD is empty).
SHARD =
DIFFERENTIAL = go run ./specs/differential -n $(N) -seed $(SEED) -first $(FIRST) $(if $(SHARD),-shard $(SHARD)) $(if $(BROWSER),-browser $(BROWSER))
# make mutants: at most N, drawn by SEED.
MUTANTS = go run ./specs/mutants -n $(N) -seed $(SEED)
# make conform: the libraries and languages to ask (all, where ONLY is empty), and further flags.
ONLY          =
CONFORM_FLAGS = --html matrix
CONFORM = go run . conform $(ONLY) $(CONFORM_FLAGS)
# -count=1: Go's test cache must not replace an answer of Chrome.
# -race is off unless you ask for it: make test TEST_FLAGS='-race -count=1 -timeout=30m'
TEST_FLAGS = -count=1 -timeout=20m
PACKAGES   = ./...

# make test CHROME=chromium: the Chrome to ask. Empty: as corsproof finds it, which is the
# headless shell where there is one, and a full Chrome for what the shell has not.
CHROME =
ifneq ($(CHROME),)
export CORSPROOF_CHROME := $(CHROME)
endif

# What each target needs on the machine; .ci/setup has the details.
FOR_RUN   = go shell
FOR_BENCH = $(FOR_RUN) full firefox npm:specs/bench/playwright
FOR_TEST  = $(FOR_RUN) full firefox webkit flask npm:servers/express npm:specs/bench/playwright

# make image: the engine, and the name of the image.
ENGINE = docker
IMAGE  = corsproof
# make release publishes nothing. An SBOM needs syft.
GORELEASER    = github.com/goreleaser/goreleaser/v2@v2.15.1
RELEASE_FLAGS = --snapshot --clean $(shell command -v syft >/dev/null || echo --skip=sbom)

STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2

SHELL := /bin/sh
# Go's usual folder is not always on the PATH.
export PATH := $(PATH):/usr/local/go/bin

.DEFAULT_GOAL := help
.PHONY: help run test software setup lint cross bench differential conform mutants image release clean

help: ## list the targets (this)
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

run: ## set up, then verify an example API that is wrong in four ways
	@.ci/setup $(FOR_RUN)
	$(RUN)

test: ## set up, then run all tests and specs
	@.ci/setup $(FOR_TEST)
	go test $(TEST_FLAGS) $(PACKAGES)

software: ## set up, then run the snippets, the known faults and their diagnoses in all software that this project starts
	@.ci/setup $(FOR_RUN)
	CORSPROOF_SOFTWARE=all go test $(TEST_FLAGS) ./specs -run TestSpecs -ginkgo.label-filter='scenario: containsAny {snippet, software, diagnose}'

setup: ## install what run and test need, where it is missing
	@.ci/setup $(FOR_TEST)

lint: ## gofmt, go vet, staticcheck, and the scripts' syntax
	@.ci/setup go
	@bad=$$(find . -name node_modules -prune -o -name '.?*' -prune -o -name '*.go' -exec gofmt -l {} +) || exit 1; \
	if [ -n "$$bad" ]; then echo "gofmt -w would change:"; echo "$$bad"; exit 1; fi
	go vet $(PACKAGES)
	go run $(STATICCHECK) $(PACKAGES)
	@sh -n .ci/setup && sh -n .ci/report-chrome && bash -n .ci/run
	@if command -v shellcheck >/dev/null; then shellcheck .ci/setup .ci/report-chrome .ci/run; fi

cross: ## compile and vet for Windows and macOS, where nothing is run
	@.ci/setup go
	GOOS=windows go build $(PACKAGES)
	GOOS=windows go vet $(PACKAGES)
	GOOS=darwin go build $(PACKAGES)
	GOOS=darwin go vet $(PACKAGES)

bench: ## set up, then measure against bare fetches and Playwright
	@.ci/setup $(FOR_BENCH)
	$(BENCH)

differential: ## set up, then hold Chrome against the oracle: make differential N=100000 SEED=1
	@.ci/setup $(FOR_RUN)
	$(DIFFERENTIAL)

mutants: ## set up, then change each rule of a correct CORS library, which conform has to notice
	@.ci/setup $(FOR_RUN)
	$(MUTANTS)

conform: ## set up, then ask all CORS libraries: make conform ONLY=rust
	@.ci/setup $(FOR_RUN)
	$(CONFORM)

image: ## build the image of the Dockerfile and verify the example in it: make image ENGINE=podman. Without an engine: follow its steps in a folder, as root
	@if $(ENGINE) info >/dev/null 2>&1; then \
		$(ENGINE) build --tag $(IMAGE) --file .ci/Dockerfile . && \
		$(ENGINE) run --rm --security-opt seccomp=unconfined $(IMAGE) && \
		$(ENGINE) run --rm --init --security-opt seccomp=unconfined $(IMAGE) version; \
	else \
		cd .github/examples/check && CORSPROOF_IMAGE=all go test -count=1 -timeout=30m -v -run 'TestDockerfile|TestImage' .; \
	fi

release: ## build the archives of a release into dist, with manual, completions, checksums and SBOM, and publish nothing
	@.ci/setup go
	go run $(GORELEASER) check .ci/goreleaser.yaml
	go run $(GORELEASER) release --config .ci/goreleaser.yaml $(RELEASE_FLAGS)

clean: ## remove what was built and fetched into this folder
	rm -rf corsproof specs.test .tools matrix dist .release servers/libraries/*/.build
	find . -name node_modules -prune -exec rm -rf {} +
	find . -name __pycache__ -prune -exec rm -rf {} +
