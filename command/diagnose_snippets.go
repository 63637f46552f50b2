package command

import (
	"fmt"
	"slices"

	"github.com/corsproof/corsproof/harness/report"
	"github.com/corsproof/corsproof/harness/snippet"
)

// softwareNames are the ids of the software that has texts.
func softwareNames() []string {
	var ids []string
	for _, s := range snippet.Software() {
		ids = append(ids, s.ID)
	}
	return ids
}

// addSnippets adds what to write in each software, the chosen or the detected first. What cannot
// be written is a note.
func addSnippets(d *report.Diagnosed, chosen string) {
	need, wanted := d.Need()
	if !wanted {
		return
	}
	d.Software, d.SoftwareTold = d.Diagnosis.Software()
	if chosen != "" {
		d.Software, d.SoftwareTold = chosen, "chosen with --for"
	}
	for _, id := range softwareNames() {
		text, err := snippet.Write(id, need)
		switch {
		case err == nil:
			d.Snippets = append(d.Snippets, text)
		case id == d.Software:
			d.Notes = append(d.Notes, fmt.Sprintf("There is no text for %s: %v.", id, err))
			d.Software = ""
		}
	}
	at := slices.IndexFunc(d.Snippets, func(s snippet.Snippet) bool { return s.Software == d.Software })
	if at > 0 {
		first := d.Snippets[at]
		d.Snippets = slices.Insert(slices.Delete(d.Snippets, at, at+1), 0, first)
	}
}
