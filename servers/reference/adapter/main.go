// Command adapter is the adapter of the reference library: see servers/libraries/README.md.
//
//	corsproof conform --command 'go run ./servers/reference/adapter'
package main

import (
	"github.com/corsproof/corsproof/servers/adapter"
	"github.com/corsproof/corsproof/servers/reference"
)

func main() { adapter.Main(reference.Mount) }
