package harness

// HaveCategory matches an Observation by the name that Firefox or WebKit itself gives the cause, such as
// CORSMissingAllowOrigin2. BeBlocked(MissingAllowOriginHeader) has the same meaning in Chrome and
// in Firefox; HaveCategory is for what one of the other browsers alone tells. See [Observation.Category].
func HaveCategory(category string) Matcher {
	want := "name the category " + category
	return matcher{
		name:  "HaveCategory",
		match: func(o Observation) (bool, error) { return o.Category == category, nil },
		failed: func(o Observation) string {
			switch {
			case o.Category != "":
				return "Expected the browser to " + want + ", but it named " + clean(o.Category) + "."
			case o.Browser.Name != "" && o.Browser.Brand() == chromeName:
				return "Expected the browser to " + want + ", but " + clean(o.Browser.Name) + " was asked, which names no categories."
			}
			return "Expected the browser to " + want + ", but it named none: " + came(o) + "."
		},
		negated: fixed("Expected the browser not to " + want + ", but it did."),
	}
}
