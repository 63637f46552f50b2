// Package ext stands for a module of Traefik that is not in a registry: the extension
// points of its configuration, which Traefik replaces with a folder of its repository.
package ext

// HTTP extends the HTTP configuration with nothing.
type HTTP struct{}

// Router extends a router with nothing.
type Router struct{}
