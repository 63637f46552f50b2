package command

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/paste"
)

// beforeFlags say what happens before the question and beside it: cookies that the browser
// holds, and questions that are asked first or at the same time.
type beforeFlags struct {
	first   []string
	beside  []string
	cookies []string
	state   string
	user    string
}

func (b *beforeFlags) add(c *cobra.Command) {
	f := c.Flags()
	f.StringArrayVar(&b.first, "first", nil, `a question that is asked before, in the same profile, as "URL [flags]"; may be repeated`)
	f.StringArrayVar(&b.beside, "beside", nil, `a question that is asked at the same time, in another tab of the same profile, as "URL [flags]"; may be repeated`)
	f.StringArrayVar(&b.cookies, "cookie", nil, `a cookie that the browser holds for URL, as the server would set it: "sid=1; Secure; SameSite=None"; may be repeated`)
	f.StringVar(&b.user, "http-user", "", `log in to URL's server by HTTP Basic or Digest first, as "name:password"; sends one GET to URL`)
	f.StringVar(&b.state, "storage-state", "", "a file with the cookies of a login, as Playwright's storageState writes it")
}

// questions are the questions that a flag gives. Each has the flags of a request, and is
// asked from the page at from unless it says otherwise.
func questions(flag string, lines []string, from string) ([]harness.Request, error) {
	var list []harness.Request
	var faults []error
	for i, line := range lines {
		r, err := questionOf(line, from)
		if err != nil {
			faults = append(faults, fmt.Errorf("--%s, entry %d: %w", flag, i+1, err))
			continue
		}
		list = append(list, r)
	}
	return list, errors.Join(faults...)
}

// login is the question that gives the browser its login at a URL, if it has one.
func (b *beforeFlags) login(url string) ([]harness.Request, error) {
	if b.user == "" {
		return nil, nil
	}
	name, password, ok := strings.Cut(b.user, ":")
	if !ok || name == "" { // it may be a secret
		return nil, errors.New("--http-user: want name:password")
	}
	return []harness.Request{harness.HTTPLogin(url, name, password)}, nil
}

// questionOf reads a question from one line, whose words are quoted as in a shell. A
// variable or a command in it is an error: nothing is expanded, and nothing is run.
func questionOf(line, from string) (harness.Request, error) {
	words, err := paste.Words(line)
	if err != nil {
		return harness.Request{}, fmt.Errorf("it is not a valid command line: %w", err)
	}
	var flags requestFlags
	c := &cobra.Command{Use: "question"}
	flags.add(c)
	if err := c.Flags().Parse(words); err != nil {
		return harness.Request{}, err
	}
	if len(c.Flags().Args()) != 1 {
		return harness.Request{}, fmt.Errorf("want one URL and flags of a question, such as %q", "https://api.example.com/login --method POST")
	}
	flags.request.URL = c.Flags().Arg(0)
	if flags.request.From == "" {
		flags.request.From = from
	}
	return flags.read()
}

// held are the cookies that the browser holds for a URL. The names of expired cookies are
// returned, too.
func (b *beforeFlags) held(url string) (list []harness.SetCookie, expired []string, err error) {
	var faults []error
	for i, line := range b.cookies {
		if name, _, ok := strings.Cut(line, "="); !ok || name == "" { // it may be a secret
			faults = append(faults, fmt.Errorf("--cookie, entry %d: want name=value", i+1))
			continue
		}
		list = append(list, harness.SetCookie{URL: url, Line: line})
	}
	if b.state == "" {
		return list, nil, errors.Join(faults...)
	}
	data, err := os.ReadFile(b.state)
	if err == nil {
		var stored []harness.SetCookie
		stored, expired, err = harness.StorageState(data)
		list = append(list, stored...)
	}
	if err != nil {
		faults = append(faults, fmt.Errorf("--storage-state %s: %w", b.state, err))
	}
	return list, expired, errors.Join(faults...)
}
