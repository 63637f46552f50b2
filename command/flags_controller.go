package command

import (
	"reflect"

	"github.com/spf13/cobra"

	"github.com/corsproof/corsproof/harness"
)

// controllerFlags describe the service worker that controls the page.
type controllerFlags struct {
	controller harness.Controller
	headers    []string
}

func (s *controllerFlags) add(c *cobra.Command) {
	f := c.Flags()
	choiceVar(c, &s.controller.Answer, "controller", "", "add a service worker to the page: how it answers requests (default: none)",
		"pass-through", "ignore", "response", "error", "fetch", "cache")
	f.StringVar(&s.controller.URL, "controller-url", "", "the URL that this service worker fetches (default: URL); with fetch and cache")
	choiceVar(c, &s.controller.Mode, "controller-mode", "", "the request mode of this fetch", "cors", "no-cors", "same-origin")
	choiceVar(c, &s.controller.Credentials, "controller-credentials", "", "the credentials mode of this fetch", "omit", "same-origin", "include")
	choiceVar(c, &s.controller.Redirect, "controller-redirect", "", "the redirect mode of this fetch", "follow", "error", "manual")
	f.IntVar(&s.controller.Status, "controller-status", 0, "the status of the response that it makes (default 200); with response")
	f.StringArrayVar(&s.headers, "controller-header", nil, "a header of the response that it makes; may be repeated")
	f.StringVar(&s.controller.Body, "controller-body", "", "the text of the response that it makes")
}

// read returns the service worker, beside the one that the question has already.
func (s *controllerFlags) read(has harness.Controller) (harness.Controller, error) {
	headers, fault := headerLines("controller-header", s.headers)
	given := s.controller
	given.Headers = headers
	if reflect.ValueOf(given).IsZero() {
		given = has
	}
	return given, fault
}
