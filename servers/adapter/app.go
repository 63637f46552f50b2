package adapter

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// App answers the routes, without CORS. Its zero value is ready to use.
type App struct {
	// Recovers says that the program answers when a handler panics, as most frameworks do.
	// The handler of /boom panics then.
	Recovers bool

	mu   sync.Mutex
	runs map[string]int // of OK, by method
}

// Mux registers all routes.
func (a *App) Mux() *http.ServeMux {
	mux := http.NewServeMux()
	a.Register(func(method, path string, handler http.HandlerFunc) {
		if strings.HasSuffix(path, "/") {
			path += "{$}" // this path alone, not all paths below it
		}
		mux.HandleFunc(method+" "+path, handler)
	})
	return mux
}

// Register calls route for each method of each route, so that a framework's own router
// gets them all.
func (a *App) Register(route func(method, path string, handler http.HandlerFunc)) {
	for _, r := range a.Routes() {
		for _, method := range r.Methods {
			route(method, r.Path, r.Handler)
		}
	}
}

// Route is one route.
type Route struct {
	Path    string
	Methods []string
	Handler http.HandlerFunc
}

// The methods of /ok and of /auth.
var (
	sixMethods  = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}
	withOptions = append(slices.Clone(sixMethods), "OPTIONS")
)

// Routes are all routes.
func (a *App) Routes() []Route {
	return []Route{
		{"/ok", sixMethods, a.OK},
		{"/json", sixMethods, JSON},
		{"/options", []string{"OPTIONS"}, Options},
		{"/put-only", []string{"PUT"}, plain},
		{"/boom", []string{"GET"}, a.Boom},
		{"/auth", withOptions, Auth},
		{"/dir/", []string{"GET"}, plain},
		{"/redir", []string{"GET"}, Redirect},
		{"/own", []string{"GET"}, Own},
		{"/cache", []string{"GET"}, Cache},
		{"/cookie", []string{"GET"}, Cookie},
		{"/echo", []string{"GET"}, Echo},
		{"/count", []string{"GET"}, a.Count},
	}
}

func text(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "text/plain")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body) // the client may be gone
}

func plain(w http.ResponseWriter, _ *http.Request) { text(w, http.StatusOK, "ok") }

// OK answers /ok and counts the run.
func (a *App) OK(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	if a.runs == nil {
		a.runs = map[string]int{}
	}
	a.runs[r.Method]++
	a.mu.Unlock()
	w.Header().Set("X-Total", "7")
	w.Header().Set("X-Hidden", "1")
	w.Header().Add("Vary", "Accept-Encoding")
	plain(w, r)
}

// Count answers /count.
func (a *App) Count(w http.ResponseWriter, _ *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	runs := a.runs
	if runs == nil {
		runs = map[string]int{}
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(runs) // the client may be gone
}

// JSON answers /json.
func JSON(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Total", "7")
	w.Header().Set("X-Hidden", "1")
	_, _ = io.WriteString(w, `{"ok":true}`)
}

// Options answers OPTIONS /options.
func Options(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("X-App-Options", "1")
	text(w, http.StatusOK, "mine")
}

// Boom fails: it panics where something recovers. net/http does not and ends the
// connection, so that a program on it alone sends the error itself.
func (a *App) Boom(w http.ResponseWriter, _ *http.Request) {
	if a.Recovers {
		panic("boom")
	}
	http.Error(w, "boom", http.StatusInternalServerError)
}

// Auth answers /auth.
func Auth(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") == "" {
		text(w, http.StatusUnauthorized, "login")
		return
	}
	plain(w, r)
}

// Redirect answers /redir. http.Redirect would make the location absolute.
func Redirect(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Location", r.URL.Query().Get("to"))
	w.WriteHeader(http.StatusFound)
}

// Own answers /own.
func Own(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Access-Control-Allow-Origin", "*")
	plain(w, r)
}

// Cache answers /cache.
func Cache(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "max-age=600")
	w.Header().Set("ETag", `"1"`)
	if r.Header.Get("If-None-Match") == `"1"` {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	text(w, http.StatusOK, "kept")
}

// Cookie answers /cookie.
func Cookie(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Set-Cookie", "adapter=1; Path=/; Secure; SameSite=None")
	w.Header().Set("Cache-Control", "no-store")
	sent := r.Header.Get("Cookie")
	if sent == "" {
		sent = "none"
	}
	text(w, http.StatusOK, sent)
}

// Echo answers /echo.
func Echo(w http.ResponseWriter, r *http.Request) {
	body, err := base64.RawURLEncoding.DecodeString(r.URL.Query().Get("data"))
	if err != nil {
		text(w, http.StatusBadRequest, err.Error())
		return
	}
	w.Header().Set("Content-Type", r.URL.Query().Get("type"))
	w.Header().Set("Cache-Control", "max-age=600")
	_, _ = w.Write(body)
}
