//go:build linux

package process

import (
	"os"
	"os/exec"
	"testing"
)

func TestDescendantsAreKilled(t *testing.T) {
	shell := exec.Command("sh", "-c", "sleep 600 & echo started; wait")
	out, err := shell.StdoutPipe()
	if err != nil || shell.Start() != nil {
		t.Fatal("no shell")
	}
	if _, err := out.Read(make([]byte, 16)); err != nil {
		t.Fatal(err)
	}
	own, of := Descendants(os.Getpid()), Descendants(shell.Process.Pid)
	if len(of) != 1 || len(own) < 2 {
		t.Fatalf("the shell has started %v, this process %v", of, own)
	}
	later := of[0]
	later.started++
	Kill([]Process{later}) // another process of that number
	if p, runs := look(of[0].number); !runs || p != of[0] {
		t.Fatalf("%v, runs %t", p, runs)
	}
	Kill(of)
	if err := shell.Wait(); err != nil { // its child has ended
		t.Error(err)
	}
}
