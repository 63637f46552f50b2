package harness

import (
	"strings"
	"testing"
)

// Facts of public reports whose cause was once named wrongly, or not at all.
func TestCausesOfPublicReports(t *testing.T) {
	requested := func(names string) func(*Observation) {
		return func(o *Observation) {
			o.Exchanges[0].RequestHeaders = append(o.Exchanges[0].RequestHeaders, Field{"Access-Control-Request-Headers", names})
		}
	}
	via := func(via Via, mode Mode) func(*Observation) {
		return func(o *Observation) { o.Request.Via, o.Request.Mode, o.Request.Method = via, mode, "" }
	}
	elsewhere := func(o *Observation) {
		o.Exchanges[0].URL, o.Exchanges[0].RequestHeaders = "https://store.test/obj", Header{{"Origin", "null"}}
	}
	answered := func(o *Observation) {
		o.Exchanges = append([]Exchange{{Kind: Preflight, Method: "OPTIONS", URL: o.Request.URL, Sent: true, Status: 204, ResponseHeaders: Header{allow("*")}}}, o.Exchanges...)
	}
	sending := func(f Field) func(*Observation) {
		return func(o *Observation) { o.Request.Method, o.Request.Headers = "", Header{f} }
	}
	for _, c := range []struct {
		name   string
		o      Observation
		want   string // in the meaning
		remedy string // in the remedy
	}{
		{"a hash without crossorigin", with(refused(BlockedByIntegrity, "", 200), via(ViaScript, NoCORS)), "so the hash was not compared", `Put crossorigin="anonymous" on the element, and`},
		{"a hash without crossorigin, and any origin allowed", with(refused(BlockedByIntegrity, "", 200, allow("*")), via(ViaScript, NoCORS)), "not compared", "sends Access-Control-Allow-Origin: * already"},
		{"a wrong hash", with(refused(BlockedByIntegrity, "", 200, allow("*")), via(ViaScript, CORS)), "does not have the hash", "correct"},

		{"a bare answer after a redirect", with(refused(MissingAllowOriginHeader, "", 200), elsewhere), "asks as null, and https://store.test answered 200 without", "https://store.test send Access-Control-Allow-Origin: *"},
		{"a bare answer after a redirect, with credentials", with(with(refused(MissingAllowOriginHeader, "", 200), elsewhere), include), "asks as null", "instead of redirecting."},
		{"a bare preflight after a redirect", with(refused(PreflightMissingAllowOriginHeader, "", 204), elsewhere), "https://store.test answered 204 without", "final URL"},
		{"a preflight refused after a redirect", with(with(refused(PreflightInvalidStatus, "", 403, allow("*")), elsewhere), requested("range")), "https://store.test allows the origin, and it refused the preflight with 403", "Make https://store.test answer OPTIONS"},

		{"an error in place of an image", with(refused(BlockedByORB, "", 403, Field{"Content-Type", "text/html"}), via(ViaImage, "")), "The server answered 403 with text/html in place of the image", "why the server answers 403"},
		{"HTML in place of an image", with(refused(BlockedByORB, "", 200, Field{"Content-Type", "text/html"}), via(ViaImage, "")), "answered 200 with text/html", `crossorigin="anonymous" on the element`},
		{"a style sheet without a type", with(refused(BlockedByORB, "", 200), via(ViaStylesheet, "")), "with no Content-Type, which no style sheet", "right Content-Type"},
		{"CORP for an image", with(refused(BlockedByCORPNotSameOrigin, "", 200), via(ViaImage, "")), "own origin", `or put crossorigin="anonymous" on the element`},
		{"CORP for a frame", with(refused(BlockedByCORPNotSameOrigin, "", 200), via(ViaIframe, "")), "own origin", "cross-origin."},

		{"several headers", with(refused(HeaderDisallowedByPreflightResponse, "x-b", 204, Field{"Access-Control-Allow-Headers", "X-A"}), requested("x-a,x-b,x-c")), "The page sets x-b and x-c", "list x-b and x-c in"},
		{"several headers under a wildcard", with(refused(HeaderDisallowedByPreflightResponse, "authorization", 204, Field{"Access-Control-Allow-Headers", "*"}), requested("authorization,x-c")), "The page sets authorization, and", "list authorization in"},

		{"a suffix range", with(with(refused(PreflightInvalidStatus, "", 405), sending(Field{"Range", "bytes=-8"})), requested("range")), "because of the value of range (bytes=-8)", "ask for bytes=N-M"},
		{"an unsafe byte", with(with(refused(PreflightInvalidStatus, "", 500), sending(Field{"Accept", "a{b"})), requested("accept")), "the value of accept (a{b)", "a plain value of accept"},
		{"a validator of the page", with(with(refused(PreflightInvalidStatus, "", 304), sending(Field{"If-None-Match", `"1"`})), requested("if-none-match")), "because of the header if-none-match", "the browser's cache sends it"},
		{"two causes", with(refused(PreflightInvalidStatus, "", 500), func(o *Observation) {
			requested("range")(o)
			o.Exchanges[0].RequestHeaders = append(o.Exchanges[0].RequestHeaders, Field{"Access-Control-Request-Method", "PUT"})
		}), "because of the method PUT and the value of range, which", "Access-Control-Allow headers."},
		{"a library that leaves all headers out", with(refused(PreflightMissingAllowOriginHeader, "", 200), requested("authorization")), "because it refuses the header authorization", "A plain GET from the same page"},

		{"an answer apart from the preflight's", with(refused(MissingAllowOriginHeader, "", 201), answered), "the answer to PUT (201) has no", "the part of the server that answers PUT"},
		{"a conditional request of the page", refused(MissingAllowOriginHeader, "", 304), "that the page itself made conditional", "304 too"},
		{"a shared cache with another origin", refused(AllowOriginMismatch, "", 200, allow("https://b.test"), Field{"Age", "86213"}), "a shared cache (Age: 86213)", "Vary: Origin"},
		{"a shared cache without an origin", refused(MissingAllowOriginHeader, "", 200, Field{"X-Cache", "Hit from cloudfront"}), "a shared cache (X-Cache: Hit from cloudfront)", "clear the cache"},
		{"a shared cache of Varnish", refused(AllowOriginMismatch, "", 200, allow("https://b.test"), Field{"X-Varnish", "5 3"}), "a shared cache (X-Varnish: 5 3)", "Vary: Origin"},
		{"Varnish that missed", refused(MissingAllowOriginHeader, "", 200, Field{"X-Varnish", "5"}), "The response (200) has no", ""},
		{"a shared cache that missed", refused(MissingAllowOriginHeader, "", 200, Field{"X-Cache", "Miss from cloudfront"}, Field{"Age", "0"}), "The response (200) has no", ""},
		{"a shared cache that keeps origins apart", refused(AllowOriginMismatch, "", 200, allow("https://b.test"), Field{"Age", "7"}, Field{"Vary", "Accept, origin"}), "the host differs", ""},

		{"a redirect to a login", refused(MissingAllowOriginHeader, "", 302, Field{"Location", "/login"}), "which looks like a login, has no", "redirect only navigations"},
		{"a redirect to a slash", refused(MissingAllowOriginHeader, "", 301, Field{"Location", "/r/"}), "a slash at its end, has no", "as the server wants it"},
		{"a body that is too large", refused(MissingAllowOriginHeader, "", 413, Field{"Server", "nginx/1.26.0"}), "answered 413", "raise that limit"},
		{"an error of nginx", refused(MissingAllowOriginHeader, "", 404, Field{"Server", "nginx"}), "answered 404", "add_header needs the word always"},
		{"an error of Apache", refused(MissingAllowOriginHeader, "", 403, Field{"Server", "Apache/2.4"}), "answered 403", "Header needs the word always"},
		{"an error of a gateway", refused(MissingAllowOriginHeader, "", 503), "answered 503", "behind the gateway"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Explain(c.o)
			if !strings.Contains(got.Meaning, c.want) || !strings.Contains(got.Remedy, c.remedy) && !strings.Contains(strings.ToLower(got.Remedy), c.remedy) {
				t.Errorf("got  %s\n     %s\nwant %s\n     %s", got.Meaning, got.Remedy, c.want, c.remedy)
			}
			if !strings.HasSuffix(got.Meaning, ".") || !strings.HasSuffix(got.Remedy, ".") || !strings.Contains(got.Anchor, "#") {
				t.Errorf("not well formed: %+v", got)
			}
		})
	}
}
