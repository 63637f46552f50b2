package reference

import (
	"encoding/json"

	"github.com/corsproof/corsproof/harness/conform/contract"
	"github.com/corsproof/corsproof/servers/adapter"
)

// Mount mounts the library, for [adapter.Main] and for process.Mounted.
func Mount(p contract.Policy, _ string) (adapter.Served, error) {
	cors, err := Of(p)
	if err != nil {
		return adapter.Served{}, &adapter.RefusedError{Text: err.Error()}
	}
	config, err := json.Marshal(p)
	served := adapter.Served{Library: "reference", Version: "1", Config: "reference.Of(" + string(config) + ")"}
	served.Handler = cors.Wrap((&adapter.App{}).Mux())
	if p.Layers == contract.BothLayers {
		served.Handler = cors.Wrap(served.Handler)
	}
	return served, err
}
