package command

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// A change is seen however it is made; what is no change is not.
func TestWatchedFiles(t *testing.T) {
	folder := t.TempDir()
	at := func(name string) string { return filepath.Join(folder, name) }
	write := func(name, text string) {
		if err := os.WriteFile(at(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"one", "a.conf", "other"} {
		write(name, "1")
	}
	for _, mount := range []string{"v1", "v2"} { // as Kubernetes mounts a ConfigMap
		must(os.Mkdir(at(mount), 0o700))
		write(mount+"/map", mount)
	}
	must(os.Symlink("v1", at("now")))
	must(os.Symlink("now/map", at("map")))
	f, err := watchFiles([]string{at("one"), at("*.conf"), at("map")})
	must(err)
	defer f.close()
	for _, test := range []struct {
		name string
		make func()
		want []string
	}{
		{"written again", func() { write("one", "1") }, []string{at("one")}},
		{"replaced, as editors do", func() { write("one.tmp", "2"); must(os.Rename(at("one.tmp"), at("one"))) }, []string{at("one")}},
		{"removed", func() { must(os.Remove(at("one"))) }, []string{at("one")}},
		{"there again", func() { write("one", "3") }, []string{at("one")}},
		{"a new file of a pattern", func() { write("b.conf", "1") }, []string{at("*.conf")}},
		{"a file of a pattern that is gone", func() { must(os.Remove(at("a.conf"))) }, []string{at("*.conf")}},
		{"the folder behind a link", func() {
			must(os.Symlink("v2", at("next")))
			must(os.Rename(at("next"), at("now")))
		}, []string{at("map")}},
		{"two files", func() { write("one", "4"); write("b.conf", "2") }, []string{at("*.conf"), at("one")}},
		{"another file, and other rights", func() {
			write("other", "2")
			must(os.Chmod(at("one"), 0o400))
			must(os.Chmod(at("one"), 0o600))
			write("b.conf", "3")
		}, []string{at("*.conf")}},
	} {
		test.make()
		var got []string
		for deadline := time.After(10 * time.Second); len(got) < len(test.want); {
			select {
			case <-f.changed:
				patterns, err := f.take()
				must(err)
				got = slices.Compact(slices.Sorted(slices.Values(append(got, patterns...))))
			case <-deadline:
				t.Fatalf("%s: %v, want %v", test.name, got, test.want)
			}
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
		for range len(f.changed) { // the same change in several events
			<-f.changed
		}
	}
}
