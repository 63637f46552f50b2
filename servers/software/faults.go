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

// Fault is software with a configuration that is known to be wrong, or with a page that asks it
// wrongly, and a question that shows the fault. The URL of each question is a path of the server.
type Fault struct {
	_ [0]func() // keyed literals only

	// ID is unique, such as "nginx-errors".
	ID string
	// Is says in one sentence what is wrong.
	Is     string
	Server Server
	// Ask is a question, which Chrome blocks for Reason. Without a Reason, Chrome blocks
	// nothing, and the page does not get what it wants.
	Ask    harness.Request
	Reason harness.Reason
	// Cookie, unless it is empty, is a line of Set-Cookie: the browser holds the cookie for
	// the server.
	Cookie string
	// First, unless its URL is empty, is asked before, so that a cache keeps its answer.
	First harness.Request
	// Control, unless its URL is empty, is a question of Page that the same server lets read,
	// and in which nothing is wrong.
	Control harness.Request
}

// Faults lists all faults.
func Faults() []Fault {
	return slices.Concat(serverFaults(), gatewayFaults(), programFaults(), valueFaults(), credentialFaults(), cacheFaults(), pageFaults(), javaFaults())
}

// get is a question without preflight, and put is one with.
func get(path string) harness.Request { return harness.Request{From: Page, URL: path} }

func put(path string) harness.Request {
	return harness.Request{From: Page, URL: path, Method: "PUT", Body: harness.JSON(`{}`)}
}

// included is a question with credentials.
func included(r harness.Request) harness.Request {
	r.Credentials = harness.Include
	return r
}

// expressServer is an Express application with the lines of a fault before its routes. Each
// path answers.
func expressServer(lines string) Server {
	return Server{Kind: "express", Config: `
import cors from 'cors';
import express from 'express';
const app = express();
` + lines + `
app.use((req, res) => res.json({ ok: true }));
export default app;
`}
}

// authorized is a question with a token.
func authorized(path string) harness.Request {
	return harness.Request{From: Page, URL: path, Headers: harness.Header{{Name: "Authorization", Value: "Bearer x"}}}
}
