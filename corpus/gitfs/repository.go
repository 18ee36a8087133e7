package gitfs

import (
	"bytes"
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/format/config"
)

// An Error says why a repository, or a part of it, can't be read, and what to do.
type Error struct {
	// Text says what was found, Hint what to do.
	Text, Hint string
	// Err is the cause, if there is one.
	Err error
}

func (e *Error) Error() string {
	if e.Err != nil {
		return e.Text + ": " + e.Err.Error()
	}
	return e.Text
}

func (e *Error) Unwrap() error { return e.Err }

// Options say how a repository is opened.
type Options struct {
	// Context ends what takes long, such as a git program that waits; nil for none. It is
	// that of all that is done with the repository.
	Context context.Context
	// Getenv is os.Getenv where it is nil; git sets GIT_DIR, GIT_INDEX_FILE and
	// others for its hooks, see git(1).
	Getenv func(string) string
	// Git is the git program, "git" where it is empty.
	Git string
	// OnlyGit asks the git program for everything.
	OnlyGit bool
	// Keep is how many bytes of objects are kept in memory; 0 for 32 MiB. Who reads many
	// revisions has most objects in common between them.
	Keep int
}

// A Repository is a git repository with a work tree, or a bare one.
type Repository struct {
	// WorkTree is the top of the work tree, absolute; "" for a bare repository.
	WorkTree string
	// GitDir holds HEAD and the index, CommonDir what linked worktrees share
	// (they are the same in the main one): gitrepository-layout(5).
	GitDir, CommonDir string

	ctx       context.Context
	indexFile string
	hashSize  int
	objects   objectReader
	program   *program
	database  *database // nil where the git program reads
	// native is false where only the git program understands the repository's format.
	native bool
	staged *index // once it was read
}

// Open finds the repository of a directory as git does: by GIT_DIR, else
// upwards. It reads nothing but its configuration.
func Open(dir string, opts Options) (*Repository, error) {
	if opts.Getenv == nil {
		opts.Getenv = os.Getenv
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	r, err := locate(abs, opts.Getenv)
	if err != nil {
		return nil, err
	}
	if r.CommonDir, err = commonDir(r.GitDir, abs, opts.Getenv("GIT_COMMON_DIR")); err != nil {
		return nil, err
	}
	if r.ctx = opts.Context; r.ctx == nil {
		r.ctx = context.Background()
	}
	// Git resolves it after it has gone to the top of the work tree.
	r.indexFile = filepath.Join(r.GitDir, "index")
	if name := opts.Getenv("GIT_INDEX_FILE"); name != "" {
		r.indexFile = absolute(orElse(r.WorkTree, abs), name)
	}
	objects := opts.Getenv("GIT_OBJECT_DIRECTORY")
	if objects != "" {
		objects = absolute(abs, objects)
	}
	r.program = newProgram(orElse(opts.Git, "git"), r, objects)
	err = r.format()
	if opts.OnlyGit {
		err = errUnsupported
	}
	switch {
	case errors.Is(err, errUnsupported):
		if r.hashSize, err = r.program.hashSize(); err != nil {
			return nil, err
		}
		r.objects = r.program
	case err != nil:
		return nil, err
	default:
		r.native = true
		dirs := []string{orElse(objects, filepath.Join(r.CommonDir, "objects"))}
		for _, d := range filepath.SplitList(opts.Getenv("GIT_ALTERNATE_OBJECT_DIRECTORIES")) {
			dirs = append(dirs, absolute(abs, d))
		}
		r.database = newDatabase(dirs, r.hashSize)
		r.objects = &fallbackReader{r.database, r.program}
	}
	r.objects = &cachedReader{ctx: r.ctx, objectReader: r.objects,
		kept: map[hash]keptObject{}, most: cmp.Or(opts.Keep, maxKept)}
	return r, nil
}

// Close ends the git program where it was needed, and closes the packs.
func (r *Repository) Close() {
	r.program.close()
	if r.database != nil {
		r.database.close()
	}
}

func orElse(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func absolute(base, name string) string {
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	return filepath.Join(base, name)
}

var notRepository = Error{Text: "is not in a git repository", Hint: "run it in a clone of the ports tree"}

// locate finds the git directory and the work tree.
func locate(abs string, getenv func(string) string) (*Repository, error) {
	if g := getenv("GIT_DIR"); g != "" {
		r := &Repository{GitDir: absolute(abs, g), WorkTree: abs}
		if isGitDir(r.GitDir) == nil {
			if w := getenv("GIT_WORK_TREE"); w != "" {
				r.WorkTree = absolute(abs, w)
			} else if c := r.section("core"); c.Option("worktree") != "" {
				r.WorkTree = absolute(r.GitDir, c.Option("worktree"))
			} else if c.Option("bare") == "true" {
				r.WorkTree = ""
			}
			return r, nil
		}
		if target, err := gitFile(r.GitDir); err == nil {
			r.GitDir = target
			return r, nil
		}
		return nil, &Error{Text: fmt.Sprintf("GIT_DIR is %q, which is not a git directory", g),
			Hint: "unset GIT_DIR, or set it to the .git of a clone"}
	}
	for dir := abs; ; {
		dot := filepath.Join(dir, ".git")
		info, err := os.Stat(dot)
		switch {
		case err == nil && info.IsDir() && isGitDir(dot) == nil:
			r := &Repository{GitDir: dot, WorkTree: dir}
			if w := r.section("core").Option("worktree"); w != "" {
				r.WorkTree = absolute(dot, w)
			}
			return r, nil
		case err == nil && info.Mode().IsRegular():
			target, err := gitFile(dot)
			if err != nil {
				return nil, err
			}
			return &Repository{GitDir: target, WorkTree: dir}, nil
		case isGitDir(dir) == nil:
			return &Repository{GitDir: dir}, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			e := notRepository
			e.Text = abs + " " + e.Text
			return nil, &e
		}
		dir = up
	}
}

// isGitDir tells a git directory as git does: HEAD, and objects and refs here or in commondir.
func isGitDir(dir string) error {
	if _, err := os.Lstat(filepath.Join(dir, "HEAD")); err != nil {
		return err
	}
	common, err := commonDir(dir, "", "")
	if err != nil {
		return err
	}
	_, err = os.Stat(filepath.Join(common, "objects"))
	return err
}

// gitFile follows a .git file, which linked worktrees and submodules have.
func gitFile(name string) (string, error) {
	text, err := readRegular(name, maxRef)
	target, ok := strings.CutPrefix(strings.TrimRight(string(text), "\r\n"), "gitdir: ")
	if err == nil && ok {
		target = absolute(filepath.Dir(name), target)
		if err = isGitDir(target); err == nil {
			return target, nil
		}
	}
	return "", &Error{Text: fmt.Sprintf("%s names no git directory", name), Err: err,
		Hint: "`git worktree repair` corrects a linked worktree that was moved"}
}

// commonDir is where a linked worktree finds what all of them share.
func commonDir(gitDir, cwd, env string) (string, error) {
	if env != "" {
		return absolute(cwd, env), nil
	}
	text, err := readRegular(filepath.Join(gitDir, "commondir"), maxRef)
	if errors.Is(err, fs.ErrNotExist) {
		return gitDir, nil
	}
	if err != nil {
		return "", err
	}
	return absolute(gitDir, strings.TrimRight(string(text), "\r\n")), nil
}

// section is a section of the repository's own configuration. What a user's
// configuration says is of no concern here.
func (r *Repository) section(name string) *config.Section {
	c, err := r.Config()
	if err != nil {
		return &config.Section{}
	}
	return c.Section(name)
}

// Config is the repository's own configuration.
func (r *Repository) Config() (*config.Config, error) {
	c := config.New()
	text, err := readRegular(filepath.Join(orElse(r.CommonDir, r.GitDir), "config"), maxConfig)
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err == nil {
		err = config.NewDecoder(bytes.NewReader(text)).Decode(c)
	}
	return c, err
}

// knownExtensions change nothing for a reader: gitrepository-layout(5) and
// git's Documentation/technical/repository-version.
var knownExtensions = []string{"noop", "preciousobjects", "partialclone", "worktreeconfig", "relativeworktrees"}

// format sees whether the repository's format is known.
func (r *Repository) format() error {
	c, err := r.Config()
	if unread := new(fs.PathError); errors.As(err, &unread) {
		return &Error{Text: "the repository's configuration", Err: err, Hint: "see what git status says"}
	}
	if err != nil {
		// go-git's reader of configuration knows less than git's.
		return fmt.Errorf("%w: %w", errUnsupported, err)
	}
	r.hashSize = 20
	version := c.Section("core").Option("repositoryformatversion")
	if version != "" && version != "0" && version != "1" {
		return errUnsupported
	}
	for _, o := range c.Section("extensions").Options {
		switch key := strings.ToLower(o.Key); {
		case key == "objectformat" && o.Value == "sha256":
			r.hashSize = 32
		case key == "objectformat" && o.Value == "sha1", key == "refstorage" && o.Value == "files":
		case version == "1" && !slices.Contains(knownExtensions, key):
			return errUnsupported
		}
	}
	// Replaced objects and grafts are the git program's.
	for _, name := range []string{"refs/replace", "info/grafts"} {
		if _, err := os.Stat(filepath.Join(r.CommonDir, name)); err == nil {
			return errUnsupported
		}
	}
	return nil
}

// index reads the index. Unmerged paths are an error: there is no commit without them.
func (r *Repository) index() (*index, error) {
	if r.staged != nil {
		return r.staged, nil
	}
	ix, err := r.readIndex()
	if err != nil {
		return nil, err
	}
	if n := len(ix.unmerged); n > 0 {
		text := fmt.Sprintf("the index holds a conflict in %q", ix.unmerged[0])
		if n > 1 {
			text += fmt.Sprintf(" and %d more", n-1)
		}
		return nil, &Error{Text: text, Hint: "resolve it and git add the file; git status lists them"}
	}
	r.staged = ix
	return ix, nil
}

func (r *Repository) readIndex() (*index, error) {
	if !r.native {
		return r.program.index()
	}
	data, err := readRegular(r.indexFile, maxIndexSize)
	if errors.Is(err, fs.ErrNotExist) {
		return &index{}, nil // nothing was ever added
	}
	var ix *index
	if err == nil {
		ix, err = parseIndex(data, r.hashSize)
	}
	if errors.Is(err, errUnsupported) {
		return r.program.index()
	}
	if err != nil {
		return nil, &Error{Text: fmt.Sprintf("the index %s can't be read", r.indexFile), Err: err,
			Hint: "see what git status says; rm the index and git reset make a new one"}
	}
	return ix, nil
}

// Staged is the index as a file system: what the next commit will hold.
func (r *Repository) Staged() (*FS, error) {
	ix, err := r.index()
	if err != nil {
		return nil, err
	}
	return r.newFS(indexLister{ix}), nil
}

// maxTags is how many tags may point to tags.
const maxTags = 16

// Object reads an object by its full name, for who makes new ones of it. The
// data must not be changed.
func (r *Repository) Object(name string) (kind string, data []byte, err error) {
	h, ok := parseHash(name, r.hashSize)
	if !ok {
		return "", nil, &Error{Text: fmt.Sprintf("object name %q: expected %d hexadecimal digits", name, 2*r.hashSize)}
	}
	return r.objects.object(h, maxObjectSize)
}

// FS is the commit's tree as a file system; that of a nil Commit is empty.
func (r *Repository) FS(c *Commit) *FS {
	return r.newFS(&treeLister{objects: r.objects, hashSize: r.hashSize, root: c.root(), seen: map[string][]entry{}})
}

func (r *Repository) newFS(l lister) *FS {
	f := &FS{lister: l, objects: r.objects}
	if r.WorkTree != "" {
		f.work = r.WorkTree + string(filepath.Separator)
	}
	// Ten thousand files are opened faster by a short name.
	if cwd, err := os.Getwd(); err == nil && cwd == r.WorkTree {
		f.work = "." + string(filepath.Separator)
	}
	return f
}

func parseHash(s string, size int) (hash, bool) {
	b, err := hex.DecodeString(s)
	return hash(b), err == nil && len(b) == size
}

// HooksDir is where git looks for hooks, absolute: core.hooksPath, which a
// user's configuration may set for all repositories, or hooks in the common git
// directory. configured tells the first from the second.
func (r *Repository) HooksDir() (dir string, configured bool, err error) {
	out, err := r.program.plain("rev-parse", "--git-path", "hooks")
	if err != nil {
		return "", false, err
	}
	dir = absolute(orElse(r.WorkTree, r.GitDir), strings.TrimSuffix(string(out), "\n"))
	return dir, dir != filepath.Join(r.CommonDir, "hooks"), nil
}
