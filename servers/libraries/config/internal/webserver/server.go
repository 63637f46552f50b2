package webserver

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// Server is a program that a recipe configures.
type Server struct {
	_ [0]func()

	// Name is the folder of its Debian package in .build/debian, and its frame in frames.
	Name string
	// Binaries are the names of the program, the usual one first.
	Binaries []string
	// ShowVersion are the arguments that print the version, which Version matches.
	ShowVersion []string
	Version     *regexp.Regexp
	// Test and Run are the arguments that test a configuration and run it.
	Test, Run func(Files) []string
	// Noise is what differs between two messages of Test that say the same, such as the time.
	Noise *regexp.Regexp
	// Quote makes a string one word of the configuration.
	Quote func(string) string
	// Modules are the folders that have the program's modules, below its root.
	Modules []string
}

// program is a Server that was found on this machine.
type program struct {
	Server
	path string
	root string // what the paths of the package are relative to
	env  []string
}

// find looks for the server on the PATH, in the folders for system programs, and where
// setup unpacks the Debian package.
func (s Server) find() (program, error) {
	places := append(filepath.SplitList(os.Getenv("PATH")), "/usr/local/sbin", "/usr/sbin")
	for _, dir := range places {
		for _, name := range s.Binaries {
			if path, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
				return program{s, path, "/", os.Environ()}, nil
			}
		}
	}
	self, err := os.Executable()
	if err != nil {
		return program{}, err
	}
	root := filepath.Join(filepath.Dir(self), "..", "debian", s.Name)
	for _, dir := range []string{"usr/sbin", "usr/bin"} {
		path := filepath.Join(root, dir, s.Binaries[0])
		if _, err := os.Stat(path); err == nil {
			return program{s, path, root, append(os.Environ(), "LD_LIBRARY_PATH="+libraries(root))}, nil
		}
	}
	return program{}, fmt.Errorf("%s is not installed: run setup %s", s.Binaries[0], s.Name)
}

// libraries are the folders of shared libraries in an unpacked Debian package. Varnish has
// a folder of its own.
func libraries(root string) string {
	var dirs []string
	for _, pattern := range []string{"usr/lib/*-linux-gnu*", "usr/lib/*-linux-gnu*/varnish", "lib/*-linux-gnu*"} {
		found, _ := filepath.Glob(filepath.Join(root, pattern)) // the patterns are well formed
		dirs = append(dirs, found...)
	}
	return strings.Join(dirs, ":")
}

// environment is for a program that keeps its files in dir. Caddy looks at the variables.
func (p program) environment(dir string) []string {
	return append(p.env, "HOME="+dir, "XDG_CONFIG_HOME="+dir, "XDG_DATA_HOME="+dir)
}

// version asks the program.
func (p program) version() (string, error) {
	cmd := exec.Command(p.path, p.ShowVersion...)
	cmd.Env = p.env
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("version of %s: %w: %s", p.path, err, out)
	}
	found := p.Version.FindSubmatch(out)
	if found == nil {
		return "", fmt.Errorf("version of %s: no version in %q", p.path, out)
	}
	return string(found[1]), nil
}

// modules is the first folder of Modules that exists.
func (p program) modules() string {
	for _, dir := range p.Modules {
		path := filepath.Join(p.root, dir)
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	return ""
}
