package software

import (
	"context"
	_ "embed"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/servers/process"
)

// The main functions of programs in Go and Java, which keep the contract of adapters.
var (
	//go:embed hosts/main.go.txt
	goMain string
	//go:embed hosts/Main.java.txt
	javaMain string
)

// kind is a software and how it is started.
type kind struct {
	language string // the folder of servers/libraries
	setup    string // the name by which the setup of the language installs it
	library  string // its name in the announcement
	file     string // of the configuration
	second   string // the file of the snippet; empty: a snippet is a part of the configuration
	before   string // what begins that file
	host     map[string]string
	// command makes ready what is in the folder, and returns the command that starts it.
	command func(ctx context.Context, libraries process.Libraries, dir string) ([]string, error)
}

// kinds are all kinds by their names.
var kinds = map[string]kind{
	"nginx":           webServer("nginx"),
	"apache":          webServer("apache"),
	"haproxy":         webServer("haproxy"),
	"caddy":           webServer("caddy"),
	"varnish":         webServer("varnish"),
	"express":         node("express-cors", "express"),
	"fastify":         node("fastify-cors", "fastify"),
	"flask":           python("flask-cors", "flask"),
	"django":          python("django-cors-headers", "django"),
	"fastapi":         python("fastapi", "starlette"),
	"spring":          spring("spring-mvc"),
	"spring-security": spring("spring-security"),
	"go":              {language: "go", setup: "rs-cors", library: "go", file: "app.go", second: "cors.go", host: map[string]string{"main.go": goMain}, command: buildGo},
	"rack":            {language: "ruby", setup: "rack-cors", library: "rack-cors", file: "config.ru", command: shared("ruby")},
}

// Kinds lists the kinds of software.
func Kinds() []string { return slices.Sorted(maps.Keys(kinds)) }

// shared starts the program that each adapter of a language would be, with a given text.
func shared(language string) func(context.Context, process.Libraries, string) ([]string, error) {
	return func(_ context.Context, libraries process.Libraries, _ string) ([]string, error) {
		return libraries.Command(process.Listed{Language: language, Name: "shared-text"}), nil
	}
}

func webServer(name string) kind {
	return kind{language: "config", setup: "shared-text-" + name, library: name, file: "config", command: shared("config")}
}

func python(setup, library string) kind {
	return kind{language: "python", setup: setup, library: library, file: "program.py", command: shared("python")}
}

// node has the program find the packages of an adapter.
func node(setup, library string) kind {
	start := shared("node")
	return kind{language: "node", setup: setup, library: library, file: "program.mjs",
		command: func(ctx context.Context, libraries process.Libraries, dir string) ([]string, error) {
			packages := filepath.Join(libraries.Dir(process.Listed{Language: "node", Name: setup}), "node_modules")
			if err := os.Symlink(packages, filepath.Join(dir, "node_modules")); err != nil {
				return nil, err
			}
			return start(ctx, libraries, dir)
		}}
}

// buildGo builds the program with the modules of the adapters.
func buildGo(ctx context.Context, libraries process.Libraries, dir string) ([]string, error) {
	program := filepath.Join(dir, "program")
	sources, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, "go", append([]string{"build", "-buildvcs=false", "-o", program}, sources...)...)
	cmd.Dir = libraries.Dir(process.Listed{Language: "go"})
	return []string{program}, run(cmd)
}

// spring compiles the program with the libraries of an adapter.
func spring(setup string) kind {
	return kind{language: "java", setup: setup, library: "Spring Boot", file: "Application.java", second: "Cors.java", before: "package app;\n\n",
		host: map[string]string{"Main.java": javaMain},
		command: func(ctx context.Context, libraries process.Libraries, dir string) ([]string, error) {
			built := filepath.Join(libraries.Dir(process.Listed{Language: "java", Name: ".build"}), setup)
			said, err := os.ReadFile(filepath.Join(built, "java")) // setup writes there which Java it has used
			if err != nil {
				return nil, err
			}
			java := strings.TrimSpace(string(said))
			sources, err := filepath.Glob(filepath.Join(dir, "*.java"))
			if err != nil {
				return nil, err
			}
			jars := filepath.Join(built, "lib", "*")
			// -parameters is what the plugin of Spring Boot sets, too.
			arguments := []string{"-parameters", "-proc:none", "-d", dir, "-cp", jars}
			cmd := exec.CommandContext(ctx, filepath.Join(filepath.Dir(java), "javac"), append(arguments, sources...)...)
			return []string{java, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData", "-cp",
				strings.Join([]string{dir, jars}, string(filepath.ListSeparator)), "app.Main"}, run(cmd)
		}}
}

// run runs a compiler.
func run(cmd *exec.Cmd) error {
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", filepath.Base(cmd.Path), err, out)
	}
	return nil
}
