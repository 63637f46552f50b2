package source

import "encoding/json"

// SkipValue reads one JSON value token by token and keeps nothing of it, so that its size does not
// matter. next reads a token, as [json.Decoder.Token] does.
func SkipValue(next func() (json.Token, error)) error {
	for depth := 0; ; {
		token, err := next()
		if err != nil {
			return err
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return nil
		}
	}
}
