// Package contract is what corsproof and an adapter say to each other: the [Policy] that
// the adapter reads, and the [Announcement] that it prints. An adapter is a program that
// mounts one CORS library; servers/libraries/README.md describes it whole.
//
// The package is data and imports nothing of the module, so that an adapter in Go stays
// small.
package contract

import "encoding/json"

// Policy is what a library has to be configured for. Its JSON is what
// an adapter reads. A nil field is absent: the adapter does not touch that option of the
// library.
type Policy struct {
	_ [0]func()

	// Version is the version of this document: 1.
	Version int `json:"version"`
	// Name is the name of the policy, such as list-creds.
	Name string `json:"name"`
	Kind Kind   `json:"kind"`
	// Origins are the origins whose pages may read.
	Origins Origins `json:"origins"`
	// Credentials says whether they may read with credentials.
	Credentials    *bool `json:"credentials,omitempty"`
	Methods        Names `json:"methods,omitempty"`
	RequestHeaders Names `json:"requestHeaders,omitempty"`
	ExposeHeaders  Names `json:"exposeHeaders,omitempty"`
	// MaxAge is how long the answer to a preflight may be kept, in seconds.
	MaxAge *int `json:"maxAge,omitempty"`
	// Layers is empty, or BothLayers.
	Layers Layers `json:"layers,omitempty"`

	// Title says in one line what the policy is for.
	Title string `json:"-"`
}

// Kind says what an adapter may do to configure the library.
type Kind string

// The kinds.
const (
	// Intent: the configuration that the library's documentation recommends, with a regular
	// expression or a function of its own where that is needed.
	Intent Kind = "intent"
	// Verbatim: the strings of the policy, unchanged, in the library's main option. This
	// shows what becomes of a mistake in a configuration.
	Verbatim Kind = "verbatim"
	// Default: nothing is configured.
	Default Kind = "default"
)

// Layers says how often the library is mounted.
type Layers string

// BothLayers mounts the library twice, as a gateway and an application do.
const BothLayers Layers = "both"

// Origins are the origins whose pages may read.
type Origins struct {
	_ [0]func()

	Mode Mode `json:"mode"`
	// Values are origins, or regular expressions in the mode Regex.
	Values []string `json:"values,omitempty"`
	// AllowNull lets in opaque origins, which send Origin: null.
	// https://fetch.spec.whatwg.org/#origin-header
	AllowNull bool `json:"allowNull,omitempty"`
}

// Mode says how Origins are given.
type Mode string

// The modes.
const (
	NoOrigin   Mode = "none"
	AnyOrigin  Mode = "any"
	List       Mode = "list"
	Subdomains Mode = "subdomains" // the children of Values
	Regex      Mode = "regex"
)

// Modes are all modes.
var Modes = []Mode{NoOrigin, AnyOrigin, List, Subdomains, Regex}

// Names is a list of methods or of header names. Nil is absent, an empty list is none,
// and Names{"*"} is any.
type Names []string

// AnyName alone in a list is any name, and its JSON.
const AnyName = "*"

// Any says whether any name is allowed.
func (n Names) Any() bool { return len(n) == 1 && n[0] == AnyName }

// MarshalJSON writes the string "*", or the list.
func (n Names) MarshalJSON() ([]byte, error) {
	if n.Any() {
		return json.Marshal(AnyName)
	}
	return json.Marshal([]string(n))
}

// UnmarshalJSON reads the string "*", or a list.
func (n *Names) UnmarshalJSON(text []byte) error {
	if string(text) == `"*"` {
		*n = Names{AnyName}
		return nil
	}
	return json.Unmarshal(text, (*[]string)(n))
}
