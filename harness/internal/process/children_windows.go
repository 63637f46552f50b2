package process

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

// running lists all processes.
// https://learn.microsoft.com/en-us/windows/win32/toolhelp/taking-a-snapshot-and-viewing-processes
func running() []Process {
	snapshot, err := windows.CreateToolhelp32Snapshot(windows.TH32CS_SNAPPROCESS, 0)
	if err != nil {
		return nil
	}
	defer windows.CloseHandle(snapshot)
	var all []Process
	entry := windows.ProcessEntry32{}
	entry.Size = uint32(unsafe.Sizeof(entry))
	for err = windows.Process32First(snapshot, &entry); err == nil; err = windows.Process32Next(snapshot, &entry) {
		if p, ok := look(int(entry.ProcessID)); ok {
			p.parent = int(entry.ParentProcessID)
			all = append(all, p)
		}
	}
	return all
}

// look asks the system about one process. It does not say which process is the parent.
func look(number int) (Process, bool) {
	handle, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, uint32(number))
	if err != nil {
		return Process{}, false
	}
	defer windows.CloseHandle(handle)
	var created, ended, kernel, user windows.Filetime
	if err := windows.GetProcessTimes(handle, &created, &ended, &kernel, &user); err != nil {
		return Process{}, false
	}
	return Process{number: number, started: created.Nanoseconds()}, true
}

// end ends a process.
func end(number int) {
	handle, err := windows.OpenProcess(windows.PROCESS_TERMINATE, false, uint32(number))
	if err != nil {
		return // it may just have ended
	}
	defer windows.CloseHandle(handle)
	_ = windows.TerminateProcess(handle, 1)
}
