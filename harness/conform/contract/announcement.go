package contract

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Announcement is the one line of JSON that an adapter prints: it is ready, or the library
// refused the policy, or has no option for it.
type Announcement struct {
	_ [0]func()

	// Ready says that the adapter answers at Port of 127.0.0.1.
	Ready bool `json:"ready,omitempty"`
	Port  int  `json:"port,omitempty"`
	// Library and Version name what is tested, such as "rs/cors" and "1.11.1".
	Library string `json:"library,omitempty"`
	Version string `json:"version,omitempty"`
	// Config is the configuration that the adapter used, as one would write it.
	Config string `json:"config,omitempty"`

	// Refused is the error text of a library that does not accept the policy.
	Refused string `json:"refused,omitempty"`
	// Unsupported are the fields of the policy that the library has no option for, such as
	// "methods" or "origins.mode=regex": see [Fields] and [ModePrefix]. With Ready, all other
	// fields are configured.
	Unsupported []string `json:"unsupported,omitempty"`
}

// Fields are the names that Unsupported may have.
var Fields = []string{"credentials", "methods", "requestHeaders", "exposeHeaders", "maxAge", "layers", "origins.allowNull"}

// ModePrefix with one of the [Modes] is a name in Unsupported, too, such as
// "origins.mode=regex". It is for an adapter that is not ready: nothing can be asked
// without the origins of the policy.
const ModePrefix = "origins.mode="

// ReadAnnouncement reads the line that an adapter prints. A name that the line does not
// have is an error: a misspelt "unsupported" would be a fault of the library otherwise.
func ReadAnnouncement(line []byte) (Announcement, error) {
	var a Announcement
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&a); err != nil {
		if name, unknown := strings.CutPrefix(err.Error(), "json: unknown field "); unknown {
			return Announcement{}, fmt.Errorf("which has the unknown name %s: want ready, port, library, version, config, refused and unsupported alone", name)
		}
		return Announcement{}, errors.New("want one line of JSON with ready and port")
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return Announcement{}, errors.New("want one line of JSON with ready and port")
	}
	return a, a.Fault()
}

// Fault says what is wrong with an announcement, as the end of a sentence that begins with
// the line. It does not look at Port: a library of the same program has none.
func (a Announcement) Fault() error {
	switch {
	case a.Ready && a.Refused != "":
		return errors.New(`which is both "ready" and "refused": want one of the two`)
	case a.Refused != "" && len(a.Unsupported) > 0:
		return errors.New(`which is both "refused" and "unsupported": want one of the two`)
	case !a.Ready && a.Refused == "" && len(a.Unsupported) == 0:
		return errors.New(`want "ready":true and a port, or "refused", or "unsupported"`)
	}
	for _, name := range a.Unsupported {
		mode, ofMode := strings.CutPrefix(name, ModePrefix)
		switch {
		case slices.Contains(Fields, name):
		case !ofMode || !slices.Contains(Modes, Mode(mode)):
			return fmt.Errorf(`whose "unsupported" names %q, which is no field of a policy: want %s, or %sMODE`, name, strings.Join(Fields, ", "), ModePrefix)
		case a.Ready:
			return fmt.Errorf(`which is "ready" although the library cannot express %q: want "unsupported" without "ready"`, name)
		}
	}
	return nil
}
