package libraries

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness/conform"
	"github.com/corsproof/corsproof/servers"
	"github.com/corsproof/corsproof/servers/process"
)

// asked are adapters that are ready soon. The workflow of all libraries asks the others.
var asked = []string{"rs-cors", "express-cors", "flask-cors", "nginx", "aws-s3"}

// folder is this folder.
func folder(t *testing.T) (process.Libraries, []process.Listed) {
	t.Helper()
	here, err := process.FindLibraries(".")
	if err != nil {
		t.Fatal(err)
	}
	all, err := here.List()
	if err != nil {
		t.Fatal(err)
	}
	return here, all
}

// Each adapter keeps its contract, and its library does what its baseline says.
func TestAdapters(t *testing.T) {
	here, all := folder(t)
	var net servers.Network
	if err := net.Start(); err != nil {
		t.Fatal(err)
	}
	chrome := process.Browser(&net)
	t.Cleanup(func() {
		if err := errors.Join(chrome.Close(), net.Close()); err != nil {
			t.Error(err)
		}
	})
	for _, name := range asked {
		l := find(t, all, name)
		t.Run(name, func(t *testing.T) {
			var missing *process.MissingError
			if err := here.Setup(t.Context(), l.Language, l.Name); errors.As(err, &missing) {
				t.Skip(err)
			} else if err != nil {
				t.Fatal(err)
			}
			a := process.Adapter{Called: l.Name, Of: l.Language, Command: here.Command(l), Network: &net}
			complaints, err := a.Check(t.Context(), conform.Policies()[:3], func(string) {})
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range complaints {
				if !c.Doubt {
					t.Error(c)
				}
			}
			conform.Test(t, chrome, conform.Known{Library: a, Baseline: baseline(t, here, l)})
		})
	}
}

func find(t *testing.T, all []process.Listed, name string) process.Listed {
	t.Helper()
	for _, l := range all {
		if l.Name == name {
			return l
		}
	}
	t.Fatalf("there is no library %s", name)
	return process.Listed{}
}

// baseline reads the baseline of a library.
func baseline(t *testing.T, here process.Libraries, l process.Listed) conform.Baseline {
	t.Helper()
	file := filepath.Join(here.Dir(l), "baseline.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	b, err := conform.ReadBaseline(l.Name+"/baseline.yaml", text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Every library has a baseline that can be read, and a name that can be part of a host
// name, and that no other library has.
func TestBaselines(t *testing.T) {
	here, all := folder(t)
	seen := map[string]bool{}
	for _, l := range all {
		if seen[l.Name] || !regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`).MatchString(l.Name) {
			t.Errorf("the name %s stands twice, or is no part of a host name", l.Name)
		}
		seen[l.Name] = true
		if b := baseline(t, here, l); b.Library == "" || b.Version == "" {
			t.Errorf("%s: the baseline names no library and version", l.Name)
		}
	}
}

// Each language pins what its adapters are built of, and ignores what is built.
func TestLocks(t *testing.T) {
	locks := map[string]string{
		"go": "go.sum", "node": "package-lock.json", "python": "requirements.txt", "rust": "Cargo.lock", "java": "pom.xml",
	}
	for language, lock := range locks {
		if _, err := os.Stat(filepath.Join(language, lock)); err != nil {
			t.Errorf("%s: %v", language, err)
		}
	}
	out, err := exec.Command("git", "ls-files", ".").Output()
	if err != nil {
		t.Skip("no clone: ", err)
	}
	for file := range strings.Lines(string(out)) {
		for _, part := range []string{"node_modules/", ".build/", "target/", ".venv/"} {
			if strings.Contains(file, part) {
				t.Errorf("%s is committed, and is built", strings.TrimSpace(file))
			}
		}
	}
}
