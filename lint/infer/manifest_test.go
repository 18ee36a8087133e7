package infer

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestModulesOf has what lists of modules name, and what only looks like it.
func TestModulesOf(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"go.mod", "module example.org/mud\ngo 1.25\nrequire (\n\tgithub.com/songgao/water v0.0.1\n\tgolang.org/x/sys v0.1.0 // indirect\n)\nrequire example.net/x/fuse/v2 v2.1.0\n" +
			"replace example.net/a => ../a\n", []string{"github.com/songgao/water", "example.net/x/fuse/v2"}},
		{"patch-go.mod", "--- go.mod.orig\n+++ go.mod\n@@ -1 +1 @@\n github.com/gin-gonic/gin v1.9.0\n-\tgithub.com/old/ping v1.0.0\n+\tgithub.com/new/mux v1.0.0\n",
			[]string{"github.com/gin-gonic/gin", "github.com/new/mux"}},
		{"patch-src_go.mod", "+\tgithub.com/new/mux v1.0.0\n", []string{"github.com/new/mux"}},
		{"package.json", "{\n  \"name\": \"mud\",\n  \"version\": \"1.0.0\",\n  \"dependencies\": {\n    \"express\": \"^4.1.0\",\n    \"@hapi/hapi\": \"21.0.0\"\n  }\n}\n",
			[]string{"version", "express", "@hapi/hapi"}}, // "version" is a module's name too
		{"package-lock.json", "{\n\"packages\": {\n\"\": {\n\"dependencies\": { }\n},\n\"node_modules/ws\": {\n\"version\": \"8\"\n},\n\"node_modules/a/node_modules/b\": {\n",
			[]string{"ws"}},
		{"package-lock-pty.json", "\"node_modules/@louislam/ping\": {", []string{"@louislam/ping"}},
		{"requirements.txt", "# all\nFlask==2.0 ; python_version > \"3\"\nuvicorn[standard]>=0.2\n-r more.txt\n", []string{"Flask", "uvicorn"}},
		{"Gemfile", "source \"https://rubygems.org\"\ngem \"puma\", \"~> 6\"\n", []string{"puma"}},
		{"Gemfile.lock", "GEM\n  specs:\n    sinatra (4.0.0)\n", []string{"sinatra"}},
		{"mud.json", "\"express\": \"1\"", nil},
		{"patch-mud_package.json", "+ \"express\": \"1\"", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want != nil, isManifest(c.name))
			var got []string
			for _, m := range modulesOf("games/mud/files/"+c.name, c.text, 100) {
				got = append(got, m.Text)
				require.Contains(t, strings.Split(c.text, "\n")[m.Line-1], m.Text)
			}
			require.Equal(t, c.want, got)
		})
	}
	require.Len(t, modulesOf("go.mod", strings.Repeat("\texample.org/a v1.0.0\n", 9), 3), 3, "as many as are asked for")
}

// TestListedModules has modules of each language that tell what a program does,
// and some that do not.
func TestListedModules(t *testing.T) {
	for _, c := range []struct {
		file, line string
		answer     string
		certainty  Certainty
		fact       string
	}{
		{"go.mod", "\tgithub.com/hanwen/go-fuse/v2 v2.5.0", "NO", Likely, "the Go module github.com/hanwen/go-fuse/v2"},
		{"go.mod", "\tgithub.com/gorilla/mux v1.8.0", "net_basic", Possible, "the Go module github.com/gorilla/mux"},
		{"go.mod", "\tgolang.zx2c4.com/wireguard v0.0.1", "", Unknown, "opens tunnel devices"},
		{"go.mod", "\tgopkg.in/yaml.v3 v3.0.1", "", Unknown, ""},
		{"package.json", `"fastify": "^5.0.0"`, "net_basic", Possible, "the Node module fastify"},
		{"package-lock.json", `"node_modules/fuse-native": {`, "NO", Likely, "mounts file systems"},
		{"package.json", `"chalk": "^5.0.0"`, "", Unknown, ""},
		{"package.json", `"serialport": "^12.0.0"`, "none", Possible, "drives a device"},
		{"requirements.txt", "Django==5.0", "net_basic", Possible, "the Python module Django"},
		{"requirements.txt", "numpy", "", Unknown, ""},
		{"Gemfile", `gem "sinatra"`, "net_basic", Possible, "the gem sinatra"},
	} {
		t.Run(c.line, func(t *testing.T) {
			in := inputOf(plain, func(in *Input) { in.Port.Listed = modulesOf("games/mud/files/"+c.file, c.line, 10) })
			v := Infer(in, Gather(in), &Knowledge{})
			require.Equal(t, c.answer, v.Answer(), "%v", v.Evidence)
			require.Equal(t, c.certainty, v.Certainty)
			var facts []string
			for _, e := range v.Evidence {
				facts = append(facts, e.Fact)
			}
			require.Contains(t, strings.Join(facts, "\n"), c.fact)
		})
	}
}

// TestDependsByName has packages of RUN_DEPENDS and USES that tell more than that
// a program speaks IP.
func TestDependsByName(t *testing.T) {
	for _, c := range []struct {
		runs, uses, tuple, supports string
		strength                    Certainty
	}{
		{"p5-IPC-ShareLite>0:devel/p5-IPC-ShareLite", "", "", "sysvipcnew", Possible},
		{"py311-sysv-ipc>0:devel/py-sysv-ipc@py311", "", "", "sysvipcnew", Possible},
		{"py311-scapy>0:net/py-scapy@py311", "", "", "net_raw", Possible},
		{"py311-psutil>0:sysutils/py-psutil@py311", "", "", "", Possible},
		{"", "nodejs:22,run", "", "net_basic", Possible},
		{"", "nodejs", "", "net_basic", Possible},
		{"", "", "https://gitlab.com:acme:go-fuse:0a1b2c:fuse/vendor/x", OptOut, Likely},
		{"", "", "acme:go-fuse:0a1b2c:fuse/vendor/x", OptOut, Likely},
	} {
		in := inputOf(plain, func(in *Input) {
			in.Port.Runs, in.Port.Uses, in.Port.Modules = []Word{{c.runs, "f", 1}}, []Word{{c.uses, "f", 1}}, nil
			if c.tuple != "" {
				in.Port.Modules = []Word{{c.tuple, "f", 1}}
			}
		})
		facts := append(fromModules(in), fromDepends(in)...)
		require.Len(t, facts, 1, "%v", c)
		require.Equal(t, c.supports, facts[0].Supports)
		require.Equal(t, c.strength, facts[0].Strength)
	}
	in := inputOf(plain, func(in *Input) { in.Port.Uses = []Word{{"nodejs:24,build,env", "f", 1}} })
	require.Empty(t, fromDepends(in), "Node.js builds it, and does not run it")
}

// FuzzModulesOf gives hostile text to what reads lists of modules.
func FuzzModulesOf(f *testing.F) {
	f.Add("go.mod", "require a.b/c v1\n")
	f.Add("package-lock.json", "\"node_modules/x\": {")
	f.Add("patch-Gemfile.lock", "+    x (1)\n")
	f.Fuzz(func(t *testing.T, name, text string) {
		for _, m := range modulesOf(name, text, 50) {
			require.NotEmpty(t, m.Text)
			require.Positive(t, m.Line)
			if m.Of == goModule {
				repositoryOf(m.Text)
			}
		}
	})
}
