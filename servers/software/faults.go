package software

import (
	"slices"

	"github.com/corsproof/corsproof/harness"
)

// Page is the origin that the configurations of Faults mean to allow, and OtherPage is a second
// one.
const (
	Page      = "https://app.test"
	OtherPage = "https://admin.test"
)

// Fault is software with a configuration that is known to be wrong, and a question that shows
// it. The URL of each question is a path of the server.
type Fault struct {
	_ [0]func() // keyed literals only

	// ID is unique, such as "nginx-errors".
	ID string
	// Is says in one sentence what is wrong.
	Is     string
	Server Server
	// Ask is a question of Page, which Chrome blocks for Reason.
	Ask    harness.Request
	Reason harness.Reason
	// First, unless its URL is empty, is asked before, so that a cache keeps its answer.
	First harness.Request
	// Control, unless its URL is empty, is a question of Page that the same server lets read.
	Control harness.Request
}

// Faults lists all faults.
func Faults() []Fault {
	return slices.Concat(serverFaults(), programFaults(), valueFaults(), javaFaults())
}

// get is a question without preflight, and put is one with.
func get(path string) harness.Request { return harness.Request{From: Page, URL: path} }

func put(path string) harness.Request {
	return harness.Request{From: Page, URL: path, Method: "PUT", Body: harness.JSON(`{}`)}
}

// authorized is a question with a token.
func authorized(path string) harness.Request {
	return harness.Request{From: Page, URL: path, Headers: harness.Header{{Name: "Authorization", Value: "Bearer x"}}}
}
