package web

import "testing"

func TestAppOrigins(t *testing.T) {
	for text, is := range map[string]bool{
		"capacitor://localhost": true, "ionic://localhost": true, "tauri://localhost": true, "app://.": true, "app://com.acme:8080": true,
		"chrome-extension://aaaabbbbccccddddeeeeffffgggghhhh":       true,
		"moz-extension://0a1b2c3d-0000-4000-8000-0123456789ab":      true,
		"safari-web-extension://0A1B2C3D-0000-4000-8000-0123456789": true,

		"https://app.test": false, "http://app.test": false, "wss://app.test": false, "ftp://app.test": false, "htp://app.test": false,
		"file:": false, "file://": false, "null": false, "": false, "data:": false, "about:srcdoc": false, "localhost:3000": false,
		"blob://app.test": false, "javascript://app.test": false,
		"capacitor:localhost": false, "capacitor:/localhost": false, "capacitor://": false, "capacitor://localhost/": false,
		"capacitor://localhost/index.html": false, "capacitor://localhost?a": false, "capacitor://a@localhost": false,
		"Capacitor://localhost": false, "app://*": false, "app://a b": false,
		"chrome-extension://aaaabbbbccccddddeeeeffffgggghhh":   false,
		"chrome-extension://zaaabbbbccccddddeeeeffffgggghhhh":  false,
		"moz-extension://0A1B2C3D-0000-4000-8000-0123456789AB": false,
	} {
		if IsAppOrigin(text) != is {
			t.Errorf("IsAppOrigin(%q) = %v", text, !is)
		}
		if o := ParseOrigin(text); is && o.String() != text {
			t.Errorf("ParseOrigin(%q) = %s", text, o)
		}
	}
}

// A URL of such a scheme has an opaque origin by the URL standard; only the page of an app
// has that of its scheme.
func TestOriginOfAppURL(t *testing.T) {
	u, err := ParseURL("capacitor://localhost/index.html", nil)
	if err != nil || !u.Origin().Opaque() {
		t.Errorf("%s (%v)", u.Origin(), err)
	}
	app := ParseOrigin("capacitor://localhost")
	if SameOrigin(app, ParseOrigin("http://localhost")) || SameSite(app, ParseOrigin("ionic://localhost")) || !SameOrigin(app, ParseOrigin("capacitor://localhost")) {
		t.Error("the scheme is a part of the origin")
	}
	if !app.IsTrustworthy() || ParseOrigin("http://app.test").IsTrustworthy() {
		t.Error("the page of an app is a secure context")
	}
}
