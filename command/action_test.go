package command

import (
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// action is an action of this repository, with its examples.
type action struct {
	name     string // as a workflow names it
	step     string // the id of the step that asks, and the name of the verb
	examples []string
}

var (
	verifyAction  = action{".github/actions/verify", "verify", []string{"example.yml", "example-shards.yml"}}
	conformAction = action{".github/actions/conform", "conform", []string{"example-python.yml", "example-node.yml", "example-rust.yml", "example-java.yml"}}
	actions       = []action{verifyAction, conformAction}
)

// files are the names of the action's file and of its examples.
func (a action) files() []string { return append([]string{"action.yml"}, a.examples...) }

// readme is the text of the action's README.
func (a action) readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../" + a.name + "/README.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// actionFile is an action or a workflow, with the parts that the tests check.
type actionFile struct {
	Inputs  map[string]struct{ Description string } `yaml:"inputs"`
	Outputs map[string]struct{ Value string }       `yaml:"outputs"`
	Runs    struct {
		Using string       `yaml:"using"`
		Steps []actionStep `yaml:"steps"`
	} `yaml:"runs"`
	On   map[string]any `yaml:"on"`
	Jobs map[string]struct {
		Steps []actionStep `yaml:"steps"`
	} `yaml:"jobs"`
}

type actionStep struct {
	ID    string            `yaml:"id"`
	Name  string            `yaml:"name"`
	Uses  string            `yaml:"uses"`
	With  map[string]string `yaml:"with"`
	Run   string            `yaml:"run"`
	Shell string            `yaml:"shell"`
	Env   map[string]string `yaml:"env"`
}

// steps are the steps of the action, or of all jobs.
func (f actionFile) steps() []actionStep {
	steps := f.Runs.Steps
	for _, job := range f.Jobs {
		steps = append(steps, job.Steps...)
	}
	return steps
}

// read returns a file of the action and its text.
func (a action) read(t *testing.T, name string) (f actionFile, text string) {
	t.Helper()
	data, err := os.ReadFile("../" + a.name + "/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(data, &f); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if len(f.steps()) == 0 {
		t.Fatalf("%s has no steps", name)
	}
	return f, string(data)
}

// An input is data: in the text of a script it would be run.
func TestActionsPutNothingIntoScripts(t *testing.T) {
	pinned := regexp.MustCompile(`@(v\d+|[0-9a-f]{40})$`)
	for _, a := range actions {
		for _, name := range a.files() {
			f, _ := a.read(t, name)
			for _, s := range f.steps() {
				if strings.Contains(s.Run, "${{") {
					t.Errorf("%s: an expression in a script:\n%s", name, s.Run)
				}
				if ours := strings.HasPrefix(s.Uses, "corsproof/corsproof/.github/actions/"); s.Uses != "" && !ours && !pinned.MatchString(s.Uses) {
					t.Errorf("%s: %s is not pinned", name, s.Uses)
				}
				if f.Runs.Using != "" && s.Run != "" && s.Shell != "bash" {
					t.Errorf("%s: %q has the shell %q", name, s.Name, s.Shell)
				}
			}
		}
	}
}

// Every input is used, every output is written, and there are no others.
func TestActionInputsAndOutputs(t *testing.T) {
	for _, a := range actions {
		t.Run(a.step, func(t *testing.T) { a.checkInputsAndOutputs(t) })
	}
}

func (a action) checkInputsAndOutputs(t *testing.T) {
	action, text := a.read(t, "action.yml")
	if action.Runs.Using != "composite" {
		t.Errorf("the action uses %q", action.Runs.Using)
	}
	used := map[string]bool{}
	for _, m := range regexp.MustCompile(`\binputs\.([a-z-]+)`).FindAllStringSubmatch(text, -1) {
		used[m[1]] = true
		if _, ok := action.Inputs[m[1]]; !ok {
			t.Errorf("the action has no input %s", m[1])
		}
	}
	readme := a.readme(t)
	for name, input := range action.Inputs {
		if !used[name] || input.Description == "" {
			t.Errorf("the input %s is not used, or not described", name)
		}
		if !strings.Contains(readme, "| `"+name+"` |") {
			t.Errorf("the README tells nothing of the input %s", name)
		}
	}
	for _, m := range regexp.MustCompile(`\bsteps\.([a-z]+)\.outputs\.([a-z]+)`).FindAllStringSubmatch(text, -1) {
		at := slices.IndexFunc(action.Runs.Steps, func(s actionStep) bool { return s.ID == m[1] })
		if at < 0 {
			t.Errorf("no step has the id %s", m[1])
		} else if s := action.Runs.Steps[at]; s.Run != "" && !regexp.MustCompile(`echo "`+m[2]+`=|\boutput `+m[2]+` `).MatchString(s.Run) {
			t.Errorf("the step %s does not write the output %s", m[1], m[2])
		}
	}
	for name, output := range action.Outputs {
		if want := "${{ steps." + a.step + ".outputs." + name + " }}"; output.Value != want {
			t.Errorf("the output %s is %s, want %s", name, output.Value, want)
		}
		if !strings.Contains(readme, "`"+name+"`") {
			t.Errorf("the README tells nothing of the output %s", name)
		}
	}
	for _, name := range a.examples {
		example, _ := a.read(t, name)
		if len(example.On) == 0 || !strings.Contains(readme, "("+name+")") {
			t.Errorf("%s never runs, or the README does not name it", name)
		}
		calls := 0
		for _, s := range example.steps() {
			if !strings.HasPrefix(s.Uses, "corsproof/corsproof/"+a.name+"@") {
				continue
			}
			calls++
			for input := range s.With {
				if _, ok := action.Inputs[input]; !ok {
					t.Errorf("%s: the action has no input %s", name, input)
				}
			}
		}
		if calls == 0 {
			t.Errorf("%s does not use the action", name)
		}
	}
}

// run runs the step that asks with a corsproof that only writes its arguments and
// a report. It returns the arguments of the last call and the outputs of the step.
func (a action) run(t *testing.T, inputs map[string]string, status string) (args []string, outputs map[string]string) {
	t.Helper()
	action, _ := a.read(t, "action.yml")
	step := action.Runs.Steps[slices.IndexFunc(action.Runs.Steps, func(s actionStep) bool { return s.ID == a.step })]
	folder := t.TempDir()
	stub := filepath.Join(folder, "corsproof")
	script := "#!/bin/sh\n[ \"$2\" != --check ] || exit ${CHECK:-0}\nfor a; do printf '%s\\0' \"$a\"; case $a in --html=*) echo page >\"${a#--html=}\";; esac; done >" +
		filepath.Join(folder, "args") + "\nexit " + status + "\n"
	if err := os.WriteFile(stub, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	// How GitHub starts it:
	// https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax
	cmd := exec.CommandContext(t.Context(), "bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step.Run)
	cmd.Dir = folder
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "RUNNER_TEMP=" + folder, "GITHUB_OUTPUT=" + filepath.Join(folder, "outputs"), "GITHUB_STEP_SUMMARY=" + filepath.Join(folder, "summary"), "CORSPROOF=" + stub, "CHECK=" + inputs["CHECK"]}
	for name := range step.Env {
		if name != "CORSPROOF" {
			cmd.Env = append(cmd.Env, name+"="+inputs[name])
		}
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if _, err := os.Stat(filepath.Join(folder, "pwned")); err == nil {
		t.Error("an input was run")
	}
	outputs = map[string]string{}
	left, err := os.ReadFile(filepath.Join(folder, "outputs"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(left)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		outputs[name] = value
	}
	called, err := os.ReadFile(filepath.Join(folder, "args"))
	if err == nil {
		args = strings.Split(strings.TrimSuffix(string(called), "\x00"), "\x00")
	}
	return args, outputs
}

// fixedArgs is the number of arguments before the arguments from inputs.
const fixedArgs = 6

func TestActionPassesInputsAsTheyAre(t *testing.T) {
	for _, test := range []struct {
		inputs map[string]string
		want   []string
	}{
		{map[string]string{"POLICY": "cors.yaml"}, []string{"--", "cors.yaml"}},
		{
			map[string]string{"POLICY": "a policy.yaml", "TARGET": "https://api.example.com", "BASELINE": "known.yaml", "ARGS": "--rate=10/s\n\n--header\nX-A: b  c\n"},
			[]string{"--target=https://api.example.com", "--baseline=known.yaml", "--rate=10/s", "--header", "X-A: b  c", "--", "a policy.yaml"},
		},
		{
			map[string]string{"POLICY": `--help"; touch pwned; "`, "TARGET": "$(touch pwned)", "BASELINE": "`touch pwned` *", "ARGS": `$(touch pwned) "'` + "\n*"},
			[]string{"--target=$(touch pwned)", "--baseline=`touch pwned` *", `$(touch pwned) "'`, "*", "--", `--help"; touch pwned; "`},
		},
	} {
		args, outputs := verifyAction.run(t, test.inputs, "1")
		if len(args) < fixedArgs || !reflect.DeepEqual(args[fixedArgs:], test.want) {
			t.Errorf("called with %q, want %q after the first %d", args, test.want, fixedArgs)
		}
		if outputs["status"] != "1" {
			t.Errorf("the status is %q, want 1", outputs["status"])
		}
		if page, err := os.ReadFile(outputs["report"]); err != nil || string(page) != "page\n" {
			t.Errorf("the report is %q (%v)", page, err)
		}
		if sarif, there := outputs["sarif"]; there {
			t.Errorf("a report that is not there is %q", sarif)
		}
	}
}

// Without a policy the command would verify the example, and its result would
// look like the user's own.
func TestActionWantsAPolicy(t *testing.T) {
	args, outputs := verifyAction.run(t, nil, "0")
	if args != nil || outputs["status"] != "2" {
		t.Errorf("called with %q, the status is %q", args, outputs["status"])
	}
}

// The command of the adapter is one argument, whatever is in it, and its faults are no
// verdict.
func TestConformActionPassesInputsAsTheyAre(t *testing.T) {
	const hostile = `./adapter $(touch pwned) "; touch pwned; "`
	args, outputs := conformAction.run(t, map[string]string{"COMMAND": hostile, "BASELINE": "`touch pwned`", "ARGS": "--policy=any\n*\n"}, "1")
	if len(args) < 2 || args[0] != "conform" || args[1] != "--command="+hostile || outputs["status"] != "1" {
		t.Errorf("called with %q, outputs %q", args, outputs)
	}
	if want := []string{"--baseline=`touch pwned`", "--policy=any", "*"}; !slices.Equal(args[len(args)-3:], want) {
		t.Errorf("called with %q, want %q at the end", args, want)
	}
	for inputs, want := range map[string]string{"": "2", "./adapter": "3"} {
		args, outputs := conformAction.run(t, map[string]string{"COMMAND": inputs, "CHECK": "1"}, "0")
		if args != nil || outputs["status"] != want {
			t.Errorf("command %q: called with %q, the status is %q, want %s", inputs, args, outputs["status"], want)
		}
	}
}

// The verbs have every flag that the actions, their examples and their READMEs use.
func TestActionFlagsExist(t *testing.T) {
	flag := regexp.MustCompile(`(?:^|[\s"(` + "`" + `])--([a-z][a-z-]*)`)
	written := map[string]string{} // text by verb
	for _, a := range actions {
		for _, name := range a.files() {
			f, _ := a.read(t, name)
			for _, s := range f.steps() {
				switch {
				case strings.Contains(s.Run, "args=("+a.step):
					written[a.step] += s.Run + "\n"
				case strings.Contains(s.Run, " merge "):
					written["merge"] += s.Run + "\n"
				}
				written[a.step] += s.With["args"] + "\n"
			}
		}
		written[a.step] += a.readme(t)
	}
	for verb, least := range map[string]int{"verify": 10, "merge": 2, "conform": 8} {
		found := flag.FindAllStringSubmatch(written[verb], -1)
		if len(found) < least {
			t.Errorf("%d flags of %s are written, want %d or more", len(found), verb, least)
		}
		c, _, err := program(streams{}).Find([]string{verb})
		if err != nil || c.Name() != verb {
			t.Errorf("there is no verb %s: %v", verb, err)
			continue
		}
		for _, m := range found {
			if c.Flags().Lookup(m[1]) == nil {
				t.Errorf("%s has no flag --%s", verb, m[1])
			}
		}
	}
}
