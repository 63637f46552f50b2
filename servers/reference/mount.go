package reference

import (
	"encoding/json"
	"net/http"

	"github.com/corsproof/corsproof/harness/conform/contract"
	"github.com/corsproof/corsproof/servers/adapter"
)

// Mount mounts the library, for [adapter.Main] and for process.Mounted.
func Mount(p contract.Policy, _ string) (adapter.Served, error) {
	cors, err := Of(p)
	if err != nil {
		return adapter.Served{}, err
	}
	return Serve(p, cors.Wrap)
}

// Serve mounts a layer of CORS around the routes of an adapter: twice, where the policy
// says so.
func Serve(p contract.Policy, layer func(http.Handler) http.Handler) (adapter.Served, error) {
	config, err := json.Marshal(p)
	handler := layer((&adapter.App{}).Mux())
	if p.Layers == contract.BothLayers {
		handler = layer(handler)
	}
	return adapter.Served{Handler: handler, Library: "reference", Version: "1", Config: "reference.Of(" + string(config) + ")"}, err
}
