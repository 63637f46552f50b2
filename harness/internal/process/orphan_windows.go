package process

import (
	"io"
	"os"
	"os/exec"
	"unsafe"

	"golang.org/x/sys/windows"
)

// NoOrphan does nothing here: Tie does it, when the browser runs.
func NoOrphan(*exec.Cmd) {}

// Tie makes the system end the browser when this process ends, however it ends: a job ends its
// processes when its last handle is closed. It is nil where the system refuses.
// https://learn.microsoft.com/en-us/windows/win32/procthread/job-objects
func Tie(p *os.Process) io.Closer {
	handle, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return nil
	}
	if j := job(handle); j.take(p.Pid) == nil {
		return j
	}
	_ = windows.CloseHandle(handle)
	return nil
}

// job is a job object.
type job windows.Handle

// take puts a process, and what it starts from now on, into the job.
func (j job) take(number int) error {
	limits := windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION{
		BasicLimitInformation: windows.JOBOBJECT_BASIC_LIMIT_INFORMATION{LimitFlags: windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE},
	}
	if _, err := windows.SetInformationJobObject(windows.Handle(j), windows.JobObjectExtendedLimitInformation, uintptr(unsafe.Pointer(&limits)), uint32(unsafe.Sizeof(limits))); err != nil {
		return err
	}
	process, err := windows.OpenProcess(windows.PROCESS_SET_QUOTA|windows.PROCESS_TERMINATE, false, uint32(number))
	if err != nil {
		return err
	}
	defer windows.CloseHandle(process)
	return windows.AssignProcessToJobObject(windows.Handle(j), process)
}

// Close ends the processes of the job.
func (j job) Close() error { return windows.CloseHandle(windows.Handle(j)) }
