package broken

import (
	"net/http"

	"github.com/corsproof/corsproof/harness/conform/contract"
	"github.com/corsproof/corsproof/servers/reference"
)

// The headers of the CORS protocol that mistakes are made with.
const (
	allowOrigin      = "Access-Control-Allow-Origin"
	allowCredentials = "Access-Control-Allow-Credentials"
	allowMethods     = "Access-Control-Allow-Methods"
	allowHeaders     = "Access-Control-Allow-Headers"
	exposeHeaders    = "Access-Control-Expose-Headers"
	maxAge           = "Access-Control-Max-Age"
	requestMethod    = "Access-Control-Request-Method"
	requestHeaders   = "Access-Control-Request-Headers"
)

// answer is an answer before its head is sent.
type answer struct {
	http.Header
	status int
	r      *http.Request
}

// origin is the origin that asked.
func (a *answer) origin() string { return a.r.Header.Get("Origin") }

// allowed says whether the library let the origin in.
func (a *answer) allowed() bool { return a.Get(allowOrigin) != "" }

// preflight says whether a request is a preflight.
func preflight(r *http.Request) bool {
	return r.Method == http.MethodOptions && r.Header.Get(requestMethod) != ""
}

// answering is a layer that changes each answer before its head is sent.
func answering(change func(a *answer)) layer {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			c := &changing{ResponseWriter: w, change: func(status int) int {
				a := answer{Header: w.Header(), status: status, r: r}
				change(&a)
				return a.status
			}}
			next.ServeHTTP(c, r)
			if !c.begun {
				c.WriteHeader(http.StatusOK)
			}
		})
	}
}

// changing is the writer of an answer that is changed.
type changing struct {
	http.ResponseWriter
	change func(status int) int
	begun  bool
}

// WriteHeader changes the answer and sends its head.
func (c *changing) WriteHeader(status int) {
	c.begun = true
	c.ResponseWriter.WriteHeader(c.change(status))
}

// Write sends a part of the body.
func (c *changing) Write(body []byte) (int, error) {
	if !c.begun {
		c.WriteHeader(http.StatusOK)
	}
	return c.ResponseWriter.Write(body)
}

// asking is a layer that sees each request first. Where see says that it has answered, the
// request goes no further.
func asking(see func(w http.ResponseWriter, r *http.Request) (answered bool)) layer {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !see(w, r) {
				next.ServeHTTP(w, r)
			}
		})
	}
}

// bare is a layer that removes the headers of CORS from some answers, as code does that
// answers outside of the library.
func bare(which func(a *answer) bool) layer {
	return answering(func(a *answer) {
		if which(a) {
			for _, name := range []string{allowOrigin, allowCredentials, exposeHeaders} {
				a.Del(name)
			}
		}
	})
}

// status says whether an answer has a status.
func status(is int) func(a *answer) bool { return func(a *answer) bool { return a.status == is } }

// withoutVary is a layer that removes Vary: Origin from some answers. The application's own
// Vary stays.
func withoutVary(which func(a *answer) bool) layer {
	return answering(func(a *answer) {
		if which(a) {
			own := a.Values("Vary")
			a.Del("Vary")
			for _, value := range own {
				if value != "Origin" {
					a.Add("Vary", value)
				}
			}
		}
	})
}

// compares is a library that compares each origin of its list with the origin that asks in
// a way of its own.
func compares(alike func(listed, origin string) bool) wrong {
	return wrong{cors: func(c *reference.CORS, p contract.Policy) {
		right := c.Allows
		c.Allows = func(origin string) bool {
			for _, listed := range p.Origins.Values {
				if origin != "" && alike(listed, origin) {
					return true
				}
			}
			return right(origin)
		}
	}}
}
