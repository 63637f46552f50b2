package chrome

import (
	"slices"
	"testing"

	"github.com/corsproof/corsproof/harness/internal/engine"
)

// Extensions are off in each Chrome but one for their pages, which differs in nothing else.
func TestExtensionFlags(t *testing.T) {
	rooms, err := newStandIn()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = rooms.Close() })
	names := func(o engine.Options) []string {
		list, err := flagsOf(o, rooms)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, f := range list {
			if f.Reason == "" {
				t.Errorf("%s has no reason", f)
			}
			names = append(names, f.String())
		}
		return names
	}
	pages, extensions := names(engine.Options{}), names(engine.Options{Extensions: true})
	without := slices.DeleteFunc(slices.Clone(extensions), func(name string) bool {
		return slices.ContainsFunc(extensionFlags, func(f Flag) bool { return f.String() == name })
	})
	off := slices.Index(pages, "--disable-extensions")
	if off < 0 || len(without) != len(extensions)-len(extensionFlags) {
		t.Fatalf("%v\n%v", pages, extensions)
	}
	if !slices.Equal(slices.Delete(pages, off, off+1), without) {
		t.Errorf("%v\n%v", pages, without)
	}
}
