# The few commands that people type; CI runs .ci/run, which is more.

all: build

build: # the program, here
	go build -o svcjify ./cmd/svcjify

install: # the program, in go's bin directory
	go install ./cmd/svcjify

quick: # the tests that take seconds
	go test -short ./corpus/... ./rcparse ./rcparse/sh ./lint/config/... ./lint/report ./docs

test: # all tests, the slow ones too
	SVCJIFY_SLOW=1 go test -timeout 40m ./...

golden: # rewrite the golden files and the rules' pages; read the diff before you commit
	go test ./lint -run 'Rules|Pages' -update
	go test ./lint/advise -run MadeRoot -update
	go test ./patch -run Golden -update
	go test ./cmd/svcjify -run 'Docs|Script' -update

check: # what CI does
	.ci/run

.PHONY: all build install quick test golden check
