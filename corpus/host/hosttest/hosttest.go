// Package hosttest makes package databases for tests, with the tables of pkg(8)
// that are read, in the shape that it gives them.
package hosttest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/ncruces/go-sqlite3"
)

// A Package is what a database is to hold of one.
type Package struct {
	Name, Version, Origin, Comment, Message string
	Categories, Users, Options, Files       []string
	// Deps is names of packages, Provides names of shared libraries.
	Deps, Provides []string
}

// schema is the part of pkg(8)'s that svcjify reads, and user_version as pkg 1.21 has it.
const schema = `
CREATE TABLE packages (id INTEGER PRIMARY KEY, origin TEXT NOT NULL, name TEXT NOT NULL, version TEXT NOT NULL,
	comment TEXT NOT NULL, desc TEXT NOT NULL, message TEXT, arch TEXT NOT NULL, maintainer TEXT NOT NULL, prefix TEXT NOT NULL, UNIQUE(name));
CREATE TABLE files (path TEXT PRIMARY KEY, sha256 TEXT, package_id INTEGER REFERENCES packages(id));
CREATE INDEX files_package_id ON files (package_id);
CREATE TABLE categories (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE pkg_categories (package_id INTEGER, category_id INTEGER, PRIMARY KEY (package_id, category_id));
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE pkg_users (package_id INTEGER, user_id INTEGER, UNIQUE (package_id, user_id));
CREATE TABLE option (option_id INTEGER PRIMARY KEY, option TEXT NOT NULL UNIQUE);
CREATE TABLE pkg_option (package_id INTEGER, option_id INTEGER, value TEXT NOT NULL, PRIMARY KEY (package_id, option_id));
CREATE TABLE deps (origin TEXT NOT NULL, name TEXT NOT NULL, version TEXT, package_id INTEGER, UNIQUE (package_id, name));
CREATE TABLE shlibs (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE pkg_shlibs_provided (package_id INTEGER, shlib_id INTEGER, UNIQUE (package_id, shlib_id));
PRAGMA user_version = 37;`

// Write makes a database, in a directory that it makes too.
func Write(name string, list []Package) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	db, err := sqlite3.Open("file:" + filepath.ToSlash(name))
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.Exec("BEGIN;" + schema); err != nil {
		return err
	}
	for i, p := range list {
		id := i + 1
		statements := []string{fmt.Sprintf("INSERT INTO packages VALUES (%d, %s, %s, %s, %s, '', %s, 'FreeBSD:15:amd64', 'ports@FreeBSD.org', '/usr/local')",
			id, text(p.Origin), text(p.Name), text(p.Version), text(p.Comment), text(p.Message))}
		for _, f := range p.Files {
			statements = append(statements, fmt.Sprintf("INSERT INTO files VALUES (%s, '', %d)", text(f), id))
		}
		for _, d := range p.Deps {
			statements = append(statements, fmt.Sprintf("INSERT INTO deps VALUES ('', %s, '', %d)", text(d), id))
		}
		for _, of := range []struct {
			list                     []string
			table, key, value, assoc string
		}{{p.Categories, "categories", "id", "name", "INSERT INTO pkg_categories VALUES (%d, %s)"},
			{p.Users, "users", "id", "name", "INSERT INTO pkg_users VALUES (%d, %s)"},
			{p.Provides, "shlibs", "id", "name", "INSERT INTO pkg_shlibs_provided VALUES (%d, %s)"},
			{p.Options, "option", "option_id", "option", "INSERT INTO pkg_option VALUES (%d, %s, 'on')"}} {
			for _, v := range of.list {
				statements = append(statements,
					fmt.Sprintf("INSERT OR IGNORE INTO %s (%s) VALUES (%s)", of.table, of.value, text(v)),
					fmt.Sprintf(of.assoc, id,
						fmt.Sprintf("(SELECT %s FROM %s WHERE %s = %s)", of.key, of.table, of.value, text(v))))
			}
		}
		for _, st := range statements {
			if err := db.Exec(st); err != nil {
				return fmt.Errorf("%s: %w", st, err)
			}
		}
	}
	return db.Exec("COMMIT")
}

// Exec changes a database.
func Exec(name, sql string) error {
	db, err := sqlite3.Open("file:" + filepath.ToSlash(name))
	if err != nil {
		return err
	}
	return errors.Join(db.Exec(sql), db.Close())
}

func text(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// Read reads packages from a text: a line of fields separated by tabs for each,
// name version origin users comment, and its files in lines that start with a tab.
func Read(name string) (list []Package, err error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(data)) {
		line = strings.TrimRight(line, "\n")
		switch {
		case line == "" || line[0] == '#':
		case line[0] == '\t' && len(list) > 0:
			p := &list[len(list)-1]
			p.Files = append(p.Files, strings.TrimSpace(line))
		default:
			f := strings.Split(line, "\t")
			if len(f) != 5 {
				return nil, fmt.Errorf("%s: found %q, expected five fields", name, line)
			}
			category, _, _ := strings.Cut(f[2], "/")
			list = append(list, Package{Name: f[0], Version: f[1], Origin: f[2], Users: strings.Fields(f[3]),
				Comment:    f[4],
				Categories: []string{category}, Files: []string{"/usr/local/etc/rc.d/" + f[0]}})
		}
	}
	return list, nil
}

// CopyRoot copies a made root, and gives it a database of the packages in the
// text beside it, which is named as the root with .packages behind it.
func CopyRoot(from, to string) error {
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		return err
	}
	list, err := Read(from + ".packages")
	if err != nil {
		return err
	}
	return Write(filepath.Join(to, "var", "db", "pkg", "local.sqlite"), list)
}
