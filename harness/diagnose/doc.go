// Package diagnose finds why a page may not read a response: which layer is at fault, what
// to change there, and the proof that the change helps.
//
//	d, err := diagnose.Run(ctx, chrome, harness.Request{From: "https://app.example.com", URL: "https://api.example.com/v1"})
//	fmt.Println(d.Cause, d.Layer, d.Sure, d.Trial.Proved)
//
// It asks the question, and then makes the experiments that the answer calls for, and no
// other. Nothing unsafe is sent: an unsafe method is asked as a dry run. The causes are
// values: see [Causes]. A remedy is tried in the browser before it is printed: the
// question is asked again with the answers edited as the remedy would make them, or with the
// page's request changed. A case that no cause explains says so.
package diagnose
