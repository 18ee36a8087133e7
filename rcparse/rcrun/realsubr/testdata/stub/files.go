package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// makes is the effect of the commands that make files, without their errors.
func makes(name string, args []string) int {
	valued := map[string]string{"install": "BDfghlMmNoST", "mkdir": "m", "touch": "Adrt"}[name]
	flags, rest := getopt(args, valued)
	dir := name == "mkdir" || isset(flags, "d")
	list := rest
	from := ""
	if n := len(list); n > 1 && !dir && name != "touch" {
		from, list = list[0], list[n-1:]
	}
	for _, p := range list {
		if name == "touch" {
			wantOne("-e", p, false)
		}
		unplace(p)
		if os.MkdirAll(filepath.Dir(p), 0o755) != nil {
			continue
		}
		if dir {
			os.MkdirAll(p, 0o755)
			continue
		}
		if name == "ln" {
			os.Remove(p)
			os.Symlink(from, p)
			continue
		}
		if st, err := os.Stat(p); err == nil {
			if st.IsDir() && from != "" {
				p = filepath.Join(p, filepath.Base(from))
			} else if from == "" {
				continue
			}
		}
		copyTo(from, p)
	}
	return 0
}

func copyTo(from, to string) {
	out, err := os.Create(to)
	if err != nil {
		return
	}
	defer out.Close()
	if in, err := os.Open(from); err == nil {
		defer in.Close()
		io.Copy(out, io.LimitReader(in, 1<<20))
	}
}

func removes(args []string) int {
	flags, rest := getopt(args, "")
	for _, p := range rest {
		p = absolute(p)
		addState("removed", p)
		if isset(flags, "r") || isset(flags, "R") {
			os.RemoveAll(p)
		} else {
			os.Remove(p)
		}
	}
	return 0
}

func mktemp(args []string) int {
	flags, rest := getopt(args, "pt")
	t, ok := value(flags, "t")
	if !ok {
		t = "tmp"
	}
	p := "/tmp/" + t + ".simulated"
	if len(rest) > 0 {
		p = strings.TrimRight(rest[0], "X") + "simulated"
	}
	if isset(flags, "d") {
		os.MkdirAll(p, 0o755)
	} else {
		os.MkdirAll(filepath.Dir(p), 0o755)
		os.WriteFile(p, nil, 0o644)
	}
	fmt.Println(p)
	return 0
}

func realpath(name string, args []string) int {
	flags, rest := getopt(args, "")
	for _, p := range rest {
		if name == "readlink" && !isset(flags, "f") {
			to, err := os.Readlink(p)
			if err != nil {
				return 1
			}
			fmt.Println(to)
			continue
		}
		fmt.Println(absolute(p))
	}
	return 0
}

func ls(args []string) int {
	flags, rest := getopt(args, "")
	if !isset(flags, "l") {
		return 0
	}
	for _, p := range rest {
		wantOne("-e", p, false)
		if _, err := os.Stat(p); err == nil {
			fmt.Println("-rw-r--r--  1 " + owner() + "  wheel  1024 Jan  1 00:00 " + p)
		}
	}
	return 0
}
