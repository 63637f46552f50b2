package given

import (
	"github.com/corsproof/corsproof/harness/conform/contract"
	"github.com/corsproof/corsproof/servers/adapter"
)

// Unsupported says that the library has no option for the mode of the policy's origins.
func Unsupported(p contract.Policy) error {
	return adapter.Unsupported("origins.mode=" + string(p.Origins.Mode))
}
