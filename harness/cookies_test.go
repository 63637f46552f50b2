package harness

import (
	"errors"
	"net/http"
	"strings"
	"testing"
)

func TestHeldCookies(t *testing.T) {
	held, err := heldCookies([]SetCookie{
		{URL: "https://api.acme.com/v1", Line: "sid=abc; Path=/v1; Domain=acme.com; Secure; HttpOnly; SameSite=None"},
		{URL: "http://localhost:8000", Line: "a=b"},
	})
	if err != nil || len(held) != 2 {
		t.Fatalf("%v, %v", held, err)
	}
	if p := held[0]; p.Name != "sid" || p.Value != "abc" || p.Path != "/v1" || p.Domain != "acme.com" || !p.Secure || !p.HttpOnly || p.SameSite != http.SameSiteNoneMode {
		t.Errorf("%+v", p)
	}
	if p := held[1]; p.URL != "http://localhost:8000" || p.Secure || p.SameSite != 0 {
		t.Errorf("%+v", p)
	}
}

// All faults are found at once, and no fault contains a value.
func TestCookieFaults(t *testing.T) {
	_, err := heldCookies([]SetCookie{
		{URL: "https://api.acme.com", Line: "sid"},
		{URL: "api.acme.com", Line: "token=hunter2"},
		{URL: "https://api.acme.com", Line: "pin=hunter2\x01"},
	})
	var fault *FaultError
	if !errors.As(err, &fault) || strings.Count(err.Error(), "\n") != 2 || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("%v", err)
	}
}
