package harness

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/corsproof/corsproof/harness/internal/web"
)

// StorageState reads the cookies of a file that Playwright's storageState writes, so that
// a browser can be signed in. Cookies that have expired are left out, and their names
// returned. What the file has of localStorage is not read: it has no part in CORS.
//
// The error names each fault; none contains the value of a cookie.
// https://playwright.dev/docs/auth
func StorageState(data []byte) (cookies []SetCookie, expired []string, err error) {
	var file struct {
		Cookies []storedCookie `json:"cookies"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, nil, fmt.Errorf("not a storage state: %w", err)
	}
	if file.Cookies == nil {
		return nil, nil, errors.New(`not a storage state: want a JSON object with the key "cookies", as Playwright's storageState writes it`)
	}
	var faults []error
	for i, c := range file.Cookies {
		switch problem := c.problem(); {
		case problem != "":
			faults = append(faults, fmt.Errorf("cookie %d, %q: %s", i+1, c.Name, problem))
		case c.Expires > 0 && time.Unix(int64(c.Expires), 0).Before(time.Now()):
			expired = append(expired, c.Name)
		default:
			cookies = append(cookies, c.set())
		}
	}
	return cookies, expired, errors.Join(faults...)
}

// storedCookie is a cookie in Playwright's form.
type storedCookie struct {
	Name     string  `json:"name"`
	Value    string  `json:"value"`
	Domain   string  `json:"domain"` // with a dot in front: children of the domain get it, too
	Path     string  `json:"path"`
	Expires  float64 `json:"expires"` // Unix time in seconds; -1: with the session
	HTTPOnly bool    `json:"httpOnly"`
	Secure   bool    `json:"secure"`
	SameSite string  `json:"sameSite"`
}

// problem says what is wrong with a cookie.
func (c storedCookie) problem() string {
	switch {
	case !web.IsToken(c.Name):
		return "its name is not an HTTP token"
	case !web.IsHeldCookieValue(c.Value):
		return "its value begins or ends with a space, or has a semicolon or a control character"
	case strings.TrimPrefix(c.Domain, ".") == "":
		return "it has no domain"
	}
	return ""
}

// set is the cookie as a server would have set it.
func (c storedCookie) set() SetCookie {
	host := strings.TrimPrefix(c.Domain, ".")
	s := SetCookie{URL: "http://" + host + "/", Line: c.Name + "=" + c.Value}
	if c.Secure {
		s.URL = "https://" + host + "/"
		s.Line += "; Secure"
	}
	if host != c.Domain {
		s.Line += "; Domain=" + host
	}
	if c.Path != "" {
		s.Line += "; Path=" + c.Path
	}
	if c.HTTPOnly {
		s.Line += "; HttpOnly"
	}
	if c.SameSite != "" {
		s.Line += "; SameSite=" + c.SameSite
	}
	return s
}
