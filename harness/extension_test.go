package harness

import (
	"strings"
	"testing"
)

// The key of an extension of ours, and its id, as Chrome 156 says it.
const (
	key         = "Y29yc3Byb29m"
	ofExtension = "chrome-extension://ngimkmpihdejiolaidccfihieimaamad"
)

func TestKeyMakesTheID(t *testing.T) {
	if origin, err := extensionOrigin(key); err != nil || origin != ofExtension {
		t.Errorf("%s (%v)", origin, err)
	}
}

func TestExtensionFaults(t *testing.T) {
	for want, r := range map[string]Request{
		"this is the key of " + ofExtension + ": give " + ofExtension:                       {From: "chrome-extension://aaaabbbbccccddddeeeeffffgggghhhh", ExtensionKey: key},
		"this is the key of " + ofExtension + ": give ":                                     {From: "https://app.test", ExtensionKey: key},
		"want the key of a manifest, which is base64":                                       {From: ofExtension, ExtensionKey: "?"},
		`within "https://app.test": corsproof cannot set this for the page of an extension`: {From: ofExtension, ExtensionKey: key, Within: "https://app.test"},
		`where "worker": corsproof cannot set this for the page of an extension`:            {From: ofExtension, ExtensionKey: key, Where: WhereWorker},
		`document "blob": corsproof cannot set this for the page of an extension`:           {From: ofExtension, ExtensionKey: key, Document: BlobDocument},
		`before "": corsproof cannot set this for the page of an extension`:                 {From: ofExtension, ExtensionKey: key, Before: []Request{{From: "https://app.test", URL: "https://api.test/"}}},
	} {
		r.URL = "https://api.test/"
		if err := r.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	r := Request{From: ofExtension, ExtensionKey: key, URL: "https://api.test/", Cache: CacheNoStore, DryRun: true}
	if err := r.Validate(); err != nil || r.OnTheWire() {
		t.Errorf("%v, on the wire: %v", err, r.OnTheWire())
	}
	if r.ExtensionKey = ""; !r.OnTheWire() {
		t.Error("without the key, Chrome cannot have the page")
	}
}

func TestExtensionHasNoProfile(t *testing.T) {
	p := Profile{Browser: &Browser{Path: "/no/such/chrome"}}
	_, err := p.Fetch(t.Context(), Request{From: ofExtension, ExtensionKey: key, URL: "https://api.test/"})
	if err == nil || err.Error() != "Chrome cannot open the page of an extension in a profile: ask without Profile" {
		t.Error(err)
	}
	_, err = p.Browser.Fetch(t.Context(), Request{From: ofExtension, URL: "https://api.test/"})
	if err == nil || !strings.Contains(err.Error(), "or give ExtensionKey, the value of key in the manifest") {
		t.Error(err)
	}
}
