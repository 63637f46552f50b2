package report

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/policy"
	"github.com/corsproof/corsproof/harness/verify"
)

// Every format can write the report of a run in Chrome against a server that lets in
// every origin, and the JSON matches the schema.
func TestReportOfARun(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
		w.Header().Set("Access-Control-Allow-Credentials", "true")
		w.Header().Set("Access-Control-Allow-Methods", "GET, PUT")
		if r.Method == http.MethodPut {
			t.Error("a PUT was sent")
		}
	}))
	defer server.Close()
	run := verify.Run{
		Name: "policy.yaml", Browser: &chrome,
		Policy: policy.Policy{Target: server.URL, Resources: []policy.Resource{{Path: "/v1/me"}}, Rules: policy.Rules{
			Origins: policy.Origins{List: []string{"http://localhost:3000"}}, Credentials: new(true), Methods: policy.Names{"GET", "PUT"},
		}},
	}
	r, err := run.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if r.Count(finding.Broken) == 0 || r.Count(finding.Held) == 0 || r.Withheld["PUT"] == 0 {
		t.Errorf("%d are broken, %d held, %v were withheld", r.Count(finding.Broken), r.Count(finding.Held), r.Withheld)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(written(t, JSON, r)))
	if err != nil {
		t.Fatal(err)
	}
	if err := validator(t, "schema.json").Validate(document); err != nil {
		t.Error(err)
	}
	if s, err := sarif.FromBytes(written(t, SARIF, r)); err != nil || s.Validate() != nil {
		t.Errorf("SARIF: %v, %v", err, s.Validate())
	}
	for name, format := range map[string]func(io.Writer, finding.Report) error{
		"text": (Text{Verbose: true}).Report, "HTML": HTML, "JUnit": JUnit, "annotations": Annotations, "summary": Markdown,
	} {
		if got := string(written(t, format, r)); !strings.Contains(got, "K13") {
			t.Errorf("%s does not name K13:\n%.500s", name, got)
		}
	}
	kept(t, "run.html", written(t, HTML, r))
}
