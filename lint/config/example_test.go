package config_test

import (
	"fmt"

	"github.com/svcjify/svcjify/lint/config"
)

// Each fault of a configuration is told with its line.
func ExampleParse() {
	_, err := config.Parse(".svcjify.toml", []byte("ignor = [\"SJ101\"]\nfail-on = \"loud\"\n"), nil, ".")
	fmt.Println(err)
	// Output:
	// .svcjify.toml:1: unknown key "ignor"
	// .svcjify.toml:2: fail-on is "loud", expected error, warning, info or never
}
