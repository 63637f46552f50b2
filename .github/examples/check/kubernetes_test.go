// Package check tests the examples with the parsers and types of their systems.
package check

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	documents "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

// manifest are the objects of the Kubernetes example.
type manifest struct {
	claims map[string]core.PersistentVolumeClaim
	jobs   map[string]batch.Job
}

// readManifest reads a manifest. An unknown field is a fault, as in [decode].
func readManifest(text []byte) (manifest, error) {
	m := manifest{map[string]core.PersistentVolumeClaim{}, map[string]batch.Job{}}
	reader := documents.NewYAMLReader(bufio.NewReader(bytes.NewReader(text)))
	for {
		document, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return m, nil
		}
		if err != nil {
			return m, err
		}
		var kind meta.TypeMeta
		if err := yaml.Unmarshal(document, &kind); err != nil {
			return m, err
		}
		switch kind.APIVersion + " " + kind.Kind {
		case "v1 PersistentVolumeClaim":
			var c core.PersistentVolumeClaim
			err = decode(document, &c)
			m.claims[c.Name] = c
		case "batch/v1 Job":
			var j batch.Job
			err = decode(document, &j)
			m.jobs[j.Name] = j
		default:
			err = fmt.Errorf("no object has the kind %s %s", kind.APIVersion, kind.Kind)
		}
		if err != nil {
			return m, err
		}
	}
}

// faults are the places of the manifest that do not agree.
func (m manifest) faults() (faults []string) {
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	verify, report := m.jobs["cors-verify"].Spec, m.jobs["cors-report"].Spec
	switch {
	case verify.CompletionMode == nil || *verify.CompletionMode != batch.IndexedCompletion:
		fault("cors-verify: the pods have no index")
	case verify.Completions == nil || verify.Parallelism == nil || *verify.Parallelism > *verify.Completions:
		fault("cors-verify: completions %v, parallelism %v", verify.Completions, verify.Parallelism)
	case !strings.Contains(scriptOf(verify), fmt.Sprintf("--shard auto/%d ", *verify.Completions)):
		fault("cors-verify: %d completions, but %s", *verify.Completions, scriptOf(verify))
	}
	if !strings.Contains(scriptOf(verify), `--json-file "/reports/shard-$JOB_COMPLETION_INDEX.json"`) || !strings.Contains(scriptOf(report), "merge /reports/shard-*.json ") {
		fault("cors-report does not read the files that cors-verify writes")
	}
	faults = append(faults, sidecarFaults(verify)...)
	if report.CompletionMode != nil || report.BackoffLimit == nil || *report.BackoffLimit != 0 {
		fault("cors-report runs more than once")
	}
	for name, job := range m.jobs {
		pod := job.Spec.Template.Spec
		if pod.RestartPolicy != core.RestartPolicyNever && pod.RestartPolicy != core.RestartPolicyOnFailure {
			fault("%s: the pods of a job cannot have the restart policy %q", name, pod.RestartPolicy)
		}
		var mounts []core.VolumeMount
		for _, c := range slices.Concat(pod.InitContainers, pod.Containers) {
			mounts = append(mounts, c.VolumeMounts...)
		}
		if pod.SecurityContext == nil || pod.SecurityContext.FSGroup == nil {
			fault("%s: a user who is no root cannot write to the volume", name)
		}
		for _, mount := range mounts {
			if !slices.ContainsFunc(pod.Volumes, func(v core.Volume) bool { return v.Name == mount.Name }) {
				fault("%s: there is no volume %s", name, mount.Name)
			}
		}
		for _, v := range pod.Volumes {
			if v.PersistentVolumeClaim == nil {
				continue
			}
			claim, ok := m.claims[v.PersistentVolumeClaim.ClaimName]
			if !ok || !slices.Contains(claim.Spec.AccessModes, core.ReadWriteMany) {
				fault("%s: the claim %s is not there, or only one node can use it", name, v.PersistentVolumeClaim.ClaimName)
			}
		}
	}
	return faults
}

// sidecarFaults are the faults of the Chrome beside corsproof: a container that ends with the
// job, which corsproof asks at the port that is waited for.
func sidecarFaults(job batch.JobSpec) (faults []string) {
	list := job.Template.Spec.InitContainers
	if len(list) != 1 || list[0].RestartPolicy == nil || *list[0].RestartPolicy != core.ContainerRestartPolicyAlways {
		return []string{"cors-verify: no sidecar: a container that does not end would keep the job from its end"}
	}
	probe := list[0].StartupProbe
	if probe == nil || probe.Exec == nil || !strings.Contains(strings.Join(probe.Exec.Command, " "), "/127.0.0.1/9222") {
		faults = append(faults, "cors-verify: corsproof starts before Chrome answers")
	}
	if !strings.Contains(scriptOf(job), "--browser http://127.0.0.1:9222 ") {
		faults = append(faults, "cors-verify: corsproof does not ask the sidecar")
	}
	return faults
}

// scriptOf is what the container of the job runs.
func scriptOf(job batch.JobSpec) string {
	if len(job.Template.Spec.Containers) != 1 {
		return ""
	}
	return strings.Join(job.Template.Spec.Containers[0].Args, " ")
}

func TestKubernetes(t *testing.T) {
	text, err := os.ReadFile("../kubernetes.yaml")
	if err != nil {
		t.Fatal(err)
	}
	m, err := readManifest(text)
	if err != nil || len(m.jobs) != 2 || len(m.claims) != 1 {
		t.Fatalf("%d jobs, %d claims, %v", len(m.jobs), len(m.claims), err)
	}
	if faults := m.faults(); faults != nil {
		t.Error(strings.Join(faults, "\n"))
	}
	// The check finds the mistakes that it is for.
	for _, change := range [][2]string{
		{"completions: 5", "completions: 6"},
		{"auto/5", "auto"},
		{"completionMode: Indexed", "completionMode: NonIndexed"},
		{"completionMode:", "completionmode:"},
		{"backoffLimit: 0", "backoffLimit: 1"},
		{"restartPolicy: Never", "restartPolicy: Always"},
		{"claimName: cors-reports", "claimName: cors-report"},
		{"ReadWriteMany", "ReadWriteOnce"},
		{"name: reports, mountPath", "name: report, mountPath"},
		{"shard-*.json", "part-*.json"},
		{"kind: Job", "kind: Jobs"},
		{"restartPolicy: Always", "restartPolicy: Never"},
		{"restartPolicy: Always # a sidecar: it starts first, and ends with the job", ""},
		{"tcp/127.0.0.1/9222", "tcp/127.0.0.1/9333"},
		{"startupProbe", "livenessProbe"},
		{"--browser http://127.0.0.1:9222", "--browser http://127.0.0.1:9333"},
		{"securityContext: { fsGroup: 10001 }", ""},
		{"- name: shm", "- name: sham"},
	} {
		changed := bytes.Replace(text, []byte(change[0]), []byte(change[1]), 1)
		m, err := readManifest(changed)
		if bytes.Equal(changed, text) || err == nil && m.faults() == nil {
			t.Errorf("%s in place of %s is accepted", change[1], change[0])
		}
	}
}
