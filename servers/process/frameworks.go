package process

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// Express returns one of the Express servers of this repository, such as
// "document.js". Its error says which command installs what is missing.
func Express(app string, env ...string) (*Process, error) {
	dir, err := appDir("express")
	if err != nil {
		return nil, err
	}
	node, err := exec.LookPath("node")
	if err != nil {
		return nil, fmt.Errorf("express server %s: there is no node on the PATH; type: make setup", app)
	}
	if _, err := os.Stat(filepath.Join(dir, "node_modules", "express", "package.json")); err != nil {
		return nil, fmt.Errorf("express server %s: Express is not installed in %s; type: make setup", app, dir)
	}
	return &Process{Command: []string{node, app}, Dir: dir, Env: env}, nil
}

// Flask returns one of the Flask servers of this repository, such as
// "document.py". Its error says which command installs what is missing.
func Flask(ctx context.Context, app string, env ...string) (*Process, error) {
	dir, err := appDir("flask")
	if err != nil {
		return nil, err
	}
	venv := filepath.Join(dir, "..", "..", ".tools", "venv", "bin", "python")
	python, err := flaskPython(ctx, os.Getenv("CORSPROOF_PYTHON"), venv, "/usr/bin/python3", "python3")
	if err != nil {
		return nil, fmt.Errorf("flask server %s: %w", app, err)
	}
	return &Process{Command: []string{python, app}, Dir: dir, Env: env}, nil
}

// flaskPython returns the first Python that finds Flask and Flask-CORS. .ci/setup
// looks in the same places in the same order: /usr/bin/python3 stands before
// python3 because only Debian's own Python sees Debian's packages.
func flaskPython(ctx context.Context, candidates ...string) (string, error) {
	const finds = `import importlib.util as u, sys; sys.exit(not all(map(u.find_spec, ["flask", "flask_cors"])))`
	for _, candidate := range candidates {
		path, err := exec.LookPath(candidate)
		if err != nil {
			continue
		}
		if exec.CommandContext(ctx, path, "-c", finds).Run() == nil {
			return path, nil
		}
		if err := ctx.Err(); err != nil {
			return "", fmt.Errorf("look for Flask-CORS: %w", context.Cause(ctx))
		}
	}
	return "", errors.New("no Python here finds flask and flask_cors; type: make setup")
}

// DirVariable is the environment variable that names the folder servers/ of this
// repository, for a test binary that was built elsewhere.
const DirVariable = "CORSPROOF_SERVERS"

// appDir returns the folder of the servers of a framework. They are not Go code,
// so a binary does not contain them: they are near this file, in the repository
// that it was compiled in.
func appDir(framework string) (string, error) {
	_, source, _, _ := runtime.Caller(0)
	places := []func() string{
		func() string { return os.Getenv(DirVariable) },
		func() string { return filepath.Dir(filepath.Dir(source)) },
		moduleDir,
	}
	for _, place := range places {
		servers := place()
		dir := filepath.Join(servers, framework)
		if info, err := os.Stat(dir); servers != "" && err == nil && info.IsDir() {
			return filepath.Abs(dir)
		}
	}
	return "", fmt.Errorf("there is no folder servers/%s: run this in a clone of the repository, or name its folder servers in %s", framework, DirVariable)
}

// moduleDir returns the folder servers/ of the module that the current folder
// belongs to. It also works for a binary that was built with -trimpath.
func moduleDir() string {
	out, err := exec.Command("go", "env", "GOMOD").Output()
	if mod := strings.TrimSpace(string(out)); err == nil && filepath.Base(mod) == "go.mod" {
		return filepath.Join(filepath.Dir(mod), "servers")
	}
	return ""
}
