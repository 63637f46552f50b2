package paste

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness"
)

// show is a question as a test reads it: the request as JSON, the cookies, the claim.
func show(q Question) string {
	data, _ := json.Marshal(q.Request)
	text := string(data)
	for _, c := range q.Cookies {
		text += " cookie " + c.Line
	}
	if len(q.Claim.Reasons) > 0 {
		text += " claim " + q.Claim.String()
	}
	return text
}

// sample is a paste and the question that it is.
type sample struct {
	paste string
	want  string // what show gives
	note  string // in one of the notes
}

func checkReadings(t *testing.T, o Options, kind Kind, readings map[string]sample) {
	t.Helper()
	for name, c := range readings {
		p, err := Read([]byte(c.paste), o)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		q, err := p.One()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := show(q); got != c.want || p.Kind != kind {
			t.Errorf("%s: %s\n     %s\nwant %s", name, p.Kind, got, c.want)
		}
		notes := slices.Concat(p.Notes, q.Notes)
		if c.note != "" && !slices.ContainsFunc(notes, func(n string) bool { return strings.Contains(n, c.note) }) {
			t.Errorf("%s: no note %q in %q", name, c.note, notes)
		}
		if strings.Contains(strings.Join(notes, " "), "s3cret") {
			t.Errorf("%s: a secret in %q", name, notes)
		}
		if err := q.Request.Validate(); err != nil {
			t.Errorf("%s: not a question: %v", name, err)
		}
	}
}

const from = `{"from":"https://app.example.com",`

// A paste that cannot be read says what is missing, what was understood and what to do, and no
// secret.
func TestPastesThatAreRefused(t *testing.T) {
	for name, c := range map[string]struct{ paste, want string }{
		"a text":                    {"it does not work", "this text names no request"},
		"cut in the URL":            {"Access to fetch at 'https://api.exam", "ends in the middle of its URL: paste the whole line (understood: the URL https://api.exam)"},
		"cut before the origin":     {"Access to fetch at 'https://api.example.com/v1'", "add --from and the origin of the page"},
		"the end alone":             {"from origin 'https://app.example.com' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present", "the beginning of the line with the URL is missing: paste the whole line (understood: the origin https://app.example.com, the reason MissingAllowOriginHeader)"},
		"Firefox without an origin": {"Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at https://api.example.com/. (Reason: CORS header ‘Access-Control-Allow-Origin’ missing).", "add --from and the origin of the page, such as --from https://app.example.com (understood: the URL https://api.example.com/, the reason MissingAllowOriginHeader)"},
		"two URLs in Greek":         {"Αποκλεισμός CORS https://a.example https://b.example", "has 2 URLs"},
		"curl without an origin":    {"curl https://api.example.com/", "https://api.example.com/: the paste does not say which page asked"},
		"curl with an open quote":   {"curl 'https://api.example.com/ -H A: s3cret", "the paste may end too early"},
		"cmd with an open quote":    {`curl ^"https://api.example.com/^" -H ^"A: s3cret`, "its last quote is missing"},
		"curl with a variable":      {`curl https://api.example.com/ -H "Authorization: Bearer $TOKEN"`, "the variable $TOKEN is for a shell to fill in, and corsproof evaluates nothing"},
		"curl with a command":       {"curl https://api.example.com/ -H \"A: $(cat /etc/passwd)\"", "the command $(...) is for a shell"},
		"curl with a short option":  {"curl https://api.example.com/ -H", "the option H has no value"},
		"curl of another world":     {"curl --mail-from s3cret https://api.example.com/", "the option mail-from of curl is not known here"},
		"curl with a cookie file":   {"curl -b s3cret.txt https://api.example.com/", "--cookie names a file"},
		"curl with a file":          {"curl -d @s3cret https://api.example.com/", "--data: the paste names a file"},
		"curl with a header file":   {"curl -H @s3cret https://api.example.com/", "headers in a file are not read"},
		"curl with a bad header":    {"curl -H s3cret https://api.example.com/", "--header, entry 1: no colon"},
		"curl with a bad form":      {"curl -F s3cret https://api.example.com/", "--form, entry 1: want name=value"},
		"curl without a URL":        {"curl -H 'A: 1'", "the command has no URL"},
		"curl without quotes":       {"curl -H A: s3cret https://api.example.com/", "has 2 URLs"},
		"fetch of a relative URL":   {`fetch("/v1")`, `its URL is relative or missing ("/v1")`},
		"fetch with a variable":     {`fetch("https://api.example.com/", {headers: {authorization: token}})`, "headers: authorization: token is a name of the script"},
		"fetch with a template":     {"fetch(`https://api.example.com/${id}`)", "a template has expressions"},
		"fetch with a function":     {`fetch("https://api.example.com/", {body: encrypt("s3cret")})`, "encrypt is called in it, and nothing is evaluated"},
		"fetch that is cut":         {"fetch(\"https://api.example.com/v1\", {\n  \"headers\": {", "the paste may end too early (understood: the URL https://api.example.com/v1)"},
		"fetch of a page":           {`fetch("https://api.example.com/", {"headers": {"sec-fetch-dest": "document", "origin": "https://app.example.com"}})`, "the navigation to a page"},
		"brackets":                  {"fetch(" + strings.Repeat("[", 2000), "more than 1000 brackets within each other"},
		"backticks":                 {"curl " + strings.Repeat("`", 5000), "more than 4000 backticks"},
		"a long text":               {"curl " + strings.Repeat("a", maxText), "longer than 256 KB"},
		"a HAR that is cut":         {`{"log": {"entries": [{"request": {"url": "https://api.example.com/"`, "after 0 entries: the file ends too early"},
		"a HAR without requests":    {`{"log": {"entries": []}}`, "it has no entries"},
		"a HAR of another shape":    {`{"log": {"entries": {}}}`, "it is no HAR"},
		"a HAR with a wrong type":   {`{"log": {"entries": [{"request": {"url": 7}}]}}`, "the field request.url is of another type"},
	} {
		_, err := Read([]byte(c.paste), Options{})
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v\nwant %s", name, err, c.want)
		}
	}
}

// Of several questions, one is chosen by its number or its URL.
func TestChoosing(t *testing.T) {
	two := "curl 'https://api.example.com/a?x=1' -H 'Origin: https://app.example.com' ;\ncurl 'https://api.example.com/b' -X DELETE -H 'Origin: https://app.example.com'"
	p, err := Read([]byte(two), Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := "the curl command has 2 questions: choose one with --entry and its number\n  1: GET https://api.example.com/a?x=1 from https://app.example.com\n  2: DELETE https://api.example.com/b from https://app.example.com"
	if _, err := p.One(); err == nil || err.Error() != want {
		t.Errorf("%v", err)
	}
	for entry, want := range map[string]int{"2": 2, "https://api.example.com/a": 1, "https://api.example.com/a?x=1": 1} {
		p, err := Read([]byte(two), Options{Entry: entry})
		if err != nil || len(p.Questions) != 1 || p.Questions[0].Number != want {
			t.Errorf("%s: %+v, %v", entry, p, err)
		}
	}
	if _, err := Read([]byte(two), Options{Entry: "3"}); err == nil || !strings.Contains(err.Error(), "no question 3: it has 2") {
		t.Error(err)
	}
}

// What surrounds a paste, and how its text is coded, changes nothing.
func TestSurroundings(t *testing.T) {
	const command = `curl https://api.example.com/ -H 'Origin: https://app.example.com'`
	want := from + `"url":"https://api.example.com/"}`
	wide := []byte{0xFF, 0xFE}
	for _, c := range command {
		wide = append(wide, byte(c), 0)
	}
	for name, text := range map[string]string{
		"a prompt": "$ " + command, "another prompt": `C:\Users\me>` + command, "PowerShell": `PS C:\Users\me> ` + command, "a code block": "```bash\n" + command + "\n```",
		"a byte order mark": "\uFEFF" + command, "UTF-16": string(wide), "a pipe": command + " | jq .", "a redirection": command + " > out.json", "another command": command + " && echo ok",
		"smart quotes":     "curl “https://api.example.com/” –H ‘Origin: https://app.example.com’",
		"a lost backslash": "curl https://api.example.com/\n  -H 'Origin: https://app.example.com'",
		"a terminal":       "curl 'https://api.exa\nmple.com/' -H 'Origin: https://app.exam\nple.com'",
		"a path":           "/usr/bin/" + command, "Windows": "curl.exe" + strings.TrimPrefix(command, "curl"),
	} {
		p, err := Read([]byte(text), Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if q, err := p.One(); err != nil || show(q) != want {
			t.Errorf("%s: %v %s", name, err, show(q))
		}
	}
}

// Files are read by the caller alone.
func TestFilesOfCommands(t *testing.T) {
	o := Options{From: "https://app.example.com", File: func(name string) ([]byte, error) {
		if name != "body.txt" {
			return nil, errors.New("no such file")
		}
		return []byte("a=1\nb=2\n"), nil
	}}
	for options, want := range map[string]string{
		"-d @body.txt":                     `"body":{"kind":"text","content":"a=1b=2"}`,
		"--data-binary @body.txt":          `"body":{"kind":"text","content":"a=1\nb=2\n"}`,
		"--data-raw @body.txt":             `"body":{"kind":"text","content":"@body.txt"}`,
		"--data-urlencode x@body.txt":      `"content":"x=a%3D1%0Ab%3D2%0A"`,
		"-T body.txt":                      `"method":"PUT"`,
		"-F 'f=@body.txt;type=text/plain'": `"body":{"kind":"multipart","fields":[["f","a=1\nb=2\n"]]}`,
	} {
		p, err := Read([]byte("curl https://api.example.com/ "+options), o)
		if err != nil || !strings.Contains(show(p.Questions[0]), want) {
			t.Errorf("%s: %v %+v", options, err, p)
		}
	}
	if _, err := Read([]byte("curl https://api.example.com/ -d @other.txt"), o); err == nil {
		t.Error("a file that is missing is no error")
	}
}

// Where there is nothing to say, nothing is said.
func TestNoNeedlessNotes(t *testing.T) {
	p, err := Read([]byte("curl https://api.example.com/"), Options{From: "https://app.example.com"})
	if err != nil || len(p.Notes)+len(p.Questions[0].Notes) > 0 {
		t.Errorf("%+v %v", p, err)
	}
	p, err = Read([]byte("curl https://api.example.com/ -b 'a=1; =2; b=3'"), Options{From: "https://app.example.com"})
	if err != nil || len(p.Questions[0].Cookies) != 2 || !strings.Contains(strings.Join(p.Questions[0].Notes, "; "), "left out: 1 of the cookies") {
		t.Errorf("%+v %v", p, err)
	}
}

func TestClaimHolds(t *testing.T) {
	c := Claim{Reasons: mismatch}
	if !c.Holds(harness.PreflightAllowOriginMismatch) || c.Holds(harness.MissingAllowOriginHeader) || (Claim{}).Holds("") {
		t.Error(c)
	}
}
