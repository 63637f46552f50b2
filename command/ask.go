package command

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/corsproof/corsproof/harness"
)

func askCommand(s streams) *cobra.Command {
	o := &askOptions{}
	c := &cobra.Command{
		Use:   "ask URL --from ORIGIN",
		Short: "Ask one question and show what the script, the browser and the server saw",
		Long: `ask opens a page at ORIGIN, lets its script ask for URL as the flags say, and
prints the transcript: every exchange with the headers that decided, what the
script saw, the console, what it means and what to do about it.

corsproof makes the page itself: it never contacts the site of ORIGIN. The request
under test goes to the real server, unaltered. Chrome cannot open a page of an app,
such as capacitor://localhost: corsproof then asks without a browser, and says so.

You can paste what you copied: a line of the console, or DevTools' Copy as fetch or Copy
as cURL, as the argument or with --paste; or an entry of a HAR file with --har. How it was
read is written to standard error.

--what-if tries a remedy before it is made: Chrome judges the server's answers with an
edit, on preflights, answers, errors and redirects alike. What it prints is then what
would be, and says so.

Exit status: 0 readable (or opaque, with --mode no-cors or --redirect manual; or,
with --dry-run, the request would have been sent), 1 blocked, 2 an argument is not
valid, 3 no verdict. An element without the attribute crossorigin (--mode cors sets
it) asks for an opaque response: exit status 0. Pixels that cannot be read (canvas,
image-bitmap, webgl): exit status 1.`,
		Example: `  corsproof ask --example
  corsproof ask http://localhost:8000/ --from https://app.example.com
  corsproof ask http://localhost:8000/ --from null
  corsproof ask http://localhost:8000/ --from capacitor://localhost
  corsproof ask https://api.example.com/v1 --from https://app.example.com \
      --method PUT --header "Authorization: Bearer $TOKEN" --body-json '{"a":1}'
  corsproof ask https://api.example.com/me --from https://app.example.com --credentials include --json
  corsproof ask https://api.example.com/v1/1 --from https://app.example.com --method DELETE --dry-run
  corsproof ask https://api.example.com/v1 --from https://app.example.com \
      --what-if "response: Access-Control-Allow-Origin: https://app.example.com"
  corsproof ask https://cdn.example.com/font.woff2 --from https://app.example.com --via font
  corsproof ask https://api.example.com/me --from https://app.example.com --where service-worker
  corsproof ask https://api.example.com/me --from https://app.example.com --credentials include \
      --first "https://api.example.com/login --credentials include --body-json '{\"user\":\"ann\"}'"
  corsproof ask https://cdn.example.com/a.json --from https://app.example.com \
      --beside "https://cdn.example.com/a.json --from https://www.example.com"
  corsproof ask https://api.example.com/me --from https://app.example.com --credentials include \
      --cookie "sid=$SID; Secure; SameSite=Lax"
  corsproof ask https://api.example.com/me --from https://widget.example.com --within https://shop.example.com
  corsproof ask https://api.example.com/me --from https://app.example.com \
      --page-header "Content-Security-Policy: connect-src 'self'"
  corsproof ask https://api.example.com/me --from https://app.example.com --credentials include --http-user "ann:$PASSWORD"
  corsproof ask https://localhost:8443/ --from https://app.example.com --ca "$(mkcert -CAROOT)/rootCA.pem"
  corsproof ask https://api.example.com/me --from https://app.example.com --resolve api.example.com:443:203.0.113.7
  corsproof ask https://api.example.com/me --from https://app.example.com --http3 api.example.com:443
  corsproof ask "Access to fetch at 'https://api.example.com/me' from origin 'https://app.example.com' has been blocked by CORS policy: No"
  corsproof ask http://localhost:8000/ --from https://app.example.com --watch --on server.js
  corsproof ask --paste curl.txt --dry-run
  corsproof ask --har app.har --entry https://api.example.com/me
  corsproof ask --har app.har --entry 12 --har-before 3`,
		Args: oneURL,
		RunE: func(c *cobra.Command, args []string) error {
			if o.example {
				if err := onlyExample(c, args); err != nil {
					return err
				}
			}
			if err := o.question(c, s, args); err != nil {
				return usage(err)
			}
			return o.run(c.Context(), s)
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	f := c.Flags()
	f.SortFlags = false
	o.addQuestion(c, s)
	f.BoolVar(&o.json, "json", false, "print one JSON document instead of the transcript")
	o.watch.add(c)
	f.BoolVar(&o.example, "example", false, "ask an example server of our own: a question that is blocked, and its remedy")
	o.browser.add(c)
	return c
}

// oneURL is the check of the arguments: a second one is often the origin of the page.
func oneURL(c *cobra.Command, args []string) error {
	if len(args) < 2 {
		return nil
	}
	if len(args) == 2 && !c.Flags().Changed("from") {
		return usage(fmt.Errorf("unexpected argument in %q: %s takes one URL; did you mean %s --from %s?\nsee: %s --help", args, c.Name(), args[0], args[1], c.CommandPath()))
	}
	return usage(fmt.Errorf("unexpected argument in %q: %s takes one URL, and all its options are flags\nsee: %s --help", args, c.Name(), c.CommandPath()))
}

// run asks one question and prints the answer, or asks the questions of the example.
func (o *askOptions) run(ctx context.Context, s streams) error {
	if o.example {
		return o.runExample(ctx, s)
	}
	if o.browser.chosen().both && o.watch.watch {
		return usage(errors.New("--watch asks one browser: give --browser chrome or --browser firefox instead of both"))
	}
	q, err := o.prepare(ctx, s)
	if err != nil {
		return usage(err)
	}
	if o.pasted.Number > 0 {
		sayUnsafe(s, q.request)
	}
	if o.browser.chosen().both {
		return o.runBoth(ctx, s, q)
	}
	ask, closing, err := o.asker(s, q)
	if err != nil {
		return err
	}
	if o.watch.watch {
		return o.runWatch(ctx, s, ask, closing)
	}
	seen, err := ask(ctx)
	return o.finish(ctx, s, seen, err, closing())
}

// asker returns a function that asks the question, in Chrome or, for a page that Chrome cannot
// have, on the wire; and a function that ends what that began.
func (o *askOptions) asker(s streams, q prepared) (ask func(context.Context) (harness.Observation, error), closing func() error, err error) {
	if q.request.OnTheWire() {
		return o.askerOnTheWire(s, q)
	}
	chrome, closeTrace, err := o.open(q)
	if err != nil {
		return nil, nil, err
	}
	ask = func(ctx context.Context) (harness.Observation, error) { return fetch(ctx, s, chrome, q.request) }
	return ask, func() error { return errors.Join(chrome.Close(), closeTrace()) }, nil
}

// finish prints the answer, and returns the exit. err says that there is no answer. closing
// takes nothing from an answer, so it is returned after that is printed.
func (o *askOptions) finish(ctx context.Context, s streams, seen harness.Observation, err, closing error) error {
	if o.json {
		if failed := printJSON(s.out, seen, errors.Join(err, closing)); failed != nil {
			return noAnswer(failed)
		}
	}
	if err != nil {
		return failure(ctx, errors.Join(err, closing))
	}
	if !o.json {
		if err := printTranscript(s, seen, o.again("ask", seen)); err != nil {
			return noAnswer(errors.Join(err, closing))
		}
	}
	sayClaim(s, o.pasted.Claim, seen)
	if closing != nil {
		return noAnswer(closing)
	}
	return exitOfObservation(seen)
}

// fetch starts the browser and asks one question.
func fetch(ctx context.Context, s streams, chrome *harness.Browser, request harness.Request) (harness.Observation, error) {
	defer s.progress("asking " + chrome.Kind.Brand() + " ...")()
	if request.ExtensionKey == "" { // the page of an extension is in a Chrome of its own
		if err := chrome.Start(ctx); err != nil {
			return harness.Observation{Request: request}, err
		}
	}
	return chrome.Fetch(ctx, request)
}

// printTranscript prints the answer for a person, and the line that asks again.
func printTranscript(s streams, seen harness.Observation, again string) error {
	text := seen.Transcript().Text(s.style(), s.width)
	if standard := otherwise(seen); standard != nil {
		text += "\n\n" + standard.String()
	}
	if again != "" {
		text += "\n\n  Again: " + again
	}
	_, err := fmt.Fprintln(s.out, text)
	return err
}

// printJSON prints one document: the observation, the answer of the standard
// where it differs, and the error where there is one.
func printJSON(w io.Writer, seen harness.Observation, failed error) error {
	more := struct {
		Standard *standard `json:"standard"`
		Error    string    `json:"error,omitempty"`
	}{}
	if failed != nil {
		more.Error = failed.Error()
	} else {
		more.Standard = otherwise(seen)
	}
	return writeJoined(w, seen, more)
}
