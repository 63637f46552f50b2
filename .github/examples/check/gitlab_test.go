package check

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// pipeline is a GitLab file: keywords of the whole, and jobs. No Go module has GitLab's
// schema, so these types have the keywords that the example uses, and no other is valid.
// https://docs.gitlab.com/ci/yaml/
type pipeline map[string]gitlabJob

type gitlabJob struct {
	Extends      string    `json:"extends"`
	Image        string    `json:"image"`
	Stage        string    `json:"stage"`
	Parallel     int       `json:"parallel"`
	Timeout      string    `json:"timeout"`
	Needs        []string  `json:"needs"`
	When         string    `json:"when"`
	BeforeScript []string  `json:"before_script"`
	Script       []string  `json:"script"`
	Artifacts    artifacts `json:"artifacts"`
}

type artifacts struct {
	When     string   `json:"when"`
	Paths    []string `json:"paths"`
	ExpireIn string   `json:"expire_in"`
	Reports  struct {
		JUnit string `json:"junit"`
	} `json:"reports"`
}

// readPipeline reads a GitLab file.
func readPipeline(text []byte) (stages []string, jobs pipeline, err error) {
	var all map[string]any
	if err := decode(text, &all); err != nil {
		return nil, nil, err
	}
	for _, stage := range all["stages"].([]any) {
		stages = append(stages, fmt.Sprint(stage))
	}
	jobs = pipeline{}
	for name := range all {
		if name == "stages" {
			continue
		}
		part, err := encode(all[name])
		if err != nil {
			return nil, nil, err
		}
		var job gitlabJob
		if err := decode(part, &job); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", name, err)
		}
		jobs[name] = job
	}
	return stages, jobs, nil
}

// faults are the places of the pipeline that do not agree.
func (p pipeline) faults(stages []string) (faults []string) {
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	for _, name := range slices.Sorted(maps.Keys(p)) {
		job := p[name]
		if _, ok := p[job.Extends]; job.Extends != "" && !ok {
			fault("%s extends %s, which is not there", name, job.Extends)
		}
		if strings.HasPrefix(name, ".") {
			continue
		}
		if len(job.Script) == 0 || !slices.Contains(stages, job.Stage) {
			fault("%s has no script, or the stage %q", name, job.Stage)
		}
		for _, other := range job.Needs {
			if slices.Index(stages, p[other].Stage) >= slices.Index(stages, job.Stage) || p[other].Stage == "" {
				fault("%s needs %s, which does not run before", name, other)
			}
		}
	}
	verify, report := p["cors"], p["cors-report"]
	if verify.Parallel < 2 || !strings.Contains(strings.Join(verify.Script, "\n"), ` --shard auto `) {
		fault("cors is not split: parallel %d, %q", verify.Parallel, verify.Script)
	}
	if !strings.Contains(strings.Join(verify.Script, "\n"), `--json-file "shard-$CI_NODE_INDEX.json"`) || !slices.Equal(verify.Artifacts.Paths, []string{"shard-*.json"}) ||
		!strings.Contains(strings.Join(report.Script, "\n"), "merge shard-*.json ") {
		fault("cors-report does not read the files that cors writes")
	}
	if verify.Artifacts.When != "always" || report.When != "always" || report.Artifacts.When != "always" || !slices.Equal(report.Needs, []string{"cors"}) {
		fault("there is no report where something is broken")
	}
	if report.Artifacts.Reports.JUnit == "" || !strings.Contains(report.Script[0], "--junit "+report.Artifacts.Reports.JUnit) {
		fault("cors-report does not write the JUnit report that it keeps")
	}
	return faults
}

func TestGitLab(t *testing.T) {
	text, err := os.ReadFile("../gitlab-ci.yml")
	if err != nil {
		t.Fatal(err)
	}
	stages, jobs, err := readPipeline(text)
	if err != nil {
		t.Fatal(err)
	}
	if faults := jobs.faults(stages); faults != nil {
		t.Error(strings.Join(faults, "\n"))
	}
	// The check finds the mistakes that it is for.
	for _, change := range [][2]string{
		{"parallel: 5", "parallel: 1"},
		{"parallel:", "paralel:"},
		{"--shard auto", "--shard 2/5"},
		{"$CI_NODE_INDEX", "$CI_JOB_ID"},
		{"when: always # above all", "when: on_success #"},
		{"needs: [cors]", "needs: [verify]"},
		{"stage: report", "stage: reports"},
		{"extends: .corsproof", "extends: .cors"},
		{"paths: [shard-*.json]", "paths: [report.json]"},
		{"junit: junit.xml", "junit: report.xml"},
	} {
		changed := bytes.Replace(text, []byte(change[0]), []byte(change[1]), 1)
		stages, jobs, err := readPipeline(changed)
		if bytes.Equal(changed, text) || err == nil && jobs.faults(stages) == nil {
			t.Errorf("%s in place of %s is accepted", change[1], change[0])
		}
	}
}
