package chrome

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/extensions"
	"github.com/chromedp/chromedp"

	"github.com/corsproof/corsproof/harness/internal/engine"
)

// extensionFlags are the flags of a Chrome whose pages belong to extensions of ours, in
// place of the flag that turns all extensions off.
var extensionFlags = []Flag{
	{"enable-unsafe-extension-debugging", "", "DevTools loads an extension of ours, whose page asks; a Chrome with any other extension is refused"},
	{"disable-component-extensions-with-background-pages", "", "no traffic but that of the question"},
}

// withExtensions replaces the flag that turns extensions off.
func withExtensions(list []Flag) []Flag {
	list = slices.DeleteFunc(list, func(f Flag) bool { return f.Name == "disable-extensions" })
	return append(list, extensionFlags...)
}

// extensionFile is the only page of an extension of ours.
const extensionFile = "page.html"

// pageOf is the document of a page: of an extension of ours, or what [Chrome.documentOf]
// returns.
func (c *Chrome) pageOf(o engine.PageOptions) (document, error) {
	if o.ExtensionKey != "" && c.foreign != nil {
		return document{}, c.foreignCannot("open the page of an extension of ours")
	}
	if o.ExtensionKey == "" {
		return c.documentOf(o.Origin, o.Path, o.OpaqueScheme, o.AddressSpace, o.Headers)
	}
	c.extending.Lock()
	defer c.extending.Unlock()
	if err := c.extend(o); err != nil {
		return document{}, fmt.Errorf("load the extension %s: %w", o.Origin, err)
	}
	return document{target: o.Origin + "/" + extensionFile}, nil
}

// extend loads an extension with the key, unless Chrome has it. The extension asks for no
// permission, so that CORS holds for its page, and has no other script.
// https://developer.chrome.com/docs/extensions/develop/concepts/network-requests
func (c *Chrome) extend(o engine.PageOptions) error {
	loaded, err := chromedp.CallBrowser(c.ctx, extensions.GetExtensions, cdp.Empty{})
	if err != nil {
		return err
	}
	home, err := filepath.EvalSymlinks(c.profile) // as Chrome writes it
	if err != nil {
		return err
	}
	known := false
	for _, e := range loaded.Extensions {
		if at := filepath.Dir(e.Path); at != home && at != c.profile {
			return fmt.Errorf("%w: Chrome has the extension %s, which can change requests", ErrFlag, e.Name)
		}
		known = known || "chrome-extension://"+e.ID == o.Origin
	}
	if known {
		return nil
	}
	folder, err := os.MkdirTemp(c.profile, "extension")
	if err != nil {
		return err
	}
	manifest, err := json.Marshal(map[string]any{"manifest_version": 3, "name": "corsproof", "version": "1", "key": o.ExtensionKey})
	if err != nil {
		return err
	}
	for name, content := range map[string][]byte{"manifest.json": manifest, extensionFile: c.rooms.document} {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
			return err
		}
	}
	_, err = chromedp.CallBrowser(c.ctx, extensions.LoadUnpacked, extensions.LoadUnpackedParams{Path: folder})
	return err
}
