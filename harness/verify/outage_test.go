package verify

import (
	"fmt"
	"strings"
	"testing"
)

func TestOutage(t *testing.T) {
	var ended []error
	o := outage{end: func(cause error) { ended = append(ended, cause) }}
	for i := range maxUnanswered - 1 {
		o.unanswered(fmt.Sprint("reason ", i))
	}
	o.answered()
	for i := range maxUnanswered - 1 {
		o.unanswered(fmt.Sprint("reason ", i))
	}
	if ended != nil {
		t.Fatalf("ended though a question was answered: %v", ended)
	}
	o.unanswered("the last reason")
	o.unanswered("one that was on its way")
	if len(ended) != 1 || !strings.Contains(ended[0].Error(), "20 questions in a row") || !strings.HasSuffix(ended[0].Error(), "the last reason") {
		t.Errorf("ended with %v", ended)
	}
}
