package paragraph_test

import (
	"fmt"

	"github.com/svcjify/svcjify/internal/paragraph"
)

// Fields are told one by one, continued lines joined.
func ExampleRead() {
	err := paragraph.Read("service: harbourd\nwhy: It answers\n ships.\n", func(f paragraph.Field) error {
		fmt.Printf("%+v\n", f)
		return nil
	})
	fmt.Println(err)
	// Output:
	// {Name:service Value:harbourd Line:1 First:true}
	// {Name:why Value:It answers ships. Line:2 First:false}
	// <nil>
}
