package harness

import (
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/engine"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// OnTheWire says whether the page at From is one that Chrome cannot have: a page of an app,
// such as capacitor://localhost, or of an extension without its ExtensionKey. Package wire
// asks such a question, and no browser decides. [Browser.Fetch] returns an error for it.
func (r Request) OnTheWire() bool { return web.IsAppOrigin(r.From) && !r.ofExtension() }

// cannotHave is the error for a page that Chrome cannot have.
func cannotHave(r Request) error {
	what := "open a page at " + shown(r.From) + ": use package wire, or corsproof ask, which ask without a browser"
	if strings.HasPrefix(r.From, extensionScheme) {
		what += ", or give ExtensionKey, the value of key in the manifest"
	}
	return &engine.CannotError{Browser: "Chrome", What: what}
}

// wireFaults names the fields that mean nothing where no browser asks.
func (r Request) wireFaults(fault func(field, value, problem string, args ...any)) {
	if !r.OnTheWire() {
		return
	}
	for _, f := range []struct {
		given        bool
		field, value string
	}{
		{r.Within != "", "Within", r.Within},
		{r.PagePath != "", "PagePath", r.PagePath},
		{r.Document != "", "Document", string(r.Document)},
		{len(r.PageHeaders) > 0, "PageHeaders", ""},
		{r.EffectiveWhere() != WhereWindow, "Where", string(r.EffectiveWhere())},
		{!slices.Contains([]Via{ViaFetch, ViaXHR, ViaXHRUpload}, r.EffectiveVia()), "Via", string(r.Via)},
		{r.Cache != "", "Cache", string(r.Cache)},
		{r.Referrer != "", "Referrer", r.Referrer},
		{r.Keepalive, "Keepalive", "true"},
		{r.Priority != "", "Priority", string(r.Priority)},
		{r.AbortAfter != 0, "AbortAfter", r.AbortAfter.String()},
		{r.TimeoutAfter != 0, "TimeoutAfter", r.TimeoutAfter.String()},
		{r.XHR.given(), "XHR", ""},
		{r.Integrity != "", "Integrity", r.Integrity},
		{r.AddressSpace != "", "AddressSpace", string(r.AddressSpace)},
		{r.TargetAddressSpace != "", "TargetAddressSpace", string(r.TargetAddressSpace)},
		{r.Body.Kind == StreamBody, "Body", string(r.Body.Kind)},
		{len(r.Before) > 0, "Before", ""},
		{len(r.Beside) > 0, "Beside", ""},
		{r.Controller.given(), "Controller", string(r.Controller.Answer)},
		{r.Moment != "", "Moment", string(r.Moment)},
		{r.Hint.given(), "Hint", string(r.Hint.Rel)},
	} {
		if f.given {
			fault(f.field, f.value, "Chrome cannot open a page at %s, and a question without a browser does not have this option: remove it", r.From)
		}
	}
}
