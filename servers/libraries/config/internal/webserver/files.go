package webserver

import (
	"embed"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"text/template"
)

// frames are what a server needs besides the recipe: where it listens and keeps its
// files, that it stays in the foreground, which modules it loads.
//
//go:embed frames
var frames embed.FS

// Files are the files of one server that runs.
type Files struct {
	Dir     string // a temporary folder
	Frame   string // the frame, in Dir
	Recipe  string // the recipe, in Dir
	Modules string // the folder of the modules, or ""
	Port    int    // where the server listens

	release func() // of the port, when the server listens
}

// prepare has the files of a server written to a folder of their own, and tests them. The
// caller releases the port of the files and removes the folder.
func (p program) prepare(write func(Files) error) (Files, error) {
	dir, err := os.MkdirTemp("", "corsproof-"+p.Name+"-")
	if err != nil {
		return Files{}, err
	}
	f := Files{Dir: dir, Frame: filepath.Join(dir, "frame"), Recipe: filepath.Join(dir, "recipe"), Modules: p.modules()}
	f.Port, f.release, err = reserve()
	if err != nil {
		return Files{}, errors.Join(err, os.RemoveAll(dir))
	}
	err = write(f)
	if err == nil {
		err = p.test(f)
	}
	if err != nil {
		f.release()
		return Files{}, errors.Join(err, os.RemoveAll(dir))
	}
	return f, nil
}

// rejectedError says that the server does not accept a configuration.
type rejectedError struct{ text string }

func (e *rejectedError) Error() string { return "the configuration is rejected: " + e.text }

// test has the server test its configuration.
func (p program) test(f Files) error {
	cmd := exec.Command(p.path, p.Test(f)...)
	cmd.Env = p.environment(f.Dir)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		text := strings.ReplaceAll(string(p.Noise.ReplaceAll(out, nil)), f.Dir+"/", "")
		return &rejectedError{strings.TrimSpace(text)}
	}
	return err
}

// write writes the recipe, its scripts and the frame of the server.
func (r Recipe) write(p program, f Files, upstream string, cors any) error {
	u, err := url.Parse(upstream)
	if err != nil || u.Port() == "" {
		return fmt.Errorf("the upstream %q is not a URL with a port", upstream)
	}
	page := Page{
		Listen: fmt.Sprint("127.0.0.1:", f.Port), Upstream: "http://" + u.Host, Host: u.Hostname(), Port: u.Port(),
		Dir: f.Dir, CORS: cors,
	}
	texts := map[string]string{f.Recipe: r.Template}
	for name, text := range r.Scripts {
		texts[filepath.Join(f.Dir, name)] = text
	}
	for path, text := range texts {
		text, err := page.fill(p.Server, text)
		if err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return err
		}
	}
	frame, err := template.ParseFS(frames, "frames/"+p.Name)
	if err != nil {
		return err
	}
	out, err := os.Create(f.Frame)
	if err != nil {
		return err
	}
	defer out.Close()
	return frame.Execute(out, f)
}

// published is the configuration as one would write it, with the usual addresses, and the
// scripts below it.
func (r Recipe) published(s Server, cors any) (string, error) {
	page := Page{
		Listen: "*:80", Upstream: "http://127.0.0.1:8080", Host: "127.0.0.1", Port: "8080",
		Dir: "/etc/" + s.Name, CORS: cors,
	}
	text, err := page.fill(s, r.Template)
	if err != nil || cors == nil {
		return text, err
	}
	for _, name := range slices.Sorted(maps.Keys(r.Scripts)) {
		script, err := page.fill(s, r.Scripts[name])
		if err != nil {
			return "", err
		}
		text += fmt.Sprintf("\n# %s/%s\n%s", page.Dir, name, script)
	}
	return text, nil
}

// fill executes a template.
func (page Page) fill(s Server, text string) (string, error) {
	t, err := template.New(s.Name).Funcs(template.FuncMap{"quote": s.Quote, "join": strings.Join}).Parse(text)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	err = t.Execute(&b, page)
	return strings.TrimLeft(b.String(), "\n"), err
}
