// Package snippet writes what to change so that a page may read a response, in the software
// that serves it.
//
//	s, err := snippet.Write("nginx", snippet.Need{
//		Origins:     []string{"https://app.example.com"},
//		Credentials: true,
//		Methods:     []string{"GET", "PUT"},
//	})
//	fmt.Println(s.File)
//	fmt.Println(s.Text)
//
// [Software] lists the software, and [Detect] tells the software from the headers of a
// response. The package sends nothing and reads no file.
//
// Each text compares origins as a whole, never sends back an origin that it did not compare,
// answers preflights before a login, and covers responses with an error status.
// https://fetch.spec.whatwg.org/#http-cors-protocol
//
// # Quotes
//
// A text is a program or a configuration, so a value must not end the quotes that it stands
// in. The names that the web uses have letters, digits, "-", "_" and "." only. All other
// names are refused, although HTTP has more: each language would need rules of its own for
// them, and nobody would see a mistake there.
//
// A [Need] has exact origins, and no field can be absent: the rules of package policy, which
// have patterns and fields that are not judged, say more than a configuration can.
package snippet
