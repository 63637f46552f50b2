package example_test

import (
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/servers"
	"github.com/corsproof/corsproof/servers/process"
	"github.com/corsproof/corsproof/servers/reference"
	"github.com/corsproof/corsproof/specs"
)

var (
	net    servers.Network
	chrome = process.Browser(&net)

	_ = BeforeSuite(func() { Expect(net.Start()).To(Succeed()) })
	_ = AfterSuite(func() { Expect(chrome.Close()).To(Succeed()); Expect(net.Close()).To(Succeed()) })
	_ = specs.DescribeLibrary("my library", chrome, process.Mounted{Called: "mine", Network: &net, Mount: reference.Mount})
)

func TestLibrary(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "my library")
}
