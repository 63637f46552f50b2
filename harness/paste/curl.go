package paste

import (
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/plain"
)

// readCurl reads the curl commands of a text: one that DevTools copied, or one of a person.
func readCurl(text string, o Options) ([]Question, error) {
	list, notes, err := commands(text)
	if err != nil {
		return nil, err
	}
	var questions []Question
	for _, words := range list {
		for part := range parts(words) {
			q, err := curlQuestion(part, o)
			if err != nil {
				return nil, err
			}
			q.Notes = append(q.Notes, notes...)
			questions = append(questions, q)
		}
	}
	if len(questions) == 0 {
		return nil, errors.New("the command has no URL")
	}
	return questions, nil
}

// parts yields the requests of a command, which --next parts.
func parts(words []string) func(func([]string) bool) {
	return func(yield func([]string) bool) {
		for {
			at := slices.IndexFunc(words, func(w string) bool { return w == "--next" || w == "-:" })
			if at < 0 {
				yield(words)
				return
			}
			if !yield(words[:at]) {
				return
			}
			words = words[at+1:]
		}
	}
}

// curlOptions are the options of a curl command that say something of the request.
type curlOptions struct {
	urls, headers           []string
	method, agent, referrer string
	cookies                 []string
	user, bearer            string
	rng, upload             string
	head, get, globOff      bool
	data                    []datum
	forms                   []string
	ignored                 []string
	flags                   *pflag.FlagSet
}

// datum is a piece of a body, as an option of curl gives it.
type datum struct{ option, text string }

// each is a value that every use of an option adds to.
type each struct {
	add  func(string)
	kind string
}

func (e each) Set(text string) error { e.add(text); return nil }
func (e each) String() string        { return "" }
func (e each) Type() string          { return e.kind }

// quietWords and quietFlags are options of curl that change nothing of the request, or nothing
// that a page could change.
var (
	quietWords = strings.Fields("cacert capath cert cert-type ciphers connect-timeout connect-to cookie-jar dump-header interface key key-type keepalive-time limit-rate max-redirs max-time noproxy output pass pinnedpubkey proxy proxy-user rate resolve retry retry-delay retry-max-time speed-limit speed-time stderr tls-max tls13-ciphers trace trace-ascii unix-socket write-out dns-servers doh-url alt-svc hsts output-dir curves engine proxy-header socks5 socks5-hostname")
	quietFlags = strings.Fields("anyauth basic compressed compressed-ssh create-dirs digest disable fail fail-with-body fail-early http0.9 http1.0 http1.1 http2 http2-prior-knowledge http3 http3-only include insecure ipv4 ipv6 junk-session-cookies location location-trusted negotiate netrc no-buffer no-keepalive no-progress-meter ntlm parallel path-as-is post301 post302 post303 progress-bar proto-redir raw remote-header-name remote-name remote-time show-error silent ssl ssl-reqd styled-output tcp-fastopen tcp-nodelay tlsv1 tlsv1.0 tlsv1.1 tlsv1.2 tlsv1.3 tr-encoding verbose xattr retry-all-errors retry-connrefused ssl-no-revoke")
	shorthands = map[string]string{
		"cert": "E", "cookie-jar": "c", "dump-header": "D", "limit-rate": "Y", "max-time": "m", "output": "o", "proxy": "x", "proxy-user": "U", "write-out": "w",
		"disable": "q", "fail": "f", "http1.0": "0", "http1.1": "", "include": "i", "insecure": "k", "ipv4": "4", "ipv6": "6", "junk-session-cookies": "j", "location": "L", "netrc": "n",
		"no-buffer": "N", "progress-bar": "#", "remote-header-name": "J", "remote-name": "O", "remote-time": "R", "show-error": "S", "silent": "s", "tlsv1": "1", "verbose": "v", "parallel": "Z",
	}
)

// parseCurl reads the words of a command.
func parseCurl(words []string) (*curlOptions, error) {
	c := &curlOptions{flags: pflag.NewFlagSet("curl", pflag.ContinueOnError)}
	f := c.flags
	f.StringVarP(&c.method, "request", "X", "", "")
	f.StringVarP(&c.agent, "user-agent", "A", "", "")
	f.StringVarP(&c.referrer, "referer", "e", "", "")
	f.StringVarP(&c.user, "user", "u", "", "")
	f.StringVar(&c.bearer, "oauth2-bearer", "", "")
	f.StringVarP(&c.rng, "range", "r", "", "")
	f.StringVarP(&c.upload, "upload-file", "T", "", "")
	f.BoolVarP(&c.head, "head", "I", false, "")
	f.BoolVarP(&c.get, "get", "G", false, "")
	f.BoolVarP(&c.globOff, "globoff", "g", false, "")
	adds := func(name, short string, add func(string)) {
		f.VarP(each{add, "word"}, name, short, "")
	}
	adds("url", "", func(s string) { c.urls = append(c.urls, s) })
	adds("header", "H", func(s string) { c.headers = append(c.headers, s) })
	adds("cookie", "b", func(s string) { c.cookies = append(c.cookies, s) })
	adds("form", "F", func(s string) { c.forms = append(c.forms, s) })
	adds("form-string", "", func(s string) { c.forms = append(c.forms, s) })
	for name, short := range map[string]string{"data": "d", "data-ascii": "", "data-raw": "", "data-binary": "", "data-urlencode": "", "json": ""} {
		adds(name, short, func(s string) { c.data = append(c.data, datum{name, s}) })
	}
	for _, name := range quietWords {
		adds(name, shorthands[name], func(string) { c.ignored = append(c.ignored, "--"+name) })
	}
	for _, name := range quietFlags {
		f.VarPF(each{func(string) {}, "bool"}, name, shorthands[name], "").NoOptDefVal = "true"
	}
	if err := f.Parse(words); err != nil {
		return nil, curlFault(err)
	}
	c.urls = append(c.urls, f.Args()...)
	return c, nil
}

// curlFault is an error without the words of the command, which may be secrets.
func curlFault(err error) error {
	var unknown *pflag.NotExistError
	var alone *pflag.ValueRequiredError
	switch {
	case errors.As(err, &unknown):
		return fmt.Errorf("the option %s of curl is not known here: remove it", plain.Clean(unknown.GetSpecifiedName()))
	case errors.As(err, &alone):
		return fmt.Errorf("the option %s has no value: the paste may end too early", plain.Clean(alone.GetSpecifiedName()))
	}
	return errors.New("an option of curl cannot be read")
}

// unescapeGlob undoes what DevTools does for the patterns of curl, and a person with them.
var unescapeGlob = strings.NewReplacer(`\[`, "[", `\]`, "]", `\{`, "{", `\}`, "}")

// curlQuestion makes the question of one command.
func curlQuestion(words []string, o Options) (Question, error) {
	c, err := parseCurl(words)
	if err != nil {
		return Question{}, err
	}
	s := &sight{}
	switch len(c.urls) {
	case 0:
		return Question{}, errors.New("the command has no URL")
	case 1:
	default:
		return Question{}, fmt.Errorf("the command has %d URLs, or words that no option takes: one URL is asked for, and quotes may be missing", len(c.urls))
	}
	s.request.URL = strings.Join(strings.Fields(c.urls[0]), "")
	if !c.globOff {
		s.request.URL = unescapeGlob.Replace(s.request.URL)
	}
	if !strings.Contains(s.request.URL, "://") {
		s.request.URL = "http://" + s.request.URL // as curl does
	}
	if err := errors.Join(c.headerLines(s), c.cookieLines(s), c.body(s, o)); err != nil {
		return Question{}, err
	}
	c.sayMethod(s)
	if len(c.ignored) > 0 {
		slices.Sort(c.ignored)
		s.note("options of curl that are not used: %s", strings.Join(slices.Compact(c.ignored), ", "))
	}
	return s.question(o)
}

// headerLines reads the headers, and the options that are short for one.
func (c *curlOptions) headerLines(s *sight) error {
	for i, line := range c.headers {
		name, value, ok := strings.Cut(line, ":")
		switch {
		case strings.HasPrefix(line, "@"):
			return fmt.Errorf("--header, entry %d: headers in a file are not read: give them as --header 'Name: value'", i+1)
		case !ok && strings.HasSuffix(line, ";"): // a header without a value
			s.headers = append(s.headers, harness.Field{Name: strings.TrimSuffix(line, ";")})
		case !ok:
			return fmt.Errorf("--header, entry %d: no colon, want 'Name: value'", i+1) // it may be a secret
		case strings.TrimSpace(value) == "": // curl then leaves its own header out
		default:
			s.headers = append(s.headers, harness.Field{Name: strings.TrimSpace(name), Value: strings.TrimSpace(value)})
		}
	}
	add := func(name, value string) {
		if value != "" {
			s.headers = append(s.headers, harness.Field{Name: name, Value: value})
		}
	}
	add("User-Agent", c.agent)
	add("Referer", strings.TrimSuffix(c.referrer, ";auto"))
	if c.rng != "" {
		add("Range", "bytes="+c.rng)
	}
	if c.bearer != "" {
		add("Authorization", "Bearer "+c.bearer)
	}
	if c.user != "" {
		add("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(c.user)))
		s.note("--user was taken for a header Authorization that the script sets: where the browser itself is logged in, use --http-user")
	}
	return nil
}

// cookieLines reads the option --cookie.
func (c *curlOptions) cookieLines(s *sight) error {
	for _, text := range c.cookies {
		if !strings.Contains(text, "=") {
			return errors.New("--cookie names a file, which is not read: give the cookies as --cookie 'name=value; name=value'")
		}
		s.headers = append(s.headers, harness.Field{Name: "Cookie", Value: broken.Replace(text)})
	}
	return nil
}

// sayMethod says which method the command has.
func (c *curlOptions) sayMethod(s *sight) {
	switch {
	case c.method != "":
		s.request.Method = c.method
	case c.head:
		s.request.Method = "HEAD"
	case c.upload != "":
		s.request.Method = "PUT"
	case s.hasBody || s.request.Body.Kind != "":
		s.request.Method = "POST"
	}
}
