package differential

import (
	"testing"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/oracle"
)

func TestPlace(t *testing.T) {
	q := Question{
		Request: harness.Request{From: "https://app.test", URL: "{0@}"},
		Hops: []Hop{
			{Origin: "https://api.test", Path: "/a", Preflight: Answer{Status: 204, Header: lines(acao, "{origin}", acam, "{method}", acah, "{headers}")}, Reply: Answer{
				Status: 302, Header: lines("Location", "{1}", "Location", "{1:}", "Location", "{1/}", "X", "é {origin}")}},
			{Origin: "http://cdn.test:81", Reply: Answer{Drop: true}},
		},
	}
	p := q.place("/r/x")
	if got := p.request(q.Request).URL; got != "https://user:secret@api.test/r/x/0/a" {
		t.Errorf("the request asks for %s", got)
	}
	asked := lines("Origin", "https://app.test", "Access-Control-Request-Method", "PUT", "Access-Control-Request-Headers", "x-a,x-b")
	preflight := p.reply(oracle.Exchange{Kind: harness.Preflight, URL: "https://api.test/r/x/0/a", Header: asked})
	for name, want := range map[string]string{acao: "https://app.test", acam: "PUT", acah: "x-a,x-b"} {
		if got, _ := preflight.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	reply := p.reply(oracle.Exchange{Kind: harness.ActualRequest, URL: "https://api.test/r/x/0/a#fragment"})
	if got, want := reply.Header.Values("Location"), []string{"http://cdn.test:81/r/x/1", "//cdn.test:81/r/x/1", "/r/x/1"}; len(got) != 3 || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
		t.Errorf("Location %q, want %q", got, want)
	}
	if got, _ := reply.Header.Get("X"); got != "\xe9 " {
		t.Errorf("a character is not its byte: %q", got)
	}
	if got := p.reply(oracle.Exchange{URL: "http://cdn.test:81/r/x/1"}).NetError; got != dropped {
		t.Errorf("a dropped connection is %q", got)
	}
	if got := p.reply(oracle.Exchange{URL: "https://elsewhere.test/"}).Status; got != 404 {
		t.Errorf("a URL that is not the question's is answered with %d", got)
	}
}

// The oracle gets the same lines that the fixture network sends.
func TestServedAsTold(t *testing.T) {
	for _, status := range []int{0, 200, 204, 304, 404} {
		p := Question{Hops: []Hop{{Origin: "https://api.test", Reply: Answer{Status: status, Header: lines(acao, "*")}}}}.place("/r/x")
		told := p.reply(oracle.Exchange{URL: p.urls[0]})
		served := p.serve(harness.Arrival{Method: "GET", URL: p.urls[0]})
		length, framed := told.Header.Get("Content-Length")
		if bodiless := status == 204 || status == 304; framed == bodiless || framed && length != "2" || bodiless != (served.Body == "") {
			t.Errorf("status %d: body %q, the oracle is told of Content-Length %q", status, served.Body, length)
		}
		if told.Status != served.Status {
			t.Errorf("status %d is told as %d", served.Status, told.Status)
		}
	}
}

func TestReadWhatIsPrinted(t *testing.T) {
	for number := range uint64(300) {
		q := Draw(7, number)
		again, err := Read(q.String())
		if err != nil || again.String() != q.String() {
			t.Fatalf("question %d: %v\n%s\n%s", number, err, q, again)
		}
	}
	for _, text := range []string{"", "{", `{"question":1}`} {
		if _, err := Read(text); err == nil {
			t.Errorf("%q is read", text)
		}
	}
}
