package harness

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/web"
)

// extensionScheme is the scheme of the pages of Chrome's extensions.
const extensionScheme = "chrome-extension://"

// extensionOrigin is the origin of the extension whose manifest has the key: the id is
// made of the first half of the key's SHA-256, in letters from a to p.
// https://developer.chrome.com/docs/extensions/reference/manifest/key
func extensionOrigin(key string) (string, error) {
	der, err := base64.StdEncoding.DecodeString(key)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(der)
	id := make([]byte, 0, sha256.Size)
	for _, b := range sum[:sha256.Size/2] {
		id = append(id, 'a'+b>>4, 'a'+b&0xF)
	}
	return extensionScheme + string(id), nil
}

// extensionFaults names the fields that the page of an extension of ours cannot have.
func (r Request) extensionFaults(fault func(field, value, problem string, args ...any)) {
	if r.ExtensionKey == "" {
		return
	}
	switch origin, err := extensionOrigin(r.ExtensionKey); {
	case err != nil:
		fault("ExtensionKey", r.ExtensionKey, "want the key of a manifest, which is base64: %v", err)
	case origin != r.From:
		fault("ExtensionKey", r.ExtensionKey, "this is the key of %s: give %[1]s as the origin, or the key of the other extension", origin)
	}
	for _, f := range []struct {
		given bool
		field string
		value string
	}{
		{r.Within != "", "Within", r.Within},
		{r.Document != "", "Document", string(r.Document)},
		{r.PagePath != "", "PagePath", r.PagePath},
		{len(r.PageHeaders) > 0, "PageHeaders", ""},
		{r.EffectiveWhere() != WhereWindow, "Where", string(r.EffectiveWhere())},
		{r.AddressSpace != "", "AddressSpace", string(r.AddressSpace)},
		{len(r.Before) > 0, "Before", ""},
		{len(r.Beside) > 0, "Beside", ""},
		{r.Moment != "", "Moment", string(r.Moment)},
		{r.Hint.given(), "Hint", string(r.Hint.Rel)},
	} {
		if f.given {
			fault(f.field, f.value, "corsproof cannot set this for the page of an extension: remove it")
		}
	}
}

// ofExtension says whether the page at From is one of an extension that Chrome has.
func (r Request) ofExtension() bool {
	return r.ExtensionKey != "" && strings.HasPrefix(r.From, extensionScheme) && web.IsAppOrigin(r.From)
}
