package browser

import (
	"github.com/chromedp/cdproto/input"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// words is what a service needs or declares.
func (s service) words() []string {
	var out []string
	switch {
	case s.Certainty == "unknown":
		out = append(out, "unknown")
	case s.OptOut:
		out = append(out, "NO")
	case len(s.Options) == 0:
		out = append(out, "none")
	}
	return slices.Concat(out, s.Options, strings.Fields(s.Declared.Answer))
}

func ids(list []service, keep func(service) bool) []string {
	var out []string
	for _, s := range list {
		if keep(s) {
			out = append(out, s.ID)
		}
	}
	return out
}

func TestFiltersAndSearch(t *testing.T) {
	all := services(t, made)
	b := open(t, made, "")
	require.Equal(t, ids(all, func(service) bool { return true }), b.shown())
	for field, has := range map[string]func(service, string) bool{
		"state":      func(s service, v string) bool { return s.State == v },
		"certainty":  func(s service, v string) bool { return s.Certainty == v },
		"word":       func(s service, v string) bool { return slices.Contains(s.words(), v) },
		"category":   func(s service, v string) bool { return s.Category == v },
		"maintainer": func(s service, v string) bool { return s.Maintainer == v },
		"rule": func(s service, v string) bool {
			for _, f := range s.Findings {
				if f.Code == v {
					return true
				}
			}
			return false
		},
	} {
		values := eval[[]string](b, `[...document.forms.filter.elements[%s].options].map(o => o.value).filter(Boolean)`,
			quoted(field))
		require.NotEmpty(t, values)
		hits := 0
		for _, v := range values {
			b.choose(field, v)
			want := ids(all, func(s service) bool { return has(s, v) })
			require.Equal(t, want, append([]string(nil), b.shown()...), "%s=%s", field, v)
			hits += len(want)
			require.Equal(t, "#"+url.Values{field: {v}}.Encode(), eval[string](b, `location.hash`))
		}
		require.NotZero(t, hits, field)
		b.choose(field, "")
	}
	require.Empty(t, eval[string](b, `location.hash`))

	b.choose("q", "NET_basic Www")
	found := b.shown()
	require.NotEmpty(t, found)
	require.Less(t, len(found), len(all))
	b.choose("state", "patchable")
	require.Less(t, len(b.shown()), len(found))
	b.choose("q", "no such thing")
	require.Empty(t, b.shown())
	require.True(t, eval[bool](b, `!document.getElementById("none").hidden`))
	b.run(chromedp.Click(chromedp.CSS("#filter button[type=reset]")))
	require.Len(t, b.shown(), len(all))
	b.clean()
}

func TestSort(t *testing.T) {
	all := services(t, made)
	b := open(t, made, "")
	b.run(chromedp.Click(chromedp.CSS(`#sort button[data-key=name]`)))
	names := func() []string {
		return eval[[]string](b, `[...document.querySelectorAll(".svc > summary > b")].map(e => e.textContent)`)
	}
	up := names()
	require.True(t, slices.IsSorted(up))
	require.Equal(t, "#sort=name", eval[string](b, `location.hash`))
	b.run(chromedp.Click(chromedp.CSS(`#sort button[data-key=name]`)))
	down := names()
	slices.Reverse(down)
	require.True(t, slices.IsSorted(down))
	b.run(chromedp.Click(chromedp.CSS(`#sort button[data-key=certainty]`)))
	certainties := eval[[]string](b, `[...document.querySelectorAll(".svc")].map(e => e.dataset.certainty)`)
	order := []string{"certain", "confident", "likely", "possible", "unknown"}
	require.True(t, slices.IsSortedFunc(certainties,
		func(a, b string) int { return slices.Index(order, a) - slices.Index(order, b) }))
	b.run(chromedp.Click(chromedp.CSS(`#sort button[data-key=certainty]`)),
		chromedp.Click(chromedp.CSS(`#sort button[data-key=certainty]`)))
	require.Equal(t, ids(all, func(service) bool { return true }), b.shown()) // the third time: as before
	b.clean()
}

// TestLinks opens the page as somebody who got a link.
func TestLinks(t *testing.T) {
	all := services(t, made)
	b := open(t, made, "#maintainer="+url.QueryEscape(all[0].Maintainer)+"&state=patchable,faulty&sort=-name")
	shown := b.shown()
	require.NotEmpty(t, shown)
	want := ids(all, func(s service) bool {
		return s.Maintainer == all[0].Maintainer && (s.State == "patchable" || s.State == "faulty")
	})
	require.ElementsMatch(t, want, shown)
	b.clean()

	i := slices.IndexFunc(all, func(s service) bool { return s.Patch != nil && s.Starts != nil })
	inView := `(r => r.bottom > 0 && r.top < innerHeight)(document.getElementById(%s).getBoundingClientRect())`
	for _, part := range []string{"", ".starts", ".evidence", ".patch", ".findings"} {
		id := all[i].ID + part
		b := open(t, made, "#"+id)
		require.True(t, eval[bool](b, `document.getElementById(%s).open`, quoted(all[i].ID)), id)
		require.True(t, eval[bool](b, inView, quoted(id)), id)
		require.Equal(t, 1, eval[int](b, `document.querySelectorAll(".svc[open]").length`))
		b.clean()
		b.shot("open" + part)
	}
	open(t, made, "#%zz&nonsense").clean()
	open(t, made, "#state=nonsense&rule=").clean()
	// A link to a service that the filter hides shows it.
	eval[string](b, `location.hash = %s`, quoted(all[i].ID))
	require.Eventually(t, func() bool {
		return eval[bool](b, `document.getElementById(%s).open && !document.getElementById(%[1]s).hidden`,
			quoted(all[i].ID))
	}, 5*time.Second, 50*time.Millisecond)
	b.clean()
}

func TestKeyboard(t *testing.T) {
	b := open(t, made, "")
	active := func() string {
		return eval[string](b, `document.activeElement.name || document.activeElement.parentElement.id`)
	}
	b.run(call(input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Key: "/",
		Text: "/"}))
	require.Equal(t, "q", active())
	b.run(chromedp.KeyEvent("named"))
	require.Contains(t, eval[string](b, `location.hash`), "q=named")
	shown := b.shown()
	require.NotEmpty(t, shown)
	b.run(chromedp.KeyEvent(kb.ArrowDown))
	require.Equal(t, shown[0], active())
	b.run(chromedp.KeyEvent(kb.Enter))
	require.True(t, eval[bool](b, `document.getElementById(%s).open`, quoted(shown[0])))
	b.run(chromedp.KeyEvent(kb.ArrowDown))
	require.Equal(t, shown[min(1, len(shown)-1)], active())
	b.run(chromedp.KeyEvent(kb.Escape))
	require.Greater(t, len(b.shown()), len(shown))
	// The first stop of the Tab key leads past what comes before the list.
	b = open(t, made, "")
	b.run(chromedp.KeyEvent(kb.Tab))
	require.Equal(t, "To the services", eval[string](b, `document.activeElement.textContent`))
	b.run(chromedp.KeyEvent(kb.Enter))
	require.Eventually(t, func() bool { // going to an anchor takes its time
		return eval[bool](b, `document.activeElement.id === "services"`)
	}, time.Minute, 20*time.Millisecond)
	b.run(chromedp.KeyEvent(kb.Tab))
	require.Equal(t, "q", active())
	b.clean()
}

func TestWidths(t *testing.T) {
	for _, w := range []int64{390, 1280} {
		b := open(t, made, "", width(w))
		fits := `document.documentElement.scrollWidth <= innerWidth`
		require.True(t, eval[bool](b, fits), w)
		b.shot(map[int64]string{390: "phone-top", 1280: "top"}[w])
		eval[bool](b, `document.querySelectorAll("details").forEach(d => { d.open = true }) || true`)
		require.True(t, eval[bool](b, fits), "%d, all open", w)
		columns := eval[string](b, `getComputedStyle(document.querySelector(".svc > summary")).gridTemplateColumns`)
		require.Equal(t, map[int64]int{390: 2, 1280: 7}[w], len(strings.Fields(columns)))
		b = open(t, made, "#services", width(w))
		b.shot(map[int64]string{390: "phone", 1280: "list"}[w])
		b.clean()
	}
}

func TestDarkAndPrint(t *testing.T) {
	background := `getComputedStyle(document.body).backgroundColor`
	light := open(t, made, "")
	night := open(t, made, "#services", dark)
	require.Equal(t, "rgb(255, 255, 255)", eval[string](light, background))
	require.Equal(t, "rgb(13, 17, 23)", eval[string](night, background))
	night.shot("dark")
	night.clean()

	light.choose("state", "faulty")
	light.run(call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"}))
	require.Equal(t, "none", eval[string](light, `getComputedStyle(document.forms.filter).display`))
	require.NotEmpty(t, light.shown())
	pdf, err := chromedp.Run(light, chromedp.PrintToPDF())
	require.NoError(t, err)
	require.Equal(t, "%PDF", string(pdf[:4]))
	light.clean()
}

func TestWithoutScript(t *testing.T) {
	all := services(t, made)
	b := open(t, made, "", call(emulation.SetScriptExecutionDisabled,
		emulation.SetScriptExecutionDisabledParams{Value: true}))
	require.Len(t, b.shown(), len(all))
	require.Equal(t, "none", eval[string](b, `getComputedStyle(document.getElementById("filter")).display`))
	require.Equal(t, "none", eval[string](b, `getComputedStyle(document.getElementById("sort")).display`))
	b.run(chromedp.Click(chromedp.CSS(".svc > summary")))
	require.True(t, eval[bool](b, `document.querySelector(".svc").open`))
	b.clean()
}

// TestAccessible has axe-core look at the page as it is first seen, with a service opened,
// on a phone and in the dark.
func TestAccessible(t *testing.T) {
	name := os.Getenv("SVCJIFY_AXE")
	if name == "" {
		require.Empty(t, os.Getenv("SVCJIFY_REQUIRE_TOOLS"), "SVCJIFY_AXE names no axe.min.js")
		t.Skip("without axe-core")
	}
	axe, err := os.ReadFile(name)
	require.NoError(t, err)
	some := t.TempDir() // axe-core takes long where there are many elements
	require.NoError(t, report(some, filepath.Join(top, "corpus", "testdata", "ports", "www")))
	all := services(t, some)
	i := slices.IndexFunc(all, func(s service) bool { return s.Patch != nil && s.Starts != nil && len(s.Findings) > 0 })
	j := slices.IndexFunc(all, func(s service) bool { return s.State == "faulty" })
	for _, do := range [][]step{nil, {dark}, {width(390)}} {
		for _, fragment := range []string{"", "#" + all[i].ID, "#" + all[j].ID} {
			b := open(t, some, fragment, do...)
			b.run(chromedp.Evaluate[chromedp.Void](string(axe)))
			type violation struct {
				ID, Impact, Help string
				Nodes            []struct{ HTML string }
			}
			found := eval[[]violation](b, `axe.run({resultTypes: ["violations"]}).then(r => r.violations)`)
			for _, v := range found {
				t.Logf("%s: %s: %s: %.300s", v.Impact, v.ID, v.Help, v.Nodes[0].HTML)
				require.NotContains(t, []string{"serious", "critical"}, v.Impact)
			}
		}
	}
}

// TestHostile has names and comments that would be markup if they were let.
func TestHostile(t *testing.T) {
	tree := t.TempDir()
	write := func(name, text string) {
		name = filepath.Join(tree, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(t, os.WriteFile(name, []byte(text), 0o755))
	}
	bad := `"'><img src=x onerror=alert(1)><script>alert(2)</script>` + "\u202e\x1b[31m"
	script := "#!/bin/sh\n# PROVIDE: %s\n. /etc/rc.subr\nname=evil\nrcvar=evil_enable\nload_rc_config $name\n: ${evil_enable=NO}\n" +
		"command=\"/usr/local/bin/evil\"\ncommand_args='" + `--x <script>alert(3)</script> javascript:alert(4)` +
		"'\nrun_rc_command \"$1\"\n"
	write("Mk/bsd.port.mk", "")
	write("www/evil/Makefile", "PORTNAME= evil\nDISTVERSION= 1\nCATEGORIES= www\nMAINTAINER= "+`a"><script>alert(5)</script>@example.org`+
		"\nCOMMENT= "+bad+"\nUSE_RC_SUBR= evil\n.include <bsd.port.mk>\n")
	write("www/evil/files/evil.in", script)
	write("www/evil/pkg-descr", bad+"\nA web server listening on port 80.\n")
	out := t.TempDir()
	require.NoError(t, report(out, tree))
	b := open(t, out, "#state=patchable&maintainer=%22%3E%3Cimg+src%3Dx+onerror%3Dalert(6)%3E")
	b = open(t, out, "#"+services(t, out)[0].ID)
	require.Equal(t, 0, eval[int](b, `document.querySelectorAll("img, iframe, object, base, form[action]").length`))
	require.Equal(t, 1, eval[int](b, `document.querySelectorAll("script").length`))
	require.Contains(t, eval[string](b, `document.querySelector(".comment").textContent`), `<script>alert(2)</script>`)
	require.NotContains(t, eval[string](b, `document.body.textContent`), "\u202e")
	b.shot("hostile")
	b.clean()
}

// TestManyServices has 1,600 of them: the made tree eight times.
func TestManyServices(t *testing.T) {
	tree := t.TempDir()
	from := filepath.Join(top, "corpus", "testdata", "ports")
	list, err := os.ReadDir(from)
	require.NoError(t, err)
	for _, e := range list {
		copies := []string{""}
		if e.IsDir() && e.Name() != "Mk" && !strings.HasPrefix(e.Name(), ".") {
			copies = []string{"", "2", "3", "4", "5", "6", "7", "8"}
		}
		for _, n := range copies {
			if e.IsDir() {
				require.NoError(t, os.CopyFS(filepath.Join(tree, e.Name()+n), os.DirFS(filepath.Join(from, e.Name()))))
			}
		}
	}
	out := t.TempDir()
	require.NoError(t, report(out, tree))
	all := services(t, out)
	require.Greater(t, len(all), 1500)
	info, err := os.Stat(filepath.Join(out, "index.html"))
	require.NoError(t, err)
	t.Logf("%d services, index.html has %d kB", len(all), info.Size()>>10)
	require.Less(t, info.Size(), int64(10<<20))
	b := open(t, out, "")
	// What a person waits for: the page is laid out again after each of these.
	timed := func(what, do string) {
		ms := eval[float64](b, `(() => { const t = performance.now(); %s; document.body.offsetHeight; return performance.now() - t })()`, do)
		t.Logf("%s: %.0f ms", what, ms)
		require.Less(t, ms, 1000.0, what)
	}
	set := func(field, value string) string {
		return `(f => { f.value = ` + quoted(value) +
			`; f.dispatchEvent(new Event("input", {bubbles: true})) })(document.forms.filter.elements[` +
			quoted(field) + `])`
	}
	timed("search", set("q", "net"))
	timed("filter", set("state", "patchable"))
	timed("no filter", `document.forms.filter.reset()`)
	timed("sort", `document.querySelector("#sort button[data-key=maintainer]").click()`)
	timed("scroll", `scrollTo(0, document.body.scrollHeight / 2)`)
	t.Logf("load: %.0f ms", eval[float64](b, `performance.getEntriesByType("navigation")[0].loadEventEnd`))
	require.Len(t, b.shown(), len(all))
	b.clean()
}
