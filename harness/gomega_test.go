package harness

import (
	"strings"
	"testing"

	"github.com/onsi/gomega/format"
)

// No value that a test may compare shows a secret when Gomega prints it, and its other
// parts are shown.
func TestGomegaPrintsNoSecret(t *testing.T) {
	o := secretive()
	cookie := SetCookie{URL: "https://u:s3cret@a.test", Line: "sid=s3cret; Path=/"}
	for name, test := range map[string]struct {
		value any
		shown string
	}{
		"Observation":              {o, "a.test"},
		"pointer to Observation":   {&o, "a.test"},
		"Request":                  {o.Request, "a.test/x"},
		"pointer to Request":       {&o.Request, "a.test/x"},
		"Requests":                 {[]Request{o.Request}, "a.test/x"},
		"Request in another value": {map[string]any{"asked": struct{ Request Request }{o.Request}}, "a.test/x"},
		"Body":                     {o.Request.Body, "pin"},
		"Header":                   {o.Request.Headers, "X-Auth-Token"},
		"Field":                    {o.Request.Headers[0], "Authorization"},
		"Fields":                   {[]Field(o.Request.Headers), "X-Auth-Token"},
		"Script":                   {o.Script, "X-Auth-Token"},
		"Exchange":                 {o.Exchanges[0], "X-Auth-Token"},
		"Exchanges":                {o.Exchanges, "X-Auth-Token"},
		"Arrival":                  {o.Arrivals[0], "X-Auth-Token"},
		"Arrivals":                 {o.Arrivals, "X-Auth-Token"},
		"Message":                  {o.Console[0], "a.test"},
		"SetCookie":                {cookie, "sid="},
		"SetCookies":               {[]SetCookie{cookie}, "sid="},
	} {
		printed := format.Object(test.value, 0)
		for _, secret := range []string{"s3cret", "czNjcmV0", "115, 51, 99"} { // as text, in base64, and as bytes
			if strings.Contains(printed, secret) {
				t.Errorf("%s: a secret is in %s", name, printed)
			}
		}
		if !strings.Contains(printed, test.shown) {
			t.Errorf("%s: want %q in %s", name, test.shown, printed)
		}
	}
}
