package source

import "testing"

func TestNearest(t *testing.T) {
	keys := []string{"target", "origins", "allowNull", "credentials", "methods", "requestHeaders", "exposeHeaders", "maxAge", "resources", "ask"}
	for word, want := range map[string]string{
		"origin": "origins", "orgins": "origins", "Origins": "origins", "oirgins": "origins",
		"max-age": "maxAge", "max_age": "maxAge", "maxage": "maxAge",
		"expose_headers": "exposeHeaders", "exposedHeaders": "exposeHeaders", "requestheader": "requestHeaders",
		"credential": "credentials", "ressources": "resources", "ak": "ask",
		"x": "", "": "", "colour": "", "a-word-that-is-much-too-long-to-be-any-key-of-ours": "",
	} {
		if got := Nearest(word, keys); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", word, got, want)
		}
	}
}

func TestEditDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a", "", 1}, {"", "ab", 2}, {"ab", "ba", 1}, {"abc", "axc", 1}, {"kitten", "sitting", 3}} {
		if got := editDistance(c.a, c.b); got != c.want {
			t.Errorf("editDistance(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
