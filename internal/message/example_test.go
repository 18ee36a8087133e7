package message_test

import (
	"fmt"

	"github.com/svcjify/svcjify/internal/message"
)

// A wrong word gets the known words that are near to it.
func ExampleNearest() {
	fmt.Println(message.Nearest("netbasic", []string{"net_basic", "net_raw", "mlock"}))
	// Output: [net_basic]
}
