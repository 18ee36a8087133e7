package slowtest

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSome(t *testing.T) {
	list := []int{1, 2, 3, 4, 5}
	t.Setenv("SVCJIFY_SLOW", "")
	require.Equal(t, []int{1, 4}, Some(list, 3))
	require.Empty(t, Some([]int(nil), 3))
	t.Setenv("SVCJIFY_SLOW", "1")
	require.Equal(t, list, Some(list, 3))
	skipped := true
	t.Run("Only", func(t *testing.T) { Only(t); skipped = false })
	require.False(t, skipped)
}
