package page

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestHunkSize(t *testing.T) {
	for line, want := range map[string][2]int{
		"@@ -17,6 +17,7 @@": {6, 7}, "@@ -1 +1,2 @@": {1, 2}, "@@ -3,4 +3 @@ text": {4, 1}, "@@ -0,0 +1,3 @@": {0, 3},
		"@@ -1,x +1,2 @@": {0, 2}, "@@": {0, 0}, "": {0, 0},
	} {
		left, right := hunkSize(line)
		require.Equal(t, want, [2]int{left, right}, line)
	}
}
