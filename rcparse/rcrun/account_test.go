package rcrun

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Services of one port have one budget, counted alike with one child and with another, and
// with a cache: the service at which it ends is the same.
func TestAccount(t *testing.T) {
	loop := func(n int) Job {
		text := fmt.Sprintf(armedLoop, n)
		return Job{Src: []byte(text), Scenarios: []Scenario{{Verb: "start", InstalledAs: "evil"},
			{Verb: "start", InstalledAs: "evil", Svcj: true}, {Verb: "stop", InstalledAs: "evil"}}}
	}
	cache := memory{}
	run := func(o PoolOptions) (failed []string, spent int) {
		pool, err := NewPool(o)
		require.NoError(t, err)
		defer pool.Close()
		account := pool.Account()
		for service := range 12 {
			s := account.Session()
			for range 4 {
				for _, rec := range s.Run(t.Context(), loop(service)) {
					failed = append(failed, rec.Failed)
				}
			}
			require.Equal(t, account.spent.Steps, s.others.Steps+s.spent.Steps)
		}
		return failed, account.spent.Steps
	}
	want, spent := run(PoolOptions{Workers: 1})
	require.LessOrEqual(t, spent, maxSession+maxSteps)
	require.Empty(t, want[0], "the first services are run")
	require.Equal(t, portWhy, want[len(want)-1])
	require.NotContains(t, strings.Join(want, " "), "CPU", "steps come first")
	for _, o := range []PoolOptions{{Workers: 2}, {Workers: 1, Cache: cache}, {Workers: 1, Cache: cache}} {
		again, steps := run(o)
		require.Equal(t, want, again)
		require.Equal(t, spent, steps)
	}
	require.NotEmpty(t, cache)
	pool, err := NewPool(PoolOptions{Workers: 1, Cache: cache})
	require.NoError(t, err)
	defer pool.Close()
	require.Empty(t, pool.Session().Run(t.Context(), loop(11))[0].Failed, "by itself it is run")
}

// A child's death is paid for by the port.
func TestDeathCosts(t *testing.T) {
	pool, err := NewPool(PoolOptions{Workers: 1, Command: []string{"/bin/false"}})
	require.NoError(t, err)
	defer pool.Close()
	account := pool.Account()
	job := Job{Src: []byte(plainScript), Scenarios: []Scenario{{Verb: "start", InstalledAs: "plain"}}}
	deaths := 0
	for range 100 {
		if s := account.Session(); s.Ended() == "" {
			require.NotEmpty(t, s.Run(t.Context(), job)[0].Failed)
			deaths++
		}
	}
	require.Less(t, deaths, 12)
	require.Equal(t, portWhy, account.Session().Run(t.Context(), job)[0].Failed)
}

// armedLoop goes round often, in a way that differs with the service.
const armedLoop = `. /etc/rc.subr
name=evil
rcvar=evil_enable
start_cmd=evil_start
evil_start()
{
	i=%d
	while [ $i -lt 4000 ]; do i=$((i + 1)); done
	/usr/local/sbin/evil
}
load_rc_config $name
run_rc_command "$1"
`

// memory is a Cache that ends with the test.
type memory map[[sha256.Size]byte][]byte

func (m memory) Get(key [sha256.Size]byte) ([]byte, bool) {
	text, ok := m[key]
	return text, ok
}

func (m memory) Put(key [sha256.Size]byte, answer []byte) { m[key] = answer }
