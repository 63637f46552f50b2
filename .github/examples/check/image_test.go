package check

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

// root is the folder of corsproof.
const root = "../../.."

// stage is a stage of the Dockerfile.
type stage struct {
	image, name   string
	steps         [][]string // the instruction and its arguments
	user, workdir string
	env           []string
	entry, cmd    []string
}

// readStages reads a Dockerfile. An instruction that [stage.build] does not know is a fault.
func readStages(text []byte) ([]stage, error) {
	file, err := parser.Parse(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	var stages []stage
	for _, node := range file.AST.Children {
		var words []string
		for n := node.Next; n != nil; n = n.Next {
			words = append(words, n.Value)
		}
		instruction := strings.ToUpper(node.Value)
		if instruction == "FROM" {
			stages = append(stages, stage{image: words[0], name: words[len(words)-1], user: "0", workdir: "/"})
			continue
		}
		if len(stages) == 0 {
			return nil, fmt.Errorf("line %d: %s before FROM", node.StartLine, instruction)
		}
		s := &stages[len(stages)-1]
		switch instruction {
		case "RUN":
			s.steps = append(s.steps, []string{"RUN", words[0]})
		case "COPY":
			s.steps = append(s.steps, append([]string{"COPY"}, append(node.Flags, words...)...))
		case "ENV":
			s.env = append(s.env, words[0]+"="+words[1])
		case "USER":
			s.user = words[0]
		case "WORKDIR":
			s.workdir = words[0]
		case "ENTRYPOINT", "CMD":
			if !node.Attributes["json"] {
				return nil, fmt.Errorf("line %d: %s is a shell's line: a shell does not pass signals on", node.StartLine, instruction)
			}
			if instruction == "CMD" {
				s.cmd = words
			} else {
				s.entry = words
			}
		default:
			return nil, fmt.Errorf("line %d: %s is not known here", node.StartLine, instruction)
		}
	}
	return stages, nil
}

// imageFaults are the faults of the image.
func imageFaults(text []byte) error {
	stages, err := readStages(text)
	if err != nil {
		return err
	}
	if len(stages) != 2 {
		return fmt.Errorf("%d stages", len(stages))
	}
	build, image := stages[0], stages[1]
	switch script := fmt.Sprint(build.steps, image.steps); {
	case strings.HasPrefix(image.user, "0") || strings.HasPrefix(image.user, "root"):
		return fmt.Errorf("the user is %s", image.user)
	case !strings.HasPrefix(image.image, "debian:") || !strings.HasSuffix(image.image, "-slim"):
		return fmt.Errorf("the image is %s", image.image)
	case !strings.Contains(script, "chromium-headless-shell") || !strings.Contains(script, "--no-install-recommends") || !strings.Contains(script, "rm -rf /var/lib/apt/lists"):
		return fmt.Errorf("the packages: %s", script)
	case !strings.Contains(script, "CGO_ENABLED=0"):
		return fmt.Errorf("the program is not static: %s", script)
	case len(image.entry) != 1 || image.entry[0] != "/usr/local/bin/corsproof" || !strings.Contains(script, "COPY --from="+build.name+" /corsproof "+image.entry[0]):
		return fmt.Errorf("the program: %s %s", script, image.entry)
	}
	return nil
}

func TestDockerfile(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, ".ci", "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	if err := imageFaults(text); err != nil {
		t.Error(err)
	}
	// The check finds the mistakes that it is for.
	for _, change := range [][2]string{
		{"USER 10001:10001", "USER root"},
		{"USER 10001:10001", ""},
		{"bookworm-slim", "bookworm"},
		{"chromium-headless-shell", "chromium"},
		{"CGO_ENABLED=0 ", ""},
		{`ENTRYPOINT ["/usr/local/bin/corsproof"]`, "ENTRYPOINT corsproof"},
		{"COPY --from=build", "COPY"},
		{"WORKDIR /work", "WORKDIRS /work"},
	} {
		changed := bytes.Replace(text, []byte(change[0]), []byte(change[1]), 1)
		if bytes.Equal(changed, text) || imageFaults(changed) == nil {
			t.Errorf("%q in place of %q is accepted", change[1], change[0])
		}
	}
}

// TestImage follows the steps of the Dockerfile in a folder of debootstrap, as root, where no
// engine is at hand, and runs the program there as the user of the image: as the first
// process, as without --init, and below another, as with it. CORSPROOF_IMAGE=all runs it;
// with another value, which is a folder that debootstrap has made, a copy of it saves time.
func TestImage(t *testing.T) {
	made := os.Getenv("CORSPROOF_IMAGE")
	if made == "" {
		t.Skip("CORSPROOF_IMAGE=all follows the steps of the Dockerfile, as root")
	}
	text, err := os.ReadFile(filepath.Join(root, ".ci", "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	stages, err := readStages(text)
	if err != nil {
		t.Fatal(err)
	}
	image := stages[len(stages)-1]
	folder, err := os.MkdirTemp("", "image")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	suite := strings.TrimSuffix(strings.TrimPrefix(image.image, "debian:"), "-slim")
	mirrors := mirrorsOf(t, suite)
	if made == "all" {
		do(t, "debootstrap", "--variant=minbase", suite, folder, strings.Fields(mirrors[0])[1])
	} else {
		do(t, "cp", "-a", made+"/.", folder)
	}
	if err := os.WriteFile(filepath.Join(folder, "etc/apt/sources.list"), []byte(strings.Join(mirrors, "\n")+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, step := range image.steps {
		switch step[0] {
		case "RUN":
			do(t, "chroot", folder, "/bin/sh", "-c", step[1])
		case "COPY": // of the program, as TestDockerfile checks
			build := stages[0].steps[len(stages[0].steps)-1][1]
			do(t, "/bin/sh", "-c", "cd "+root+" && "+strings.Replace(build, "/corsproof", filepath.Join(folder, step[3]), 1))
		}
	}
	if err := os.MkdirAll(filepath.Join(folder, image.workdir), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, first string
		args        []string
		want        string
	}{
		{"without --init", "exec ", image.cmd, "4 things to change"},
		{"with --init", "", image.cmd, "4 things to change"},
		{"another verb", "exec ", []string{"version", "--json"}, `"HeadlessChrome/`},
	} {
		out := do(t, "unshare", "--mount", "--pid", "--fork", "/bin/sh", "-c", inside(image, test.first, test.args), "image", folder)
		if !strings.Contains(out, test.want) || strings.Contains(out, "no-sandbox") || strings.Contains(out, "left: ") {
			t.Errorf("%s: want %q, a sandbox, and no process left, in\n%s", test.name, test.want, out)
		}
	}
}

// inside is the script that makes a folder the root, as an engine does (a sandbox cannot begin
// below chroot), and runs the program of the image. first is exec, or nothing where another
// process is the first. At the end no other process may be left.
func inside(image stage, first string, args []string) string {
	user, group, _ := strings.Cut(image.user, ":")
	command, _ := json.Marshal(append(image.entry, args...)) // JSON quotes as a shell does, for such words
	words := strings.NewReplacer("[", "", "]", "", ",", " ").Replace(string(command))
	return strings.Join([]string{
		"set -e", `mount --bind "$1" "$1"`, `cd "$1"`, "mkdir -p .old", "pivot_root . .old", "mount -t proc proc /proc", "mount -t tmpfs tmpfs /dev/shm || true",
		"mount --bind /.old/dev /dev", "umount -l /.old", "cd " + image.workdir,
		first + "env " + strings.Join(image.env, " ") + " setpriv --reuid " + user + " --regid " + group + " --clear-groups -- " + words,
		`for process in /proc/[0-9]*; do [ "$process" = /proc/1 ] || echo "left: $process"; done`,
	}, "\n")
}

// mirrorsOf are the lines of sources.list by which this machine reads a suite, its updates and
// its security.
func mirrorsOf(t *testing.T, suite string) []string {
	t.Helper()
	out := do(t, "apt-get", "indextargets", "--format", "deb $(SITE)/ $(RELEASE) $(COMPONENT)", "Created-By: Packages")
	var main, others []string
	for line := range strings.Lines(out) {
		line = strings.TrimSpace(line)
		switch fields := strings.Fields(line); {
		case len(fields) != 4 || fields[3] != "main":
		case fields[2] == suite:
			main = append(main, line)
		case strings.HasPrefix(fields[2], suite+"-"):
			others = append(others, line)
		}
	}
	if main == nil {
		t.Skipf("this machine has no packages of %s", suite)
	}
	return append(main, others...)
}

// do runs a command and returns what it printed.
func do(t *testing.T, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
	return string(out)
}
