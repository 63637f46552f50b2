// Package diagnose finds why a page may not read a response: which layer is at fault, what
// to change there, and the proof that the change helps.
//
//	d, err := diagnose.Doctor{Asker: &chrome}.Run(ctx, harness.Request{From: "https://app.example.com", URL: "https://api.example.com/v1"})
//	fmt.Println(d.Cause, d.Layer, d.Sure, d.Trial.Proved)
//
// It asks the question, and then makes the experiments that the answer calls for, and no
// other. Nothing unsafe is sent: an unsafe method is asked as a dry run. Experiments that do
// not depend on each other are made at the same time. Some are made without a browser: they
// show the body of an error, what curl gets, and which origins the server names; they never
// decide what a page may read. The causes are values: see [Causes].
//
// A response that the page may read is examined too, for causes of which no console tells: a
// header that is not exposed, a cookie that was held back, a cache that forgets Origin. Where
// nothing of that kind shows, nothing is wrong. A question without a verdict has its cause
// beside the error, where a net error names it.
//
// A remedy is tried in the browser before it is printed: the question is asked again with the
// answers edited as the remedy would make them, with the page's request changed, or in a
// browser with another setting. What cannot be tried is told. A cause that no experiment and
// no answer proves is told as likely. A case that no cause explains says so.
package diagnose
