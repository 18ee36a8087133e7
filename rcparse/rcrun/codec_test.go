package rcrun

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"
)

// filled puts another value into each field, however deep, so that one that is forgotten shows.
func filled(v reflect.Value, next *int) {
	*next++
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("text %d", *next))
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(*next) - 40)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			filled(v.Index(i), next)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			filled(v.Field(i), next)
		}
	default:
		panic("no value for a " + v.Kind().String())
	}
}

func TestCodec(t *testing.T) {
	var a answer
	next := 0
	filled(reflect.ValueOf(&a).Elem(), &next)
	a.Records = append(a.Records, Record{}, Record{Names: []string{}, Starts: []Command{{}}, Inner: -1})
	var got answer
	require.NoError(t, got.unmarshal(a.marshal()))
	require.Equal(t, a, got)
}

// An answer that was cut off or changed is refused or is another answer, and costs no more than its size.
func FuzzAnswer(f *testing.F) {
	var a answer
	next := 0
	filled(reflect.ValueOf(&a).Elem(), &next)
	f.Add(a.marshal())
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		var got answer
		if got.unmarshal(b) != nil {
			return
		}
		var again answer
		require.NoError(t, again.unmarshal(got.marshal()))
		require.Equal(t, got, again)
	})
}
