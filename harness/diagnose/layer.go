package diagnose

import (
	"fmt"
	"strings"

	"github.com/corsproof/corsproof/harness"
)

// tells are headers by which a part of the way shows itself. An empty prefix means any value.
var tells = []struct {
	name, prefix string
	layer        Layer
}{
	{"cf-ray", "", Gateway}, {"x-amzn-requestid", "", Gateway}, {"x-amzn-errortype", "", Gateway},
	{"x-amz-cf-id", "", Gateway}, {"x-amz-apigw-id", "", Gateway}, {"x-azure-ref", "", Gateway}, {"x-vercel-id", "", Gateway}, {"x-served-by", "cache-", Gateway}, {"x-kong-response-latency", "", Gateway}, {"x-envoy-upstream-service-time", "", Gateway},
	{"via", "", Gateway}, {"server", "nginx", Gateway}, {"server", "openresty", Gateway}, {"server", "envoy", Gateway}, {"server", "istio-envoy", Gateway},
	{"server", "kong", Gateway}, {"server", "cloudflare", Gateway}, {"server", "awselb", Gateway}, {"server", "cloudfront", Gateway}, {"server", "akamaighost", Gateway}, {"server", "varnish", Cache},
}

// gateways are the lines of an answer that show a gateway.
func gateways(e harness.Exchange) (lines []string) {
	for _, t := range tells {
		for _, value := range e.ResponseHeaders.Values(t.name) {
			if t.layer == Gateway && strings.HasPrefix(strings.ToLower(value), t.prefix) {
				lines = append(lines, fmt.Sprintf("the answer has %s: %s", t.name, value))
			}
		}
	}
	return lines
}

// cached are the lines of an answer that show that a shared cache had it.
func cached(e harness.Exchange) (lines []string) {
	for _, f := range e.SharedCache() {
		lines = append(lines, "the answer has "+f.Name+": "+f.Value)
	}
	return lines
}

// statusLayer is the layer that gave an error, with what tells: who wrote the body, where an
// experiment shows the body, and otherwise the layer that usually gives such a status.
func statusLayer(c *patient, experiment string) (Layer, []string) {
	e := c.shown
	evidence := append([]string{fmt.Sprintf("%s was answered with %d", e.Method, e.Status)}, gateways(e)...)
	writer, told := c.shape(experiment)
	if told != "" {
		evidence = append(evidence, told)
	}
	switch status := e.Status; {
	case status == 401, status == 407, status == 403 && writer == "" && e.Kind != harness.Preflight:
		return Login, evidence
	case writer != "":
		return writer, evidence
	case status == 413, status == 429, status == 502, status == 503, status == 504:
		return Gateway, evidence
	}
	return Framework, evidence
}

// fixed is a layer with its evidence and what shows a gateway.
func fixed(layer Layer, evidence func(*patient) []string) func(*patient) (Layer, []string) {
	return func(c *patient) (Layer, []string) { return layer, append(evidence(c), gateways(c.shown)...) }
}

// shows is a sentence on the outcome of an experiment, where the experiment came out so.
func (c *patient) shows(experiment string, verdict harness.Verdict, sentence string) []string {
	if seen := c.result(experiment); seen != nil && seen.Verdict == verdict {
		return []string{sentence}
	}
	return nil
}
