# make run, make test and make pictures are for people; the rest is their parts.

# x11: no Wayland, whose library people would need to start the program at all.
export GOFLAGS = -buildvcs=false -tags=x11
# Fyne writes a warning at each start where the locale is C. Whoever runs the
# program keeps their own language where they have one.
OWN_LANG := $(filter-out C C.% POSIX,$(or $(LC_ALL),$(LC_MESSAGES),$(LANG)))
export LANG = en_US.UTF-8
export LC_ALL =

TOOL = go tool -modfile=tools/go.mod
NODE = device/devicetest/micropython app/broker/testdata/clients
GO_FILES = $(shell git ls-files -co --exclude-standard '*.go')
FUZZ_RUNS ?= 1000

.PHONY: run build test need-build need-test check vet checkers lint lint-and-fuzz unit fuzz attack pictures windows mesa package package-arm64 test-package reproducible clean

run: build
	LANG="$(or $(OWN_LANG),$(LANG))" bin/lamplighter

build: need-build
	go build -tags migrated_fynedo,no_emoji,nethttpomithttp2,x11 -trimpath -o bin/lamplighter .

# Most of a test's time is a board's: lint and fuzz take what two cores have left.
test: need-test
	@$(MAKE) --no-print-directory -j2 vet checkers
	@$(MAKE) --no-print-directory -j2 unit lint-and-fuzz

need-build:
	@tools/need.sh build

need-test: $(NODE:=/node_modules/.installed)
	@tools/need.sh test

%/node_modules/.installed: %/package-lock.json
	@tools/need.sh test
	cd $* && npm ci --no-audit --no-fund --ignore-scripts
	touch $@

# One flag set, -race, serves every checker and test: Fyne is compiled once. The
# checkers themselves are built without it, while Fyne is being compiled.
check:
	@$(MAKE) --no-print-directory -j2 vet checkers
	@$(MAKE) --no-print-directory lint

lint:
	GOFLAGS="$(GOFLAGS) -race" "$$($(TOOL) -n staticcheck)" ./...
	GOFLAGS="$(GOFLAGS) -race" "$$($(TOOL) -n go-errorlint)" ./...
	@tools/vuln.sh

lint-and-fuzz:
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory fuzz

vet:
	go vet -race ./...

checkers:
	@unformatted="$$($(TOOL) gofumpt -l $(GO_FILES))"; test -z "$$unformatted" || { echo "gofumpt would change: $$unformatted"; exit 1; }
	go mod tidy -diff
	@for tool in staticcheck go-errorlint govulncheck; do $(TOOL) -n $$tool >/dev/null || exit 1; done

# Three packages at a time keep two cores busy; the two longest begin first.
unit:
	go test -race -p 3 -timeout 20m ./e2e ./device/install ./...

fuzz:
	@tools/fuzz.sh $(FUZZ_RUNS)

# The attacks of forty curious pupils, each with its bound, on loopback only; ten
# minutes at most. One alone: make attack ATTACK=Takeover
attack: need-test
	go vet -tags attack,x11 ./e2e
	go test -tags attack,x11 -count=1 -timeout 12m -v -run '^TestAttack$(ATTACK)' ./e2e

# Every view in every state, as PNG files: make pictures DIR=/some/folder
pictures:
	@test -n "$(DIR)" || { echo "Say where: make pictures DIR=/some/folder"; exit 2; }
	@mkdir -p "$(DIR)"
	LAMPLIGHTER_PICTURES="$(abspath $(DIR))" go test -count=1 -timeout 30m -run TestPictures ./views/...

# A Windows program, built on Linux; needs the package gcc-mingw-w64-x86-64-win32.
windows:
	CC=x86_64-w64-mingw32-gcc GOOS=windows GOARCH=amd64 CGO_ENABLED=1 go build -tags migrated_fynedo,no_emoji,nethttpomithttp2,x11 -trimpath -ldflags "-s -w -H windowsgui" -o bin/Lamplighter.exe .

# Every package, in dist/, with sizes and SHA-256.
package:
	@packaging/need.sh build
	@packaging/package.sh

# The packages for Linux on arm64, cross-compiled, beside those in dist/.
package-arm64:
	@packaging/need.sh build
	@packaging/need.sh arm64
	@packaging/linux.sh arm64
	@bin/package/pack sums dist

# Mesa's software OpenGL for Windows, which make package puts in: half an hour on two
# cores, once.
mesa:
	@packaging/mesa.sh

# The packages of make package are installed and started: see docs/RELEASING.md.
test-package: need-test
	@packaging/need.sh test
	@packaging/test.sh

# Makes the packages twice and compares them.
reproducible: package
	@packaging/twice.sh

clean:
	rm -rf bin dist
