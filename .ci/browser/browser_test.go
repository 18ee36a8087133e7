// Package browser opens what svcjify report writes in a real browser. It is a module of its
// own, so that nobody who builds svcjify has to fetch what drives one.
//
// It wants Debian's chromium, and for the test of accessibility the file axe.min.js of npm's
// axe-core, whose path SVCJIFY_AXE names. SVCJIFY_SHOTS names a directory for screenshots.
package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// made is the directory with the report of the made tree.
var made string

func TestMain(m *testing.M) {
	if _, err := exec.LookPath("chromium"); err != nil {
		if os.Getenv("SVCJIFY_REQUIRE_TOOLS") != "" {
			fmt.Fprintln(os.Stderr, "chromium is missing")
			os.Exit(1)
		}
		fmt.Fprintln(os.Stderr, "skipped: without chromium")
		return
	}
	work, err := os.MkdirTemp("", "svcjify-browser")
	if err != nil {
		panic(err)
	}
	program = filepath.Join(work, "svcjify")
	build := exec.Command("go", "build", "-o", program, "./cmd/svcjify")
	build.Dir, build.Stderr = top, os.Stderr
	if err := build.Run(); err != nil {
		panic(err)
	}
	made = filepath.Join(work, "made")
	if err := report(made, filepath.Join(top, "corpus", "testdata", "ports")); err != nil {
		panic(err)
	}
	alloc, stop := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox, chromedp.ExecPath("chromium"), chromedp.WSURLReadTimeout(2*time.Minute))...)
	var end context.CancelFunc
	browser, end = chromedp.NewContext(alloc)
	if err := chromedp.Do(browser); err != nil {
		panic(err)
	}
	code := m.Run()
	end()
	stop()
	os.RemoveAll(work)
	os.Exit(code)
}

// browser is the one that all tests have a tab of.
var browser context.Context

const top = "../.."

var program string

// report runs svcjify report.
func report(out, tree string) error {
	cmd := exec.Command(program, "report", "-q", "--config", "none", "-o", out, tree)
	cmd.Stderr = os.Stderr
	return cmd.Run()
}

// A tab is a page in a browser of its own, and what went wrong there.
type tab struct {
	context.Context
	t  *testing.T
	at string // the page's address

	mu     sync.Mutex
	faults []string
}

// A step is something that is done to a tab.
type step = chromedp.Action[chromedp.Void]

// call is a command of the DevTools protocol as a step.
func call[P, R any](c cdp.Command[P, R], params P) step {
	return func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, c, params)
		return chromedp.Void{}, err
	}
}

// width is a window of that width; a phone's where it is narrow.
func width(w int64) step {
	return call(emulation.SetDeviceMetricsOverride,
		emulation.SetDeviceMetricsOverrideParams{Width: w, Height: 900, DeviceScaleFactor: 1, Mobile: w < 500})
}

// dark is what the system's dark mode says to pages.
var dark = call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
	Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}},
})

// open loads the report of a directory; do comes before.
func open(t *testing.T, dir, fragment string, do ...step) *tab {
	t.Helper()
	ctx, stop := chromedp.NewContext(browser)
	t.Cleanup(stop)
	abs, err := filepath.Abs(filepath.Join(dir, "index.html"))
	require.NoError(t, err)
	b := &tab{Context: ctx, t: t, at: (&url.URL{Scheme: "file", Path: abs}).String()}
	require.NoError(t, chromedp.Listen(ctx, b.listen))
	b.run(call(network.Enable, network.EnableParams{}), call(log.Enable, cdp.Empty{}), width(1280))
	b.run(do...)
	b.run(chromedp.Navigate(b.at + fragment))
	return b
}

// listen notes what must not be: an error on the console, a request to anywhere, a dialog.
func (b *tab) listen(event any) {
	fault := ""
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		fault = "exception: " + e.ExceptionDetails.Text
	case *runtime.EventConsoleAPICalled:
		fault = "console: " + string(e.Type)
	case *log.EventEntryAdded:
		fault = "log: " + e.Entry.Text
	case *page.EventJavascriptDialogOpening:
		fault = "dialog: " + e.Message
	case *network.EventRequestWillBeSent:
		if u := e.Request.URL; u != b.at && !strings.HasPrefix(u, "data:") {
			fault = "request: " + u
		}
	}
	if fault != "" {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.faults = append(b.faults, fault)
	}
}

// clean has the test fail where something went wrong on the page.
func (b *tab) clean() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	require.Empty(b.t, b.faults)
}

func (b *tab) run(do ...step) {
	b.t.Helper()
	require.NoError(b.t, chromedp.Do(b, do...))
}

// eval is the value of an expression on the page.
func eval[T any](b *tab, format string, args ...any) T {
	b.t.Helper()
	if len(args) > 0 {
		format = fmt.Sprintf(format, args...)
	}
	out, err := chromedp.Run(b, chromedp.Evaluate[T](format, chromedp.EvalAwaitPromise))
	require.NoError(b.t, err)
	return out
}

// quoted is a string as JavaScript has it.
func quoted(s string) string {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// shown is the IDs of the services that are to be seen, in their order.
func (b *tab) shown() []string {
	b.t.Helper()
	return eval[[]string](b, `[...document.querySelectorAll(".svc")].filter(e => e.getClientRects().length).map(e => e.id)`)
}

// choose sets fields of the form as a person would.
func (b *tab) choose(field, value string) {
	b.t.Helper()
	eval[bool](b, `(f => { f.value = %s; return f.dispatchEvent(new Event("input", {bubbles: true})) })(document.forms.filter.elements[%s])`,
		quoted(value), quoted(field))
}

// shot keeps a picture to be looked at.
func (b *tab) shot(name string) {
	dir := os.Getenv("SVCJIFY_SHOTS")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(b, chromedp.CaptureScreenshot())
	require.NoError(b.t, err)
	require.NoError(b.t, os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644))
}

// A service is what report.json says of one.
type service struct {
	ID         string   `json:"id"`
	Name       string   `json:"name"`
	Origin     string   `json:"origin"`
	State      string   `json:"state"`
	Certainty  string   `json:"certainty"`
	Category   string   `json:"category"`
	Maintainer string   `json:"maintainer"`
	Comment    string   `json:"comment"`
	Options    []string `json:"options"`
	OptOut     bool     `json:"opt_out"`
	Declared   struct {
		Answer string `json:"answer"`
	} `json:"declared"`
	Findings []struct {
		Code string `json:"code"`
	} `json:"findings"`
	Starts *struct{} `json:"starts"`
	Patch  *int      `json:"patch"`
}

func services(t *testing.T, dir string) []service {
	text, err := os.ReadFile(filepath.Join(dir, "report.json"))
	require.NoError(t, err)
	var r struct {
		Services []service `json:"services"`
	}
	require.NoError(t, json.Unmarshal(text, &r))
	require.NotEmpty(t, r.Services)
	return r.Services
}
