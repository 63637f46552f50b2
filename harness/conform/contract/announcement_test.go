package contract

import (
	"strings"
	"testing"
)

// A line that keeps the contract is read, and every other line is named with its fault.
func TestReadAnnouncement(t *testing.T) {
	for line, want := range map[string]string{
		`{"ready":true,"port":4711,"library":"play","version":"1","config":"x"}`:   "",
		`{"ready":true,"port":4711,"unsupported":["methods","origins.allowNull"]}`: "",
		`{"refused":"invalid origin"}`:                                             "",
		`{"unsupported":["origins.mode=subdomains","maxAge"]}`:                     "",

		`{"ready":true,"port":4711,"refused":"invalid origin"}`:           `both "ready" and "refused": want one of the two`,
		`{"refused":"invalid origin","unsupported":["methods"]}`:          `both "refused" and "unsupported": want one of the two`,
		`{"ready":false,"port":4711}`:                                     `want "ready":true and a port, or "refused", or "unsupported"`,
		`{"ready":true,"port":4711,"unsupported":["method"]}`:             `names "method", which is no field of a policy: want credentials, methods, `,
		`{"ready":true,"port":4711,"unsupported":["Methods"]}`:            `names "Methods", which is no field`,
		`{"unsupported":["origins.modeX"]}`:                               `names "origins.modeX", which is no field`,
		`{"unsupported":["origins.mode=regexp"]}`:                         `names "origins.mode=regexp", which is no field`,
		`{"ready":true,"port":4711,"unsupported":["origins.mode=regex"]}`: `"ready" although the library cannot express "origins.mode=regex": want "unsupported" without "ready"`,
		`{"ready":true,"port":4711,"unsuported":["methods"]}`:             `the unknown name "unsuported"`,
		`{"ready":true,"port":4711} {"ready":true}`:                       "want one line of JSON with ready and port",
		`Server listening on port 3000`:                                   "want one line of JSON with ready and port",
		`{"ready":"yes"}`:                                                 "want one line of JSON with ready and port",
	} {
		_, err := ReadAnnouncement([]byte(line))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", line, err, want)
		}
	}
}
