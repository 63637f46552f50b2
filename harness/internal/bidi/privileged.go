package bidi

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
)

// The channels by which scripts speak.
const (
	reportChannel  = "corsproof"
	consoleChannel = "corsproof-console"
)

// channel is an argument of a script: a function that sends what it gets.
// https://w3c.github.io/webdriver-bidi/#type-script-ChannelValue
func channel(name string) map[string]any {
	return map[string]any{"type": "channel", "value": map[string]any{"channel": name}}
}

// watchConsole hands on every line of the console with its category, which no event has.
const watchConsole = `(tell) => {
	globalThis.corsproofListener = {
		QueryInterface: ChromeUtils.generateQI(["nsIConsoleListener"]),
		observe(line) {
			if (line instanceof Ci.nsIScriptError) tell(JSON.stringify({ category: line.category, text: line.errorMessage, source: line.sourceName }));
		},
	};
	Services.console.registerListener(globalThis.corsproofListener);
}`

// trustCertificates makes Firefox trust certificates: authorities, and single servers.
const trustCertificates = `(list) => {
	const store = Cc["@mozilla.org/security/x509certdb;1"].getService(Ci.nsIX509CertDB);
	for (const certificate of list) store.addCertFromBase64(certificate, "CTu,,");
}`

// noAccess says what is missing where Firefox does not let us read its console.
const noAccess = "it does not let corsproof read its own console, which has the reasons of CORS decisions: start it with " + systemAccess +
	" (does a wrapper remove the flag, or a policy forbid it?)"

// reachChrome reaches the browser's own window, listens to its console, and makes it trust our
// certificates.
func (f *Firefox) reachChrome(ctx context.Context) error {
	var tree struct {
		Contexts []struct {
			Context string `json:"context"`
		} `json:"contexts"`
	}
	if err := f.conn.call(ctx, "browsingContext.getTree", map[string]any{"moz:scope": "chrome"}, &tree); err != nil {
		return fmt.Errorf("%s: %w", noAccess, err)
	}
	if len(tree.Contexts) == 0 {
		return fmt.Errorf("%s: it has no window", noAccess)
	}
	f.chrome = tree.Contexts[0].Context
	if err := f.function(ctx, f.chrome, watchConsole, channel(consoleChannel)); err != nil {
		return fmt.Errorf("%s: %w", noAccess, err)
	}
	if err := f.function(ctx, f.chrome, watchDryRuns); err != nil {
		return fmt.Errorf("prepare dry runs: %w", err)
	}
	list := []any{}
	for _, certificate := range append(f.options.NetworkCA, f.options.CA...) {
		list = append(list, map[string]any{"type": "string", "value": base64.StdEncoding.EncodeToString(certificate)})
	}
	if len(list) == 0 {
		return nil
	}
	if err := f.function(ctx, f.chrome, trustCertificates, map[string]any{"type": "array", "value": list}); err != nil {
		return fmt.Errorf("trust a certificate: %w", err)
	}
	return nil
}

// function calls a function in a context.
func (f *Firefox) function(ctx context.Context, in, declaration string, arguments ...any) error {
	var r result
	params := map[string]any{"functionDeclaration": declaration, "arguments": arguments, "target": map[string]any{"context": in}, "awaitPromise": true}
	if err := f.conn.call(ctx, "script.callFunction", params, &r); err != nil {
		return err
	}
	_, err := r.value()
	return err
}

// evaluate runs an expression in a context. A promise is waited for.
func (f *Firefox) evaluate(ctx context.Context, in, expression string) (json.RawMessage, error) {
	var r result
	params := map[string]any{"expression": expression, "target": map[string]any{"context": in}, "awaitPromise": true}
	if err := f.conn.call(ctx, "script.evaluate", params, &r); err != nil {
		return nil, err
	}
	return r.value()
}

// result is the result of a script.
type result struct {
	Type   string `json:"type"` // success or exception
	Result struct {
		Value json.RawMessage `json:"value"`
	} `json:"result"`
	Exception struct {
		Text string `json:"text"`
	} `json:"exceptionDetails"`
}

// value is the value, or the exception as an error.
func (r result) value() (json.RawMessage, error) {
	if r.Type == "exception" {
		return nil, scriptError(r.Exception.Text)
	}
	return r.Result.Value, nil
}

// scriptError is an exception of a script.
type scriptError string

// Error returns one line.
func (e scriptError) Error() string { return string(e) }
