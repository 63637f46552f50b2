package webserver

import (
	"errors"
	"net"
	"os"

	"github.com/corsproof/corsproof/harness/conform/contract"
	"github.com/corsproof/corsproof/servers/adapter"
)

// Recipe is a configuration with CORS.
type Recipe struct {
	_ [0]func()

	// Title is the name in the announcement.
	Title string
	// Template is the configuration. It is executed with a Page; "quote" makes a string one
	// word of the server's configuration.
	Template string
	// Scripts are files that the configuration names, by their names in Page.Dir. They are
	// templates, too.
	Scripts map[string]string
	// Fill returns what the template needs from a policy, as Page.CORS, and the fields of
	// the policy that the recipe has no place for. It is not called for a policy of the kind
	// default.
	Fill func(contract.Policy) (cors any, unsupported []string, err error)
}

// Page is what the template of a recipe is executed with.
type Page struct {
	_ [0]func()

	// Listen is the address where the server listens, and Upstream the URL of the routes,
	// with its host and port apart.
	Listen, Upstream, Host, Port string
	// Dir is the folder of the scripts.
	Dir string
	// CORS is what Fill returned. It is nil where the server has no CORS at all.
	CORS any
}

// Main is the main function of an adapter of this folder.
func Main(s Server, r Recipe) {
	if len(os.Args) > 1 && os.Args[1] == guardCommand {
		guard(os.Args[2], os.Args[3:])
		return
	}
	var g guarded
	adapter.Main(func(p contract.Policy, upstream string) (adapter.Served, error) {
		return mount(s, r, p, upstream, &g)
	})
	g.stop()
}

// mount starts the server and waits until it answers.
func mount(s Server, r Recipe, p contract.Policy, upstream string, g *guarded) (adapter.Served, error) {
	var cors any
	var unsupported []string
	if p.Kind != contract.Default {
		var err error
		if cors, unsupported, err = r.Fill(p); err != nil {
			return adapter.Served{}, err
		}
	}
	program, err := s.find()
	if err != nil {
		return adapter.Served{}, err
	}
	version, err := program.version()
	if err != nil {
		return adapter.Served{}, err
	}
	config, err := r.published(s, cors)
	if err != nil {
		return adapter.Served{}, err
	}
	if upstream, err = behind(p, upstream); err != nil {
		return adapter.Served{}, err
	}
	address, err := g.start(program, func(f Files) error {
		return r.write(program, f, upstream, cors)
	})
	var rejected *rejectedError
	if errors.As(err, &rejected) && p.Kind == contract.Verbatim {
		// Our own part of the configuration must not be the reason.
		files, err := program.prepare(func(f Files) error { return r.write(program, f, upstream, nil) })
		if err != nil {
			return adapter.Served{}, err
		}
		files.release()
		return adapter.Served{}, errors.Join(&adapter.RefusedError{Text: rejected.text}, os.RemoveAll(files.Dir))
	}
	if err != nil {
		return adapter.Served{}, err
	}
	return adapter.Served{
		Serve:   func(l net.Listener) error { return g.serve(l, address) },
		Library: r.Title, Version: version, Config: config, Unsupported: unsupported,
	}, nil
}
