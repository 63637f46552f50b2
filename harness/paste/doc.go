// Package paste makes questions of what people have in their hands: the red line of a
// browser's console, the "Copy as fetch" and "Copy as cURL" of DevTools, and HAR files.
//
//	pasted, err := paste.Read(text, paste.Options{})
//	if err != nil {
//		return err // it names what is missing, and the flag that gives it
//	}
//	question, err := pasted.One()
//	seen, err := chrome.Fetch(ctx, question.Request)
//
// Nothing of a paste is evaluated: shell words and JavaScript are parsed, no variable is
// expanded, no command is run. A file that a paste names is read by [Options.File] alone.
//
// A request that was seen on the wire says more than a script can: Origin and Referer say
// which page asked, Cookie what the browser held, Sec-Fetch-Mode and Sec-Fetch-Dest by what the
// page asked. Such headers become fields of the [harness.Request] and are not set by the
// script, which could not: https://fetch.spec.whatwg.org/#forbidden-request-header
//
// Notes and errors contain no values of headers, cookies or bodies.
package paste
