package servers

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/corsproof/corsproof/harness"
)

func TestArrivalsAreThoseAtTheURLsAfterTheNumber(t *testing.T) {
	t.Parallel()
	var n Network
	if n.LastSeq() != 0 || n.Arrivals(0, []string{"https://api.test/"}) != nil {
		t.Fatal("a new network has arrivals")
	}
	for _, url := range []string{"https://api.test/a", "https://api.test/b", "https://api.test/a", "https://api.test/c", "https://api.test/a?q"} {
		n.log.add(&harness.Arrival{URL: url}, 100)
	}
	if n.LastSeq() != 5 {
		t.Errorf("LastSeq is %d, want 5", n.LastSeq())
	}
	for _, c := range []struct {
		after int64
		urls  []string
		want  []int64
	}{
		{0, []string{"https://api.test/a"}, []int64{1, 3}},
		{1, []string{"https://api.test/a"}, []int64{3}},
		{3, []string{"https://api.test/a"}, nil},
		{0, []string{"https://API.test:443/a#fragment", "https://api.test/c"}, []int64{1, 3, 4}},
		{0, []string{"https://api.test/a?q"}, []int64{5}},
		{0, nil, nil},
		{9, []string{"https://api.test/a"}, nil},
		{-7, []string{"https://api.test/b"}, []int64{2}},
	} {
		var got []int64
		for _, a := range n.Arrivals(c.after, c.urls) {
			got = append(got, a.Seq)
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("Arrivals(%d, %q) have the numbers %v, want %v", c.after, c.urls, got, c.want)
		}
	}
}

func TestArrivalsKeepTheNewest(t *testing.T) {
	t.Parallel()
	var n Network
	for i := 1; i <= 3*maxArrivals+7; i++ {
		n.log.add(&harness.Arrival{URL: fmt.Sprint("https://api.test/", i%2)}, 100)
	}
	all := n.Arrivals(0, []string{"https://api.test/0", "https://api.test/1"})
	if len(all) != maxArrivals {
		t.Fatalf("%d arrivals are kept, want %d", len(all), maxArrivals)
	}
	for i, a := range all {
		if want := int64(2*maxArrivals + 8 + i); a.Seq != want {
			t.Fatalf("the arrival at place %d has number %d, want %d", i, a.Seq, want)
		}
	}
	if n.log.bytes != 100*maxArrivals {
		t.Errorf("the log counts %d bytes, want %d", n.log.bytes, 100*maxArrivals)
	}
}

func TestArrivalsAreBoundedInBytes(t *testing.T) {
	t.Parallel()
	var n Network
	for range 200 {
		n.log.add(&harness.Arrival{URL: "https://api.test/"}, 1<<20)
	}
	if got := len(n.Arrivals(0, []string{"https://api.test/"})); got != 64 {
		t.Errorf("%d arrivals of 1 MiB are kept, want 64", got)
	}
	n.log.add(&harness.Arrival{URL: "https://api.test/"}, 2*maxArrivalBytes)
	if got := n.Arrivals(0, []string{"https://api.test/"}); len(got) != 1 || got[0].Seq != 201 {
		t.Errorf("after one that is too long there are %d arrivals, want it alone", len(got))
	}
}

// A client that has the answer finds the arrival.
func TestArrivalIsThereBeforeTheAnswer(t *testing.T) {
	t.Parallel()
	n := start(t)
	p := n.Add(Case{})
	url := p.URL("http://api.test")
	var clients sync.WaitGroup
	for range 8 {
		clients.Go(func() {
			c := dial(t, n)
			for i := range 200 {
				mine := fmt.Sprintf("%s?%p-%d", url, c, i)
				after := n.LastSeq()
				if _, err := c.Write([]byte(request("GET", mine))); err != nil {
					t.Error(err)
					return
				}
				var one [1]byte
				if _, err := c.Read(one[:]); err != nil {
					t.Error(err)
					return
				}
				if got := n.Arrivals(after, []string{mine}); len(got) != 1 {
					t.Errorf("at the first byte of the answer there are %d arrivals, want 1", len(got))
				}
				rest := make([]byte, len("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")-1)
				for read := 0; read < len(rest); {
					k, err := c.Read(rest[read:])
					if err != nil {
						t.Error(err)
						return
					}
					read += k
				}
			}
		})
	}
	clients.Wait()
}

func TestArrivalHasTheLinesAsTheyCame(t *testing.T) {
	t.Parallel()
	n := start(t)
	p := n.Add(Case{})
	url := p.URL("http://api.test:8080")
	c := dial(t, n)
	send(t, c, request("pUT", url+"?a=%20B", "X-B: 2", "x-a:1", "X-B:  3\t", "ORIGIN: https://app.test", "Empty:"))
	receive(t, c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
	seen := n.Arrivals(0, []string{url + "?a=%20B#x"})
	if len(seen) != 1 {
		t.Fatalf("%d arrivals, want 1", len(seen))
	}
	want := harness.Header{
		{Name: "Host", Value: "api.test:8080"}, {Name: "X-B", Value: "2"}, {Name: "x-a", Value: "1"},
		{Name: "X-B", Value: "3"}, {Name: "ORIGIN", Value: "https://app.test"}, {Name: "Empty", Value: ""},
	}
	got := seen[0]
	if !reflect.DeepEqual(got.Headers, want) {
		t.Errorf("headers are %q, want %q", got.Headers, want)
	}
	if got.Method != "pUT" || got.Protocol != "HTTP/1.1" || got.Time.IsZero() || got.URL != url+"?a=%20B" || !strings.Contains(got.URL, ":8080/") {
		t.Errorf("arrival is %+v", got)
	}
}

func BenchmarkArrivals(b *testing.B) {
	var n Network
	for i := range maxArrivals {
		n.log.add(&harness.Arrival{URL: fmt.Sprint("https://api.test/r/", i)}, 100)
	}
	urls := []string{"https://api.test/r/8190"}
	for b.Loop() {
		if len(n.Arrivals(maxArrivals-64, urls)) != 1 {
			b.Fatal("arrival is gone")
		}
	}
}
