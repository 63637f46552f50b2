package source

import (
	"fmt"
	"slices"
	"strings"
)

// NearestID returns the id that a text probably means, or nothing: K13 for 13, k13 and
// K013. numbered says that the text is a number. A number that is no id is equally
// near to every id, so only its spelling is corrected.
func NearestID(text string, ids []string) (id string, numbered bool) {
	lower := strings.ToLower(strings.TrimSpace(text))
	digits := strings.TrimLeft(strings.TrimPrefix(lower, "k"), "0")
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return "", false
	}
	if id := "K" + fmt.Sprintf("%02s", digits); slices.Contains(ids, id) {
		return id, true
	}
	return "", true
}
