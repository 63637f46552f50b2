package finding

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"
)

// baselineHeader stands above the entries.
const baselineHeader = `# What is known to be broken, so that a run does not fail on it. Each entry needs a
# reason. With until: 2027-03-31 it counts to the end of that day. An entry goes when
# what it lists holds again. An update writes the whole file: it keeps the entries with
# their reasons, and no comments.
`

// Marshal writes the baseline as [ParseBaseline] reads it.
func (b Baseline) Marshal() ([]byte, error) {
	if len(b.Entries) == 0 {
		return []byte(baselineHeader + "[]\n"), nil
	}
	var text strings.Builder
	text.WriteString(baselineHeader)
	for _, e := range b.Entries {
		entry, err := yaml.Dump([]Entry{e}, yaml.WithLineWidth(-1))
		if err != nil {
			return nil, fmt.Errorf("baseline: %s: %w", e, err)
		}
		text.WriteString("\n")
		text.Write(entry)
	}
	return []byte(text.String()), nil
}

// Write writes the baseline to a file: see [WriteFile].
func (b Baseline) Write(path string) error {
	data, err := b.Marshal()
	if err != nil {
		return err
	}
	if err := WriteFile(path, data); err != nil {
		return fmt.Errorf("baseline: %w", err)
	}
	return nil
}
