package chrome

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"

	"github.com/corsproof/corsproof/harness/internal/sqlite"
)

// trustedByUser is what Chrome keeps with a certificate that its user trusts, as an
// authority or as that of a server: the message CertificateMetadata with the trust type
// TRUSTED.
var trustedByUser = []byte{0x0a, 0x02, 0x08, 0x03}

// trustDatabase is the database of the certificates that a user of Chrome has imported,
// nil where there are none. Names, dates and constraints are still checked, unlike with
// the flag --ignore-certificate-errors-spki-list, which forgives every error of each
// chain that has the key in it (measured with Chrome 156).
//
// The database has no keys: they would need indexes, and Chrome reads it all.
func trustDatabase(ca [][]byte) ([]byte, error) {
	if len(ca) == 0 {
		return nil, nil
	}
	certificates := sqlite.Table{Name: "certificates", Columns: "sha256hash_hex TEXT, der_cert BLOB NOT NULL, trust_settings BLOB NOT NULL"}
	for _, der := range ca {
		certificates.Rows = append(certificates.Rows, []any{fmt.Sprintf("%X", sha256.Sum256(der)), der, trustedByUser})
	}
	version := sqlite.Table{Name: "meta", Columns: "key LONGVARCHAR, value LONGVARCHAR", Rows: [][]any{{"version", "1"}, {"last_compatible_version", "1"}}}
	return sqlite.Database(version, certificates)
}

// trust puts the database into a profile, unless it is empty.
func trust(profile string, database []byte) error {
	if database == nil {
		return nil
	}
	return os.WriteFile(filepath.Join(profile, "ServerCertificate"), database, 0o600)
}
