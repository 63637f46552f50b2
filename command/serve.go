package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/servers"
)

// serveOptions are the options of serve.
type serveOptions struct {
	ca     string
	http2  []string
	record []string
}

func serveCommand(s streams) *cobra.Command {
	o := &serveOptions{}
	c := &cobra.Command{
		Use:   "serve",
		Short: "Run the fixture network by hand, for other tools",
		Long: `serve runs the fixture network until it is interrupted: servers under every name
that ends in .test or .localhost, on every port, with http and https, all of them
at one address on loopback. It prints how to reach them, and every request that
arrives.

The path /reply answers as its query says, at any of the names:
  status=404                       the status code
  header=Name: value               a response header; may be repeated
  body=text                        the body
  drop=1                           close the connection instead
  preflight-status=, preflight-header=, preflight-body=, preflight-drop=
                                   the answer to a preflight, where it is another one`,
		Example: `  corsproof serve
  corsproof serve --ca ca.pem --http2 h2.test
  corsproof serve --record https://api.test=127.0.0.1:3000`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return o.run(c.Context(), s) },
	}
	c.Flags().StringVar(&o.ca, "ca", "", "write the certificate of the temporary CA to this file, for clients such as curl")
	c.Flags().StringArrayVar(&o.http2, "http2", nil, "a name that speaks HTTP/2 over TLS; may be repeated")
	c.Flags().StringArrayVar(&o.record, "record", nil, "ORIGIN=HOST:PORT, a server of yours that gets this name; may be repeated")
	return c
}

// run serves until the context ends.
func (o *serveOptions) run(ctx context.Context, s streams) error {
	net := servers.Network{OnArrival: func(a harness.Arrival) { printArrival(s.out, a) }}
	var faults []error
	for _, host := range o.http2 {
		if !net.Serves("https://" + host) {
			faults = append(faults, fmt.Errorf("--http2 %q: want a name that ends in .test or .localhost", host))
		}
		net.OfferHTTP2(host)
	}
	for _, text := range o.record {
		origin, backend, ok := strings.Cut(text, "=")
		if !ok {
			faults = append(faults, fmt.Errorf("--record %q: want ORIGIN=HOST:PORT", text))
		} else if _, err := net.Record(origin, backend); err != nil {
			faults = append(faults, fmt.Errorf("--record %q: %w", text, err))
		}
	}
	if len(faults) > 0 {
		return usage(errors.Join(faults...))
	}
	if _, err := net.Handle("", "/reply", servers.Case{Answer: replyByQuery}); err != nil {
		return noAnswer(err)
	}
	if err := net.Start(); err != nil {
		return noAnswer(err)
	}
	defer net.Close()
	if o.ca != "" {
		if err := os.WriteFile(o.ca, net.CACertificate(), 0o644); err != nil {
			return usage(fmt.Errorf("--ca: %w", err))
		}
	}
	o.explain(s.out, &net)
	<-ctx.Done()
	return nil
}

// explain says how to reach the network.
func (o *serveOptions) explain(w io.Writer, net *servers.Network) {
	fmt.Fprintf(w, "The fixture network listens at %s, with http and https, for every *.test and *.localhost.\n\n", net.Addr())
	fmt.Fprintf(w, "Chrome:  --host-resolver-rules=%q \\\n         --ignore-certificate-errors-spki-list=%s \\\n         --user-data-dir=SOME-FOLDER\n",
		strings.Join(net.HostRules(), ","), strings.Join(net.KeyPins(), ","))
	trust := "--insecure"
	if o.ca != "" {
		trust = "--cacert " + o.ca
	}
	fmt.Fprintf(w, "curl:    curl %s --connect-to ::%s 'https://api.test/reply?header=Access-Control-Allow-Origin:%%20*&body=hello'\n\n", trust, net.Addr())
	fmt.Fprintln(w, "Requests, as they arrive (Ctrl-C ends):")
}

// printArrival prints a request without the values of its secrets.
func printArrival(w io.Writer, a harness.Arrival) {
	a = harness.Observation{Arrivals: []harness.Arrival{a}}.Redacted().Arrivals[0]
	line := fmt.Sprintf("%s  %-7s %s", a.Time.Format(time.TimeOnly), a.Method, a.URL)
	if origin, ok := a.Headers.Get("Origin"); ok {
		line += "  from " + origin
	}
	fmt.Fprintln(w, strconv.Quote(line)[1:len(strconv.Quote(line))-1])
}

// replyByQuery answers as the query says.
func replyByQuery(a harness.Arrival) servers.Reply {
	u, err := url.Parse(a.URL)
	if err != nil {
		return servers.Reply{Status: 400, Body: "the URL cannot be parsed\n"}
	}
	query := u.Query()
	reply, fault := readReply(query, "")
	_, preflight := a.Headers.Get("Access-Control-Request-Method")
	if a.Method == "OPTIONS" && preflight && fault == nil && hasPreflight(query) {
		reply, fault = readReply(query, "preflight-")
	}
	if fault != nil {
		return servers.Reply{Status: 400, Body: fault.Error() + "\n"}
	}
	return reply
}

// hasPreflight says whether a query has an answer of its own for preflights.
func hasPreflight(query url.Values) bool {
	for key := range query {
		if strings.HasPrefix(key, "preflight-") {
			return true
		}
	}
	return false
}

// readReply reads the answer whose keys have a prefix.
func readReply(query url.Values, prefix string) (servers.Reply, error) {
	reply := servers.Reply{Body: query.Get(prefix + "body"), Drop: query.Get(prefix+"drop") == "1"}
	if text := query.Get(prefix + "status"); text != "" {
		status, err := strconv.Atoi(text)
		if err != nil || status < 100 || status > 999 {
			return reply, fmt.Errorf("%sstatus=%s: want a number from 100 to 999", prefix, text)
		}
		reply.Status = status
	}
	for _, line := range query[prefix+"header"] {
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			return reply, fmt.Errorf("%sheader=%s: want Name: value", prefix, line)
		}
		reply.Header = append(reply.Header, harness.Field{Name: name, Value: strings.TrimSpace(value)})
	}
	return reply, nil
}
