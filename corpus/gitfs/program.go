package gitfs

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"

	"github.com/svcjify/svcjify/corpus/internal/regular"
)

// A program is the installed git program, which reads what this package
// doesn't. It is called for plumbing that only reads, with what could start
// another program switched off.
type program struct {
	ctx       context.Context
	path, dir string
	env       []string

	mu      sync.Mutex
	batch   *exec.Cmd // git cat-file --batch, started when it is needed
	in      io.WriteCloser
	out     *bufio.Reader
	restart int
}

// newProgram is the program for a repository that was found already. It is told
// where all is, whatever directory and environment it would go by.
func newProgram(path string, r *Repository, objects string) *program {
	p := &program{ctx: r.ctx, path: path, dir: orElse(r.WorkTree, r.GitDir)}
	p.env = append(os.Environ(), "GIT_DIR="+r.GitDir, "GIT_INDEX_FILE="+r.indexFile)
	if r.WorkTree != "" {
		p.env = append(p.env, "GIT_WORK_TREE="+r.WorkTree)
	}
	if r.CommonDir != r.GitDir {
		p.env = append(p.env, "GIT_COMMON_DIR="+r.CommonDir)
	}
	if objects != "" {
		p.env = append(p.env, "GIT_OBJECT_DIRECTORY="+objects)
	}
	// Off the network, without writing, in one language.
	p.env = append(p.env, "GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=none", "GIT_OPTIONAL_LOCKS=0",
		"GIT_TERMINAL_PROMPT=0", "GIT_EXTERNAL_DIFF=", "GIT_PREFIX=", "LC_ALL=C")
	return p
}

// maxRestarts is how often cat-file may die, as it does for an object of a
// partial clone that it must not fetch.
const maxRestarts = 20

// hardened is what stands before each command: no hook, no monitor, no helper,
// whatever the repository's configuration names.
var hardened = []string{
	"--no-pager", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=" + os.DevNull, "-c", "core.pager=cat",
	"-c", "core.sshCommand=false", "-c", "core.askPass=false", "-c", "credential.helper=", "-c", "diff.external=", "-c",
	"protocol.allow=never",
}

func (p *program) command(args ...string) *exec.Cmd {
	cmd := exec.CommandContext(p.ctx, p.path, append(hardened[:len(hardened):len(hardened)], args...)...)
	cmd.Dir, cmd.Env = p.dir, p.env
	return cmd
}

func (p *program) run(args ...string) ([]byte, error) { return p.output(p.command(args...), args[0]) }

// plain is run with the configuration as it is, for what is asked about it.
func (p *program) plain(args ...string) ([]byte, error) {
	cmd := exec.CommandContext(p.ctx, p.path, args...)
	cmd.Dir, cmd.Env = p.dir, p.env
	return p.output(cmd, args[0])
}

func (p *program) output(cmd *exec.Cmd, what string) ([]byte, error) {
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err := p.ctx.Err(); err != nil {
		return nil, err
	}
	if err != nil {
		return nil, p.failed(what, err, stderr.String())
	}
	return out, nil
}

func (p *program) failed(what string, err error, stderr string) error {
	if errors.Is(err, exec.ErrNotFound) {
		return &Error{Text: "the repository is of a kind that svcjify reads with the git program, which is not installed", Err: err, Hint: "install git"}
	}
	text := "git " + what + " failed"
	if first, _, _ := strings.Cut(strings.TrimSpace(stderr), "\n"); first != "" {
		text += ": " + first
	}
	return &Error{Text: text, Err: err, Hint: "see what git status says"}
}

func (p *program) hashSize() (int, error) {
	out, err := p.run("rev-parse", "--show-object-format")
	if strings.TrimSpace(string(out)) == "sha256" {
		return 32, err
	}
	return 20, err
}

// index is what `git ls-files` says of it, which expands a sparse index.
func (p *program) index() (*index, error) {
	out, err := p.run("ls-files", "--stage", "--full-name", "-z")
	if err != nil {
		return nil, err
	}
	later, err := p.intended(string(out))
	if err != nil {
		return nil, err
	}
	ix := &index{}
	for record := range strings.SplitSeq(string(out), "\x00") {
		if record == "" {
			continue
		}
		meta, name, ok := strings.Cut(record, "\t")
		fields := strings.Fields(meta)
		if !ok || len(fields) != 3 {
			return nil, fmt.Errorf("git ls-files printed %q, expected mode, object, stage and path", record)
		}
		mode, err := strconv.ParseUint(fields[0], 8, 32)
		h, ok := parseHash(fields[1], len(fields[1])/2)
		if err != nil || !ok {
			return nil, fmt.Errorf("git ls-files printed %q, expected mode, object, stage and path", record)
		}
		switch n := len(ix.unmerged); {
		case later[name]:
		case fields[2] == "0":
			ix.entries = append(ix.entries, entry{name, h, Mode(mode)})
		case n == 0 || ix.unmerged[n-1] != name:
			ix.unmerged = append(ix.unmerged, name)
		}
	}
	return ix, nil
}

// intended is the paths of `git add -N`, which ls-files shows as empty files: what
// the one view of the index has and the other has not.
func (p *program) intended(listing string) (map[string]bool, error) {
	names := map[string]bool{}
	if !strings.Contains(listing, emptyBlob1) && !strings.Contains(listing, emptyBlob256) {
		return names, nil
	}
	head, err := p.run("rev-parse", "--verify", "--quiet", "HEAD^{tree}")
	if err != nil {
		if head, err = p.run("hash-object", "-t", "tree", os.DevNull); err != nil {
			return nil, err
		}
	}
	view := func(option string) ([]string, error) {
		out, err := p.run("diff-index", "--cached", "--raw", "--no-renames", "-z", option,
			strings.TrimSpace(string(head)))
		return strings.Split(string(out), "\x00"), err
	}
	with, err := view("--ita-visible-in-index")
	if err != nil {
		return nil, err
	}
	without, err := view("--ita-invisible-in-index")
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(without); i += 2 {
		seen[without[i]+"\x00"+without[i+1]] = true
	}
	for i := 0; i+1 < len(with); i += 2 {
		if !seen[with[i]+"\x00"+with[i+1]] {
			names[with[i+1]] = true
		}
	}
	return names, nil
}

// The names of the empty blob.
const (
	emptyBlob1   = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
	emptyBlob256 = "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813"
)

// resolve asks for a revision; empty, and no error, is HEAD before the first commit.
func (p *program) resolve(rev string) (hash, error) {
	out, err := p.run("rev-parse", "--verify", "--quiet", "--end-of-options", rev+"^{commit}")
	if err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			return "", err
		}
		if _, err := p.run("symbolic-ref", "HEAD"); rev == "HEAD" && err == nil {
			return "", nil
		}
		return "", &Error{Text: fmt.Sprintf("there is no revision %q", rev),
			Hint: "git log shows what there is; HEAD is the last commit"}
	}
	text := strings.TrimSpace(string(out))
	h, ok := parseHash(text, len(text)/2)
	if !ok {
		return "", fmt.Errorf("git rev-parse printed %q, expected a hash", text)
	}
	return h, nil
}

func (p *program) upstream(r *Repository) (*Commit, error) {
	for _, rev := range []string{"@{upstream}", remoteHead} {
		if _, err := p.run("rev-parse", "--verify", "--quiet", rev+"^{commit}"); err == nil {
			return r.Commit(rev)
		}
	}
	return nil, nil
}

// object asks git cat-file --batch, one at a time.
func (p *program) object(h hash, limit int64) (string, []byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.batch == nil {
		if p.restart++; p.restart > maxRestarts {
			return "", nil, &missingError{h}
		}
		p.batch = p.command("cat-file", "--batch")
		in, err1 := p.batch.StdinPipe()
		out, err2 := p.batch.StdoutPipe()
		if err := errors.Join(err1, err2, p.batch.Start()); err != nil {
			p.batch = nil
			return "", nil, p.failed("cat-file", err, "")
		}
		p.in, p.out = in, bufio.NewReaderSize(out, 64<<10)
	}
	kind, data, err := p.ask(h, limit)
	var broken *brokenError
	if errors.As(err, &broken) {
		// It died, most likely of an object that it must not fetch.
		p.stop()
		return "", nil, &missingError{h}
	}
	return kind, data, err
}

// A brokenError is an answer that is no answer.
type brokenError struct{ err error }

func (e *brokenError) Error() string { return "git cat-file: " + e.err.Error() }

func (p *program) ask(h hash, limit int64) (string, []byte, error) {
	if _, err := fmt.Fprintf(p.in, "%s\n", h); err != nil {
		return "", nil, &brokenError{err}
	}
	line, err := p.out.ReadString('\n')
	if err != nil {
		return "", nil, &brokenError{err}
	}
	fields := strings.Fields(line)
	if len(fields) == 2 && fields[1] == "missing" {
		return "", nil, &missingError{h}
	}
	size := int64(-1)
	if len(fields) == 3 {
		if n, err := strconv.ParseInt(fields[2], 10, 64); err == nil {
			size = n
		}
	}
	if size < 0 {
		return "", nil, &brokenError{fmt.Errorf("found %q, expected hash, type and size", line)}
	}
	if size > limit {
		if _, err := io.CopyN(io.Discard, p.out, size+1); err != nil {
			return "", nil, &brokenError{err}
		}
		return "", nil, &regular.SizeError{Size: size, Limit: limit}
	}
	data := make([]byte, size+1) // a newline follows
	if _, err := io.ReadFull(p.out, data); err != nil {
		return "", nil, &brokenError{err}
	}
	return fields[1], data[:size:size], nil
}

// stop ends cat-file; the next question starts it again.
func (p *program) stop() {
	p.in.Close()
	_ = p.batch.Wait() // what it says of its end is of no use here
	p.batch = nil
}

func (p *program) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.batch != nil {
		p.stop()
	}
}

// A fallbackReader reads the object database, and asks the git program where a
// pack is of a kind that the reader doesn't know.
type fallbackReader struct {
	*database
	program *program
}

func (f *fallbackReader) object(h hash, limit int64) (string, []byte, error) {
	kind, data, err := f.database.object(h, limit)
	if errors.Is(err, errUnsupported) {
		return f.program.object(h, limit)
	}
	return kind, data, err
}
