package bidi

import (
	"errors"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness/internal/engine"
)

func TestNewEnough(t *testing.T) {
	for version, want := range map[string]string{
		"153.0": "", "153.7.0": "", "200.0a1": "",
		"152.9": "Firefox 152.9 is too old: corsproof needs Firefox 153 or newer", "9": "Firefox 9 is too old",
		"": `version "": not the version of a Firefox`, "Chrome": `version "Chrome": not the version`,
	} {
		err := newEnough(version)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %v, want %q", version, err, want)
		}
	}
}

// What Firefox cannot keep is named all at once, before it is started.
func TestRefuse(t *testing.T) {
	for name, c := range map[string]struct {
		options engine.Options
		want    []string
	}{
		"nothing":    {engine.Options{LocalNetwork: "granted", HTTP1: true, Visible: true, ThirdPartyCookies: true}, nil},
		"flags":      {engine.Options{Flags: []string{"--lang=de"}}, []string{"be started with flags of Chrome"}},
		"HTTP/3":     {engine.Options{HTTP3: []string{"a.test:443"}}, []string{"be told to ask by HTTP/3 alone"}},
		"extensions": {engine.Options{Extensions: true}, []string{"open the page of an extension of Chrome"}},
		"all at once": {engine.Options{Flags: []string{"x"}, HTTP3: []string{"x"}, Extensions: true, LocalNetwork: "denied"},
			[]string{"flags of Chrome", "HTTP/3 alone", "extension of Chrome", "deny local network access"}},
	} {
		refused(t, name, refuse(c.options), c.want)
	}
}

// A page that Firefox does not have, or does not show the requests of, is refused.
func TestRefusePage(t *testing.T) {
	f := newFirefox(engine.Options{})
	f.version = "153.7.0"
	for name, c := range map[string]struct {
		options engine.PageOptions
		want    []string
	}{
		"a page":             {engine.PageOptions{Origin: "https://app.test", Within: "https://top.test", DryRun: true, Worker: engine.DedicatedWorker}, nil},
		"an extension":       {engine.PageOptions{ExtensionKey: "x"}, []string{"Firefox 153.7.0 cannot open the page of an extension"}},
		"a shared worker":    {engine.PageOptions{Worker: engine.SharedWorker}, []string{"ask from a shared worker"}},
		"a service worker":   {engine.PageOptions{Worker: engine.ServiceWorker}, []string{"ask from a service worker"}},
		"a controlled page":  {engine.PageOptions{Controlled: true}, []string{"ask from a page with a service worker"}},
		"an edited answer":   {engine.PageOptions{Edits: "[]"}, []string{"judge an edited answer"}},
		"a page that goes":   {engine.PageOptions{Once: 1}, []string{"watch a page that goes"}},
		"several, all named": {engine.PageOptions{Edits: "[]", Once: 1}, []string{"judge an edited answer", "watch a page that goes"}},
	} {
		refused(t, name, f.refusePage(c.options), c.want)
	}
}

// A question that Firefox cannot ask is refused at once.
func TestRefuseQuestion(t *testing.T) {
	p := &Page{firefox: newFirefox(engine.Options{})}
	for question, want := range map[string][]string{
		`{}`:                         nil,
		`{"via":"xhr"}`:              nil,
		`{"via":"ping"}`:             {"send the ping of a link"},
		`{"via":"manifest"}`:         {"show what asks by manifest"},
		`{"body":{"kind":"stream"}}`: {"send a streamed body"},
	} {
		refused(t, question, p.cannot(engine.Question{JSON: []byte(question)}), want)
	}
}

// refused checks that an error names what cannot be done, and nothing else.
func refused(t *testing.T, name string, err error, want []string) {
	t.Helper()
	if len(want) == 0 {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		return
	}
	if _, cannot := errors.AsType[*engine.CannotError](err); !cannot || strings.Count(err.Error(), "\n") != len(want)-1 {
		t.Errorf("%s: %v, want %d lines", name, err, len(want))
		return
	}
	for _, text := range want {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("%s: no %q in %v", name, text, err)
		}
	}
}
