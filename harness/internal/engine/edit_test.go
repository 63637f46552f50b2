package engine

import (
	"reflect"
	"testing"
)

func TestEdited(t *testing.T) {
	answer := Answer{Status: 404, Headers: []Header{{"access-control-allow-origin", "*"}, {"X-A", "1"}, {"Access-Control-Allow-Origin", "*"}, {"Location", "/"}}}
	edits := []Edit{
		{Name: "Access-Control-Allow-Origin", Value: "https://app.test"}, {Name: "x-a", Remove: true},
		{Preflight: true, Status: 204}, {Preflight: true, Name: "X-B", Value: "2"},
	}
	if got, want := answer.Edited(edits, false), (Answer{404, []Header{{"Location", "/"}, {"Access-Control-Allow-Origin", "https://app.test"}}}); !reflect.DeepEqual(got, want) {
		t.Errorf("a response: %+v, want %+v", got, want)
	}
	if got, want := answer.Edited(edits, true), (Answer{204, append(answer.Headers[:3:3], Header{"X-B", "2"})}); !reflect.DeepEqual(got, want) {
		t.Errorf("a preflight: %+v, want %+v", got, want)
	}
	if len(answer.Headers) != 4 || answer.Status != 404 {
		t.Errorf("the answer itself was changed: %+v", answer)
	}
}
