package oracle

import (
	"math/big"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// seed adds the corpus of a target.
func seed(f *testing.F, values ...string) {
	f.Helper()
	for _, value := range values {
		f.Add(value)
	}
}

var tokenPattern = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")

func FuzzTokenList(f *testing.F) {
	seed(f, "", "*", "GET, PUT", ", ,PUT,,", "PUT POST", `"PUT"`, "x-a,\tb@d", "a\x00", "\xff")
	f.Fuzz(func(t *testing.T, value string) {
		items, err := ParseTokenList(value)
		// A second implementation, with a regular expression.
		var want []string
		malformed := false
		for part := range strings.SplitSeq(value, ",") {
			if part = strings.Trim(part, " \t"); part == "" {
				continue
			}
			malformed = malformed || !tokenPattern.MatchString(part)
			want = append(want, part)
		}
		if malformed != (err != nil) || !malformed && !slices.Equal(items, want) {
			t.Fatalf("%q: %q, %v; want %q, malformed: %v", value, items, err, want, malformed)
		}
		if again, err := ParseTokenList(strings.Join(items, " , ")); err != nil || !slices.Equal(again, items) {
			t.Fatalf("%q, written and read: %q, %v", items, again, err)
		}
	})
}

func FuzzMIMEType(f *testing.F) {
	seed(f, "", "text/plain", "text/plain;charset=utf-8;x=y", `a/b;c="d\"e;f"g;h=i`, "text/plain,text/plain", "a/b;c=\x7f", "a/b;\"=c", "a/b;c=\"", "/;=")
	f.Fuzz(func(t *testing.T, value string) {
		m, ok := ParseMIMEType(value)
		if !ok {
			return
		}
		again, ok := ParseMIMEType(m.String())
		if !ok || again.String() != m.String() || again.Essence() != m.Essence() || !slices.Equal(again.Parameters, m.Parameters) {
			t.Fatalf("%q is %q, and read again %q, %v", value, m, again, ok)
		}
		if m.Essence() != web.Lower(m.Essence()) || safelistedContentType(value) && hasUnsafeByte(value) {
			t.Fatalf("%q is %q", value, m)
		}
	})
}

var (
	rangePattern        = regexp.MustCompile(`^bytes=([0-9]*)-([0-9]*)$`)
	lenientRangePattern = regexp.MustCompile("^bytes[\t ]*=[\t ]*([0-9]*)[\t ]*-[\t ]*([0-9]*)$")
)

func FuzzRange(f *testing.F) {
	seed(f, "bytes=0-", "bytes=-5", "bytes=5-4", "bytes=0-1,2-3", "bytes = 0 - 1", "Bytes=0-1", "bytes=-", "bytes=00-0", "bytes=18446744073709551616-18446744073709551615")
	f.Fuzz(func(t *testing.T, value string) {
		for _, blanks := range []bool{false, true} {
			pattern := rangePattern
			if blanks {
				pattern = lenientRangePattern
			}
			r, ok := ParseSingleRangeHeaderValue(value, blanks)
			// A second implementation, with a regular expression and big numbers.
			match := pattern.FindStringSubmatch(value)
			want := match != nil && match[1]+match[2] != ""
			if want && match[1] != "" && match[2] != "" {
				start, _ := new(big.Int).SetString(match[1], 10)
				end, _ := new(big.Int).SetString(match[2], 10)
				want = start.Cmp(end) <= 0
			}
			if ok != want || ok && (r.Start != match[1] || r.End != match[2]) {
				t.Fatalf("%q, blanks %v: %v, %v; want %q", value, blanks, r, ok, match)
			}
			if again, ok2 := ParseSingleRangeHeaderValue("bytes="+r.Start+"-"+r.End, false); ok && (!ok2 || again != r) {
				t.Fatalf("%q, written and read: %v, %v", value, again, ok2)
			}
		}
	})
}

func FuzzDeltaSeconds(f *testing.F) {
	seed(f, "", "0", "-1", "+1", " 5\t", "0.5", "007", "9223372036854775807", "9223372036854775808", "1_0", "٣")
	f.Fuzz(func(t *testing.T, value string) {
		seconds, ok := ParseDeltaSeconds(value)
		trimmed := strings.Trim(value, " \t")
		want, isNumber := new(big.Int).SetString(trimmed, 10)
		if isNumber = isNumber && !strings.ContainsAny(trimmed, "+-_"); ok != isNumber {
			t.Fatalf("%q: %v", value, ok)
		}
		if ok && (want.IsInt64() && seconds != want.Int64() || !want.IsInt64() && seconds != 1<<63-1) {
			t.Fatalf("%q: %d", value, seconds)
		}
		age, _ := standardMaxAge(harness.Header{{Name: "Access-Control-Max-Age", Value: value}})
		if age < 0 || age > greatestAge {
			t.Fatalf("%q is an age of %s", value, age)
		}
	})
}

func FuzzGet(f *testing.F) {
	for _, pair := range [][2]string{{"*", ""}, {"", "*"}, {" a\t", "\tb "}, {"*\v", "a,b"}, {`"a,`, `b"`}, {`\`, `"`}} {
		f.Add(pair[0], pair[1])
	}
	f.Fuzz(func(t *testing.T, first, second string) {
		list := harness.Header{{Name: "A", Value: first}, {Name: "B", Value: "x"}, {Name: "a", Value: second}}
		value, ok := Get(list, "A")
		if want := strings.Trim(first, " \t") + ", " + strings.Trim(second, " \t"); !ok || value != want {
			t.Fatalf("%q: %q, want %q", list, value, want)
		}
		items := GetDecodeSplit(list, "A")
		if strings.Contains(value, `"`) {
			return
		}
		if want := strings.Split(value, ","); len(items) != len(want) {
			t.Fatalf("%q: %q, want %d items", value, items, len(want))
		}
	})
}

func FuzzURL(f *testing.F) {
	seed(f, "https://app.test/", "http://*:7101", "localhost:7101", "//b", "http://[::1]:1/", "http://1.2.3", "https://u:p@a/..?#", "data:,x", `\\a`, "http://\xe9", "0x.0x")
	base, err := ParseURL("https://api.test/a/b?q", nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, value string) {
		u, err := ParseURL(value, &base)
		if err != nil || !u.IsHTTP() {
			return
		}
		again, err := ParseURL(u.String(), nil)
		if err != nil || again.String() != u.String() {
			t.Fatalf("%q is %q, and read again %q, %v", value, u, again, err)
		}
		if ParseOrigin(u.Origin().String()) != u.Origin() {
			t.Fatalf("%q has the origin %q", value, u.Origin())
		}
	})
}

// FuzzDecide puts any header value in any place, and checks the rules that hold for all
// answers of the servers.
func FuzzDecide(f *testing.F) {
	f.Add("PUT", "x-a", "1", "*", "*", "*", 200, 200, true)
	f.Add("patch", "accept", `"`, "https://app.test", "PUT", "x-a, b@d", 204, 302, false)
	f.Add("GET", "range", "Bytes=0-", "null", "", ",", 302, 404, true)
	f.Fuzz(func(t *testing.T, method, name, value, origin, methods, names string, status, final int, include bool) {
		request := harness.Request{From: pageO, URL: siteR + "/", Method: method, Headers: harness.Header{{Name: name, Value: value}}}
		if include {
			request.Credentials = harness.Include
		}
		answer := harness.Header{
			{Name: "Access-Control-Allow-Origin", Value: origin}, {Name: "Access-Control-Allow-Credentials", Value: "true"},
			{Name: "Access-Control-Allow-Methods", Value: methods}, {Name: "Access-Control-Allow-Headers", Value: names}, {Name: "Location", Value: names},
		}
		for _, as := range []As{Standard, Chrome} {
			d := Decide(Question{Request: request, As: as, Server: func(e Exchange) Reply {
				if e.Kind == harness.Preflight {
					return Reply{Status: status, Header: answer}
				}
				return Reply{Status: final, Header: answer}
			}})
			passes := CORSCheck(pageO, request.Credentials, answer) || CORSCheck("null", request.Credentials, answer)
			if d.Verdict == harness.Readable && d.Type == typeCORS && !passes {
				t.Fatalf("%s: readable without permission: %+v", as, d)
			}
			if len(d.Exchanges) > 2*(redirectLimit+1) || d.Verdict == "" || d.Anchor == "" {
				t.Fatalf("%s: %+v", as, d)
			}
		}
	})
}
