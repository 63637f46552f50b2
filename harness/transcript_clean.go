package harness

import "github.com/corsproof/corsproof/harness/internal/plain"

// clean makes text from a server or a page safe to print.
func clean(text string) string { return plain.Clean(text) }

// hideSecrets hides the secrets in the URLs of a text.
func hideSecrets(text string) string { return plain.HideSecrets(text) }

// shown makes a value from outside safe to print.
func shown(value string) string { return plain.Safe(value) }

// brief shortens a value from outside for a sentence. The transcript has the whole value.
func brief(value string) string {
	const limit = 120
	text := []rune(shown(value))
	if len(text) <= limit {
		return string(text)
	}
	return string(text[:limit]) + "..."
}
