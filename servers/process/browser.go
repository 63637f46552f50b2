package process

import (
	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/conform"
	"github.com/corsproof/corsproof/servers"
)

// Browser returns a Browser for the libraries that a network serves. The caller closes it.
// The network is asked like one of somebody else: with the caches of the browser off,
// except where a question is about them.
func Browser(network *servers.Network) *harness.Browser {
	chrome := &harness.Browser{}
	Prepare(chrome, network)
	return chrome
}

// Prepare makes a Browser that is not started yet one for the libraries that a network
// serves.
func Prepare(chrome *harness.Browser, network *servers.Network) {
	chrome.Network, chrome.Cookies = servers.Foreign{Network: network}, conform.Cookies()
	chrome.MaxPages, chrome.Windowless = conform.Pages, true
}
