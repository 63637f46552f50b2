package broken

import (
	"net/http"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness/conform/contract"
	"github.com/corsproof/corsproof/servers/adapter"
	"github.com/corsproof/corsproof/servers/reference"
)

// Library is a CORS library with one mistake: the reference library, which is correct, with
// one thing changed. `corsproof conform` has to find the mistake, and nothing else.
//
//	library := process.Mounted{Called: l.Name, Network: &net, Mount: l.Mount}
type Library struct {
	_ [0]func()

	// Name is the name of the library in a run.
	Name string
	// Title says in one line what the library does.
	Title string
	// Teaches says what to learn from it: why developers make the mistake, and what comes of
	// it.
	Teaches string
	// Policies are the policies to ask with.
	Policies []string
	// Caught are all the behaviours that the mistake breaks with these policies.
	Caught []string

	wrong wrong
}

// wrong is what a library does in another way than the reference library. A nil field
// changes nothing.
type wrong struct {
	// policy changes what the library is configured for.
	policy func(p *contract.Policy)
	// cors changes a library that is configured.
	cors func(c *reference.CORS, p contract.Policy)
	// around stands between the browser and the library, within between the library and the
	// routes.
	around, within layer
}

// layer puts something around a handler.
type layer func(next http.Handler) http.Handler

// Libraries returns all of them, sorted by the behaviour that names the mistake.
func Libraries() []Library {
	return slices.Concat(origins(), preflights(), responses(), configurations())
}

// words are the words of a text.
func words(text string) []string { return strings.Fields(text) }

// Mount mounts the library, for process.Mounted.
func (l Library) Mount(p contract.Policy, _ string) (adapter.Served, error) {
	meant := p
	if l.wrong.policy != nil {
		l.wrong.policy(&meant)
	}
	cors, err := reference.Of(meant)
	if err != nil {
		return adapter.Served{}, err
	}
	if l.wrong.cors != nil {
		l.wrong.cors(&cors, p)
	}
	served, err := reference.Serve(p, func(handler http.Handler) http.Handler {
		for _, layer := range []layer{l.wrong.within, cors.Wrap, l.wrong.around} {
			if layer != nil {
				handler = layer(handler)
			}
		}
		return handler
	})
	served.Library = l.Name
	return served, err
}
