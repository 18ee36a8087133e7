package host

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/util/ioutil"
	"github.com/ncruces/go-sqlite3/vfs/readervfs"

	"github.com/svcjify/svcjify/corpus"
)

// Database is where pkg(8) keeps what is installed.
const Database = "/var/db/pkg/local.sqlite"

// maxDatabase bounds the database that is copied, in bytes. One with 2,000
// packages has about 60 MB.
const maxDatabase = 1 << 30

// A Package is what the database says of one installed package.
type Package struct {
	// Name, Version, Origin and Comment are pkg-query(8)'s %n, %v, %o and %c; Message is %M.
	Name, Version, Origin, Comment, Message string
	// Categories is %C.
	Categories []string
	// Options is the port's options that are on; Users is %U, those that it makes.
	Options, Users []string

	id int64
}

// Packages is the database, as far as it was read: which packages own the files of some directories.
type Packages struct {
	owners map[string][]*Package
	mu     sync.Mutex // conn is for one at a time
	conn   *sqlite3.Conn
	close  func()
}

// Owners is the packages whose list of files has a path.
func (p *Packages) Owners(path string) []*Package {
	if p == nil {
		return nil
	}
	return p.owners[path]
}

// Close gives back what the reading took.
func (p *Packages) Close() {
	if p == nil {
		return
	}
	p.conn.Close()
	p.close()
}

// Packages reads pkg(8)'s database, and who owns the files of the directories. It
// opens the file for reading only and hands SQLite no path below the root. Where
// there is a write-ahead log or a journal beside the database, somebody writes or
// has died writing: then all of them are copied to a temporary directory outside,
// where SQLite makes one whole state of them. The problem says why there is no
// answer; a system without pkg(8) has one too.
func (r *Root) Packages(dirs []string) (*Packages, *corpus.Problem) {
	p, err := r.packages()
	if err == nil {
		err = p.read(dirs)
	}
	if err == nil {
		return p, nil
	}
	p.Close()
	var bad corpus.Problem
	var schema *schemaError
	const without = "svcjify goes on without package names, and looks at no program"
	switch {
	case errors.Is(err, fs.ErrNotExist):
		bad = problem(Database, "is not there: which package a script belongs to is not known",
			"where pkg(8) keeps it elsewhere (PKG_DBDIR), link it there; "+without)
	case errors.As(err, &schema):
		bad = problem(Database, err.Error(), "svcjify reads the schema of pkg 1.3 to 2.x; "+without)
	case errors.Is(err, sqlite3.NOTADB), errors.Is(err, sqlite3.CORRUPT):
		bad = problem(Database, "is damaged, or no SQLite database: "+err.Error(),
			"pkg check -d and pkg backup -r help on the system itself; "+without)
	default:
		var ok bool
		if bad, ok = unreadable(Database, err); !ok {
			bad = problem(Database, "cannot be read: "+err.Error(), without)
		}
		bad.Hint += "; " + without
	}
	return nil, &bad
}

// packages opens the database.
func (r *Root) packages() (*Packages, error) {
	f, info, err := r.open(Database)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxDatabase {
		f.Close()
		return nil, &tooLarge{info.Size(), maxDatabase}
	}
	if r.busy() {
		defer f.Close()
		return r.copied()
	}
	// The name is only this process's word for the open file.
	name := fmt.Sprintf("svcjify-%p", f)
	readervfs.Create(name, sized{f, info.Size()})
	release := func() {
		readervfs.Delete(name)
		f.Close()
	}
	conn, err := sqlite3.OpenFlags("file:"+name+"?vfs=reader&immutable=1", sqlite3.OPEN_READONLY|sqlite3.OPEN_URI)
	if err != nil {
		release()
		return nil, err
	}
	return &Packages{conn: conn, close: release}, nil
}

type sized struct {
	*os.File
	size int64
}

func (s sized) Size() (int64, error) { return s.size, nil }

var _ ioutil.SizeReaderAt = sized{}

// beside are the files in which SQLite keeps what is not in the database yet, or
// is to be taken back.
var beside = []string{"-wal", "-journal"}

// busy reports whether the database alone is not the whole truth.
func (r *Root) busy() bool {
	for _, end := range beside {
		if info, err := r.Stat(Database + end); err == nil && info.Size() > 0 {
			return true
		}
	}
	return false
}

// copied opens a copy in a temporary directory.
func (r *Root) copied() (*Packages, error) {
	dir, err := os.MkdirTemp("", "svcjify-pkg-")
	if err != nil {
		return nil, fmt.Errorf("copying the database: %w", err)
	}
	remove := func() { os.RemoveAll(dir) }
	name := filepath.Join(dir, "local.sqlite")
	for _, end := range append([]string{""}, beside...) {
		if err := r.copy(Database+end, name+end); err != nil && (end == "" || !errors.Is(err, fs.ErrNotExist)) {
			remove()
			return nil, err
		}
	}
	conn, err := sqlite3.OpenFlags("file:"+filepath.ToSlash(name), sqlite3.OPEN_READWRITE|sqlite3.OPEN_URI)
	if err != nil {
		remove()
		return nil, err
	}
	return &Packages{conn: conn, close: remove}, nil
}

func (r *Root) copy(from, to string) error {
	in, info, err := r.open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	if info.Size() > maxDatabase {
		return &tooLarge{info.Size(), maxDatabase}
	}
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("copying the database: %w", err)
	}
	_, err = io.Copy(out, io.LimitReader(in, maxDatabase))
	return errors.Join(err, out.Close())
}

// A schemaError says what of pkg(8)'s schema is not there.
type schemaError struct{ lacks string }

func (e *schemaError) Error() string {
	return "is not a database of pkg(8) as svcjify knows it: it has no " + e.lacks
}

// columns is what of the schema is needed; pkg(8) has had them since 1.3.
var columns = map[string][]string{
	"packages": {"id", "origin", "name", "version", "comment", "message"},
	"files":    {"path", "package_id"},
}

// read fills owners. Nothing of the database is run: a view in a table's place is refused.
func (p *Packages) read(dirs []string) error {
	for _, table := range []string{"packages", "files"} {
		kind := ""
		err := p.query("SELECT type FROM sqlite_schema WHERE name = ?", []string{table},
			func(s *sqlite3.Stmt) { kind = s.ColumnText(0) })
		if err != nil {
			return err
		}
		if kind != "table" {
			return &schemaError{"table " + table}
		}
		have := map[string]bool{}
		err = p.query("SELECT name FROM pragma_table_info(?)", []string{table},
			func(s *sqlite3.Stmt) { have[s.ColumnText(0)] = true })
		if err != nil {
			return err
		}
		for _, c := range columns[table] {
			if !have[c] {
				return &schemaError{"column " + table + "." + c}
			}
		}
	}
	p.owners = map[string][]*Package{}
	byID := map[int64]*Package{}
	for _, dir := range dirs {
		dir = strings.TrimSuffix(dir, "/")
		// A range and not LIKE, so that the key of the table serves.
		err := p.query(`SELECT f.path, p.id, p.name, p.version, p.origin, p.comment, p.message FROM files f JOIN packages p ON p.id = f.package_id
			WHERE f.path >= ? AND f.path < ? ORDER BY f.path, p.name`, []string{dir + "/", dir + "0"}, func(s *sqlite3.Stmt) {
			id := s.ColumnInt64(1)
			if byID[id] == nil {
				byID[id] = &Package{id: id, Name: s.ColumnText(2), Version: s.ColumnText(3), Origin: s.ColumnText(4),
					Comment: s.ColumnText(5), Message: s.ColumnText(6)}
			}
			name := s.ColumnText(0)
			p.owners[name] = append(p.owners[name], byID[id])
		})
		if err != nil {
			return err
		}
	}
	for _, pkg := range byID {
		p.describe(pkg)
	}
	return nil
}

// describe reads what is told of a package in tables that not every pkg(8) has.
func (p *Packages) describe(pkg *Package) {
	id := fmt.Sprint(pkg.id)
	_ = p.query("SELECT c.name FROM pkg_categories k JOIN categories c ON c.id = k.category_id WHERE k.package_id = CAST(? AS INTEGER) ORDER BY 1", []string{id},
		func(s *sqlite3.Stmt) { pkg.Categories = append(pkg.Categories, s.ColumnText(0)) })
	_ = p.query("SELECT o.option FROM pkg_option k JOIN option o ON o.option_id = k.option_id WHERE k.package_id = CAST(? AS INTEGER) AND k.value = 'on' ORDER BY 1", []string{id},
		func(s *sqlite3.Stmt) { pkg.Options = append(pkg.Options, s.ColumnText(0)) })

	_ = p.query("SELECT u.name FROM pkg_users k JOIN users u ON u.id = k.user_id WHERE k.package_id = CAST(? AS INTEGER) ORDER BY 1", []string{id},
		func(s *sqlite3.Stmt) { pkg.Users = append(pkg.Users, s.ColumnText(0)) })
}

// Files is the package's list of files, sorted.
func (p *Packages) Files(pkg *Package) (list []string, err error) {
	err = p.query("SELECT path FROM files WHERE package_id = CAST(? AS INTEGER) ORDER BY path",
		[]string{fmt.Sprint(pkg.id)},
		func(s *sqlite3.Stmt) { list = append(list, s.ColumnText(0)) })
	return list, err
}

// A Linked is what a package needs and gives, for who looks for its libraries.
type Linked struct {
	Package        *Package
	Deps, Provides []string
}

// All is every package with the names of those that it depends on, and of the
// shared libraries that it provides, sorted by name.
func (p *Packages) All() ([]Linked, error) {
	byID := map[int64]*Linked{}
	var out []*Linked
	err := p.query("SELECT id, name, version, origin FROM packages ORDER BY name", nil, func(s *sqlite3.Stmt) {
		l := &Linked{Package: &Package{id: s.ColumnInt64(0), Name: s.ColumnText(1), Version: s.ColumnText(2),
			Origin: s.ColumnText(3)}}
		byID[l.Package.id] = l
		out = append(out, l)
	})
	if err != nil {
		return nil, err
	}
	// Not every pkg(8) has these tables; what is not told is not found then.
	_ = p.query("SELECT package_id, name FROM deps ORDER BY 1, 2", nil, func(s *sqlite3.Stmt) {
		if l := byID[s.ColumnInt64(0)]; l != nil {
			l.Deps = append(l.Deps, s.ColumnText(1))
		}
	})
	_ = p.query("SELECT k.package_id, s.name FROM pkg_shlibs_provided k JOIN shlibs s ON s.id = k.shlib_id ORDER BY 1, 2", nil, func(s *sqlite3.Stmt) {
		if l := byID[s.ColumnInt64(0)]; l != nil {
			l.Provides = append(l.Provides, s.ColumnText(1))
		}
	})
	list := make([]Linked, len(out))
	for i, l := range out {
		list[i] = *l
	}
	return list, nil
}

// query runs a statement of ours with text arguments.
func (p *Packages) query(sql string, args []string, row func(*sqlite3.Stmt)) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	st, _, err := p.conn.Prepare(sql)
	if err != nil {
		return err
	}
	defer st.Close()
	for i, a := range args {
		if err := st.BindText(i+1, a); err != nil {
			return err
		}
	}
	for st.Step() {
		row(st)
	}
	return st.Err()
}
