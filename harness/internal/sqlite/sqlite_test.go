package sqlite

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func database(t *testing.T, rows int, size int) []byte {
	t.Helper()
	certificates := Table{Name: "certificates", Columns: "name TEXT, der BLOB"}
	for i := range rows {
		certificates.Rows = append(certificates.Rows, []any{fmt.Sprint("name", i), bytes.Repeat([]byte{byte(i)}, size)})
	}
	data, err := Database(Table{Name: "meta", Columns: "key TEXT, value TEXT", Rows: [][]any{{"version", "1"}}}, certificates)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestPages(t *testing.T) {
	for _, test := range []struct{ rows, size, pages int }{
		{0, 0, 3}, {1, 10, 3}, {1, 60_000, 3}, {40, 1500, 3}, {60, 1500, 5}, {150, 2000, 8},
	} {
		data := database(t, test.rows, test.size)
		if len(data) != test.pages*pageSize || binary.BigEndian.Uint32(data[28:]) != uint32(test.pages) {
			t.Errorf("%d rows of %d bytes: %d pages, want %d", test.rows, test.size, len(data)/pageSize, test.pages)
		}
	}
	if _, err := Database(Table{Name: "a", Columns: "b", Rows: [][]any{{make([]byte, pageSize)}}}); err == nil {
		t.Error("a row that is longer than a page has no error")
	}
}

func TestNumbers(t *testing.T) {
	for n, want := range map[int]string{0: "00", 127: "7f", 128: "8100", 300: "822c", 16384: "818000"} {
		if got := fmt.Sprintf("%x", varint(n)); got != want {
			t.Errorf("%d is %s, want %s", n, got, want)
		}
	}
}

// SQLite itself reads what was written, where it is installed.
func TestSQLiteReadsIt(t *testing.T) {
	program, err := exec.LookPath("sqlite3")
	if err != nil {
		t.Skip("no sqlite3 here; a spec asks Chrome, which has its own")
	}
	for _, rows := range []int{0, 1, 40, 41, 200} {
		path := filepath.Join(t.TempDir(), "database")
		if err := os.WriteFile(path, database(t, rows, 1500), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(program, path, "PRAGMA integrity_check; SELECT count(*), count(DISTINCT name), coalesce(sum(length(der)), 0) FROM certificates; "+
			"SELECT value FROM meta; INSERT INTO meta VALUES('a', 'b'); PRAGMA integrity_check;").CombinedOutput()
		if want := fmt.Sprintf("ok\n%d|%d|%d\n1\nok", rows, rows, rows*1500); err != nil || strings.TrimSpace(string(out)) != want {
			t.Errorf("%d rows: %v\n%s\nwant\n%s", rows, err, out, want)
		}
	}
}
