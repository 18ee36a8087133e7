package history

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestDays(t *testing.T) {
	const day = 24 * time.Hour
	for text, want := range map[string]time.Duration{"1d": day, "30d": 30 * day, "4w": 28 * day, "2y": 730 * day} {
		got, err := Days(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{"", "d", "0d", "-1d", "30", "1h", "40000d", "200y", "3 d"} {
		_, err := Days(text)
		require.ErrorContains(t, err, "expected a number of days, weeks or years", text)
	}
}

func TestDate(t *testing.T) {
	last := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	got, err := date("2024-01-31", last)
	require.NoError(t, err)
	require.Equal(t, "2024-01-31", got.Format(time.DateOnly))
	got, err = date("10d", last)
	require.NoError(t, err)
	require.Equal(t, "2026-02-28", got.Format(time.DateOnly))
	_, err = date("31.1.2024", last)
	var bad *SpanError
	require.ErrorAs(t, err, &bad)
}
