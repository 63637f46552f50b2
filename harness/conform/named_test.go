package conform

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/corsproof/corsproof/harness/conform/contract"
)

// Each policy is found by its name, and an adapter reads from its text what it says.
func TestPolicyNamed(t *testing.T) {
	for _, want := range Policies() {
		p, ok := PolicyNamed(want.Name)
		if !ok || !reflect.DeepEqual(p, want) {
			t.Errorf("%s: %+v, %t", want.Name, p, ok)
		}
		var read contract.Policy
		err := json.Unmarshal([]byte(PolicyText(p)), &read)
		if want.Title = ""; err != nil || !reflect.DeepEqual(read, want) { // a title is not for adapters
			t.Errorf("%s: %v, read as %+v", want.Name, err, read)
		}
	}
	for _, name := range []string{"", "lst"} {
		if p, ok := PolicyNamed(name); ok {
			t.Errorf("%q is %+v", name, p)
		}
	}
}
