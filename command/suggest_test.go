package command

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What people type by habit or by mistake gets the word that they meant.
func TestDidYouMean(t *testing.T) {
	for args, want := range map[string]string{
		"http://localhost:1/x --from https://a.test": "did you mean: corsproof ask http://localhost:1/x --from https://a.test",
		"api.example.com/v1":                         "did you mean: corsproof ask api.example.com/v1",
		"verfy p.yaml":                               "did you mean: corsproof verify p.yaml",
		"policy.yaml":                                "did you mean: corsproof verify policy.yaml",
		"bogus":                                      `there is no verb "bogus"`,
		"ask http://a.test https://b.test":           "did you mean http://a.test --from https://b.test?",
		"ask http://a.test --from b c":               "ask takes one URL, and all its options are flags",
		"diagnos http://a.test --from b":             "did you mean: corsproof diagnose http://a.test",
		"Access to fetch at 'http://a.test/'":        "did you mean: corsproof diagnose, and then this text in quotes",
		"ask --origin x":                             "did you mean --from?",
		"ask --orgin x":                              "did you mean --from?",
		"ask -k":                                     "did you mean --ca FILE",
		"ask --insecure":                             "did you mean --ca FILE",
		"ask -b a=b":                                 "did you mean --cookie?",
		"ask -d x":                                   "did you mean --body?",
		"ask -v":                                     "the transcript shows every exchange, so remove the flag",
		"ask --credential include":                   "did you mean --credentials?",
		"ask --xyzzy":                                "see: corsproof ask --help",
		"verify --verbos":                            "did you mean --verbose?",
		"explain --from x":                           "see: corsproof explain --help", // it has no such flag
	} {
		got := run(t, strings.Fields(args)...)
		if got.status != exitUsage || !strings.Contains(got.stderr, want) || got.stdout != "" {
			t.Errorf("%s: exit %d\n%s%s\nwant %s", args, got.status, got.stdout, got.stderr, want)
		}
	}
	if got := run(t, "Access to fetch at 'http://a.test/' from origin 'http://b.test' has been blocked"); !strings.Contains(got.stderr, "did you mean: corsproof diagnose, and then this text in quotes") {
		t.Errorf("a line in quotes: %s", got.stderr)
	}
	if got := run(t, "explain", "--from", "x"); strings.Contains(got.stderr, "did you mean --from") {
		t.Errorf("a flag is named that the verb does not have: %s", got.stderr)
	}
}

func TestVersionFlagNeedsNoChrome(t *testing.T) {
	t.Setenv("CORSPROOF_CHROME", "/nonexistent")
	if got := run(t, "--version"); got.status != 0 || !strings.HasPrefix(got.stdout, "corsproof version ") {
		t.Errorf("%+v", got)
	}
}

// A body is text, a file, or standard input; JSON is JSON.
func TestBodies(t *testing.T) {
	file, bad := filepath.Join(t.TempDir(), "order.json"), filepath.Join(t.TempDir(), "bad.json")
	if err := errors.Join(os.WriteFile(file, []byte(`{"item": 1}`), 0o600), os.WriteFile(bad, []byte("{item: 1}"), 0o600)); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		flags bodyFlags
		given string
		in    string
		text  string
		fault string
	}{
		"text":                   {flags: bodyFlags{text: "a"}, given: "body", text: "a"},
		"text of a file":         {flags: bodyFlags{text: "@" + file}, given: "body", text: `{"item": 1}`},
		"JSON":                   {flags: bodyFlags{json: `{"a": 1}`}, given: "body-json", text: `{"a": 1}`},
		"JSON of a file":         {flags: bodyFlags{json: "@" + file}, given: "body-json", text: `{"item": 1}`},
		"JSON of standard input": {flags: bodyFlags{json: "@-"}, given: "body-json", in: "[1]", text: "[1]"},
		"no JSON":                {flags: bodyFlags{json: "{item:1}"}, given: "body-json", fault: "--body-json: this is not JSON (byte 2"},
		"no JSON in a file":      {flags: bodyFlags{json: "@" + bad}, given: "body-json", fault: "this is not JSON (byte 2"},
		"a file without @":       {flags: bodyFlags{json: file}, given: "body-json", fault: "did you mean @" + file},
		"no file":                {flags: bodyFlags{json: "@/nonexistent"}, given: "body-json", fault: "--body-json @/nonexistent: "},
		"no standard input":      {flags: bodyFlags{text: "@-"}, given: "body", fault: "only the main question can read standard input"},
	} {
		c.flags.given = func(name string) bool { return name == c.given }
		if c.in != "" {
			c.flags.in = strings.NewReader(c.in)
		}
		body, err := c.flags.read()
		switch {
		case c.fault != "":
			if err == nil || !strings.Contains(err.Error(), c.fault) {
				t.Errorf("%s: %v, want %s", name, err, c.fault)
			}
		case err != nil || body.Content != c.text:
			t.Errorf("%s: %+v, %v", name, body, err)
		}
	}
}
