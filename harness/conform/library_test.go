package conform_test

import (
	"testing"

	"github.com/corsproof/corsproof/harness/conform"
	"github.com/corsproof/corsproof/servers"
	"github.com/corsproof/corsproof/servers/process"
	"github.com/corsproof/corsproof/servers/reference"
)

// This is the whole test of a library that is written in Go.
func TestLibrary(t *testing.T) {
	var net servers.Network
	if err := net.Start(); err != nil {
		t.Fatal(err)
	}
	defer net.Close()
	chrome := process.Browser(&net)
	defer chrome.Close()
	conform.Test(t, chrome, process.Mounted{Called: "reference", Network: &net, Mount: reference.Mount})
}
