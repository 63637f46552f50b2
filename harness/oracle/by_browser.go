package oracle

import (
	"cmp"

	"github.com/corsproof/corsproof/harness"
)

// Of is the decider that describes the browser that was asked: the standard, where no row is about it.
func Of(u harness.UserAgent) As {
	switch {
	case u.IsChrome():
		return Chrome
	case u.Brand() == harness.Firefox.Brand():
		return Firefox
	}
	return Standard
}

// asChrome is how a row says that Firefox differs in the same way.
const asChrome = "as Chrome"

// By is what a browser does.
func (d Deviation) By(as As) string {
	text := d.Chrome
	if as == Firefox && d.Firefox != asChrome {
		text = d.Firefox
	}
	return cmp.Or(text, "as the standard")
}
