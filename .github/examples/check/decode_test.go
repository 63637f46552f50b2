package check

import (
	"errors"

	"sigs.k8s.io/json"
	"sigs.k8s.io/yaml"
)

// decode reads YAML as kubectl --validate=strict does: an unknown field, a field in other
// letters or a field that is there twice is a fault.
func decode(text []byte, v any) error {
	document, err := yaml.YAMLToJSONStrict(text)
	if err != nil {
		return err
	}
	faults, err := json.UnmarshalStrict(document, v)
	return errors.Join(append(faults, err)...)
}

// encode writes YAML.
func encode(v any) ([]byte, error) { return yaml.Marshal(v) }
