package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"

	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/internal/source"
)

// JSONStream writes a Report as [JSON] does, with the findings of a sequence in place of its
// own. The problems are the problems of r.
func JSONStream(w io.Writer, r finding.Report, findings iter.Seq2[finding.Finding, error]) error {
	problems := r.Problems()
	r.Findings = []finding.Finding{} // null would not be a list
	if r.Sent == nil {
		r.Sent = map[string]int{}
	}
	if r.Withheld == nil {
		r.Withheld = map[string]int{}
	}
	var head bytes.Buffer
	if err := writeJSON(&head, document{problems, r}); err != nil {
		return err
	}
	const end = "[]\n}\n" // the findings are the last field
	before, ok := bytes.CutSuffix(head.Bytes(), []byte(end))
	if !ok {
		return errors.New("the findings are not the last field of a report")
	}
	out := bufio.NewWriterSize(w, streamBuffer)
	_, _ = out.Write(before) // Flush returns the error
	between, after := "[", end
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetIndent("    ", "  ")
	e.SetEscapeHTML(false)
	for f, err := range findings {
		if err != nil {
			return err
		}
		text.Reset()
		if err := e.Encode(f); err != nil {
			return err
		}
		_, _ = out.WriteString(between + "\n    ")
		if _, err := out.Write(bytes.TrimSuffix(text.Bytes(), []byte("\n"))); err != nil {
			return err
		}
		between, after = ",", "\n  ]\n}\n"
	}
	_, _ = out.WriteString(after)
	return out.Flush()
}

// streamBuffer is the size in bytes of the buffer for a file. Two hundred files are open at a
// time.
const streamBuffer = 32 << 10

// Open reads the head of a document that [JSON] wrote, and returns its findings as a stream.
// A document that is not a file, or whose findings are not its last field, is read into
// memory.
func Open(file string) (finding.Source, error) {
	head, err := openHead(file)
	if err != nil { // Read says what is wrong, and where
		r, err := Read(file)
		if err != nil {
			return finding.Source{}, err
		}
		return finding.SourceOf(finding.Part{File: file, Report: r}), nil
	}
	return finding.Source{File: file, Head: head, Findings: func() iter.Seq2[finding.Finding, error] {
		return func(yield func(finding.Finding, error) bool) {
			if err := readFindings(file, func(f finding.Finding) bool { return yield(f, nil) }); err != nil {
				yield(finding.Finding{}, err)
			}
		}
	}}, nil
}

// errNoStream says that a document cannot be read as a stream.
var errNoStream = errors.New("this document cannot be read as a stream")

// openHead reads a document up to its findings.
func openHead(file string) (finding.Report, error) {
	if info, err := os.Stat(file); err != nil || !info.Mode().IsRegular() {
		return finding.Report{}, errNoStream
	}
	s, err := openStream(file)
	if err != nil {
		return finding.Report{}, err
	}
	defer s.file.Close()
	var kind documentKind
	var r finding.Report
	if err := errors.Join(json.Unmarshal(s.head, &kind), json.Unmarshal(s.head, &r)); err != nil {
		return finding.Report{}, err
	}
	if kind.Version == nil || *kind.Version != finding.Version || kind.Libraries != nil || kind.Differences != nil {
		return finding.Report{}, errNoStream
	}
	return r, check(r)
}

// readFindings reads the findings of a document until yield returns false.
func readFindings(file string, yield func(finding.Finding) bool) error {
	s, err := openStream(file)
	if err != nil {
		return err
	}
	defer s.file.Close()
	for i := 1; s.More(); i++ {
		var f finding.Finding
		if err := s.Decode(&f); err != nil {
			return s.fault(err)
		}
		if err := checkFinding(fmt.Sprintf("finding %d", i), f); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		if !yield(f) {
			return nil
		}
	}
	for _, want := range []json.Delim{']', '}'} {
		switch got, err := s.Token(); {
		case err != nil:
			return s.fault(err)
		case got != want:
			return s.fault(fmt.Errorf("%v comes after the findings: want the findings last, as corsproof writes them", got))
		}
	}
	if _, err := s.Token(); !errors.Is(err, io.EOF) {
		return s.fault(errors.New("more comes after the report"))
	}
	return nil
}

// documentStream is a document that is read up to its findings.
type documentStream struct {
	*json.Decoder
	file *os.File
	head []byte // the fields before, as an object
}

// fault is an error with the file and the place. What [Read] says of the document is more
// exact.
func (s documentStream) fault(err error) error {
	if _, better := Read(s.file.Name()); better != nil {
		return better
	}
	return fmt.Errorf("%s, byte %d: %w", s.file.Name(), s.InputOffset(), err)
}

// openStream opens a document and reads it up to its first finding. Its problems follow from
// the findings, and are skipped.
func openStream(name string) (s documentStream, err error) {
	file, err := os.Open(name)
	if err != nil {
		return s, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, file.Close())
		}
	}()
	s = documentStream{json.NewDecoder(bufio.NewReaderSize(file, streamBuffer)), file, nil}
	if start, err := s.Token(); err != nil || start != json.Delim('{') {
		return s, errNoStream
	}
	fields := map[string]json.RawMessage{"findings": json.RawMessage("[]")}
	for s.More() {
		key, err := s.Token()
		if err != nil {
			return s, err
		}
		switch key {
		case "findings":
			if start, err := s.Token(); err != nil || start != json.Delim('[') {
				return s, errNoStream
			}
			s.head, err = json.Marshal(fields)
			return s, err
		case "problems":
			err = source.SkipValue(s.Token)
		default:
			var value json.RawMessage
			err = s.Decode(&value)
			fields[fmt.Sprint(key)] = value
		}
		if err != nil {
			return s, err
		}
	}
	return s, errNoStream
}
