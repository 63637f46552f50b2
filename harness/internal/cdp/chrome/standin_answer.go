package chrome

import (
	"bytes"
	"net/http"

	"github.com/chromedp/cdproto/fetch"

	"github.com/corsproof/corsproof/fixtures"
)

// newDocuments is a stand-in that listens nowhere: see [standIn.answer].
func newDocuments() (*standIn, error) {
	document, err := fixtures.FS.ReadFile("pages/page.html")
	return &standIn{document: document, server: &http.Server{}}, err
}

// answer is what the stand-in answers at a URL of its own, for a Chrome that cannot connect to
// it. A document from such an answer has no address space, which Chrome takes for public.
func (s *standIn) answer(url string) (fetch.FulfillRequestParams, error) {
	r, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return fetch.FulfillRequestParams{}, err
	}
	w := &answerWriter{header: http.Header{}, status: http.StatusOK}
	s.ServeHTTP(w, r)
	answer := fetch.FulfillRequestParams{ResponseCode: int64(w.status), Body: w.body.Bytes()}
	for name, values := range w.header {
		for _, value := range values {
			answer.ResponseHeaders = append(answer.ResponseHeaders, &fetch.HeaderEntry{Name: name, Value: value})
		}
	}
	return answer, nil
}

// answerWriter keeps an answer.
type answerWriter struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *answerWriter) Header() http.Header { return w.header }

func (w *answerWriter) WriteHeader(status int) { w.status = status }

func (w *answerWriter) Write(p []byte) (int, error) { return w.body.Write(p) }
