package diagnose

import (
	"slices"

	"github.com/corsproof/corsproof/harness"
)

// try asks the question again as the remedy would make it. Where that does not help, every
// other header that the protocol wants is added. Where that does not help either, the
// Diagnosis has no remedy. What cannot be tried is told.
func (c *patient) try(found *Cause) {
	if found.trial == nil {
		c.d.Notes = append(c.d.Notes, "The remedy was not tried: "+found.untried)
		return
	}
	asker, end := c.asker, func() error { return nil }
	if found.by != nil {
		asker, end = found.by(c)
		if asker == nil {
			c.d.Notes = append(c.d.Notes, "The remedy was not tried: "+found.untried)
			return
		}
	}
	seen, more, err := c.tried(found, asker, found.trial(c))
	if failed := end(); err == nil {
		err = failed
	}
	if err != nil {
		c.d.Notes = append(c.d.Notes, "The remedy could not be tried: "+err.Error())
		return
	}
	c.d.Trial = &Trial{Seen: seen, More: more, Proved: found.helped(c, seen)}
	if !c.d.Trial.Proved {
		c.d.Remedy = ""
		c.d.Notes = append(c.d.Notes, "A remedy was tried, and it is not enough: with it, the outcome is "+outcome(seen)+". So it is not given, and something else has to change, too.")
	}
}

// tried asks with the edits and, where that does not help, with more of them.
func (c *patient) tried(found *Cause, asker Asker, r harness.Request) (seen harness.Observation, more bool, err error) {
	if r.WhatIf != nil && r.Validate() != nil {
		if r, err = c.editable(r); err != nil {
			return seen, false, err
		}
	}
	if seen, err = asker.Fetch(c.ctx, r); err != nil || r.WhatIf == nil || found.helped(c, seen) {
		return seen, false, err
	}
	rest := missing(r.WhatIf, everything(c.d.Seen, c.by))
	if len(rest) == 0 {
		return seen, false, nil
	}
	r.WhatIf = append(slices.Clip(r.WhatIf), rest...)
	seen, err = asker.Fetch(c.ctx, r)
	return seen, true, err
}

// editable is the same question by fetch() in the page, where answers can be edited. It has
// to come out as the question did, before anything is edited.
func (c *patient) editable(r harness.Request) (harness.Request, error) {
	by := harness.Request{From: r.From, Within: r.Within, OpaqueScheme: r.OpaqueScheme, FrameAllow: r.FrameAllow, PagePath: r.PagePath, PageHeaders: r.PageHeaders,
		WithinPath: r.WithinPath, WithinHeaders: r.WithinHeaders, AddressSpace: r.AddressSpace, URL: r.URL, Method: r.Method, Headers: r.Headers, Body: r.Body,
		Credentials: r.Credentials, Mode: r.EffectiveMode(), Redirect: r.Redirect, Integrity: r.Integrity, DryRun: r.DryRun}
	seen := c.make(byFetch, by)
	if seen == nil || seen.Verdict != c.d.Seen.Verdict || seen.Reason != c.d.Seen.Reason {
		return r, errOtherwise
	}
	c.d.Notes = append(c.d.Notes, "The remedy was tried with fetch() in the page, because only the answers to fetch() and XMLHttpRequest can be edited. Without the edits, fetch() is blocked for the same reason.")
	by.WhatIf = r.WhatIf
	return by, nil
}
