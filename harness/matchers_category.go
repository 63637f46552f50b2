package harness

// HaveCategory matches an Observation by Firefox's own name for the cause, such as
// CORSMissingAllowOrigin2. BeBlocked(MissingAllowOriginHeader) has the same meaning in Chrome and
// in Firefox; HaveCategory is for what Firefox alone tells. See [Observation.Category].
func HaveCategory(category string) Matcher {
	want := "name the category " + category
	return matcher{
		name:  "HaveCategory",
		match: func(o Observation) (bool, error) { return o.Category == category, nil },
		failed: func(o Observation) string {
			switch {
			case o.Category != "":
				return "Expected Firefox to " + want + ", but it named " + clean(o.Category) + "."
			case o.Browser.Name != "" && o.Browser.Brand() != firefoxName:
				return "Expected Firefox to " + want + ", but " + clean(o.Browser.Name) + " was asked, which names no categories."
			}
			return "Expected Firefox to " + want + ", but it named none: " + came(o) + "."
		},
		negated: fixed("Expected Firefox not to " + want + ", but it did."),
	}
}
