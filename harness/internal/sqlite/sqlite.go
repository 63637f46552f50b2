// Package sqlite writes small SQLite databases: tables of texts and blobs, without
// indexes. Chrome keeps settings in such databases, and has no other way in for some.
//
// https://www.sqlite.org/fileformat2.html
package sqlite

import (
	"encoding/binary"
	"fmt"
)

// pageSize is the largest size that a page can have. No value that is written here is
// so long that it needs a second page.
const pageSize = 1 << 16

// maxPayload is what a row may have at most without a second page.
const maxPayload = pageSize - 35

// Table is a table with its rows. A value is a string or a []byte.
type Table struct {
	Name string
	// Columns is what stands in the parentheses of CREATE TABLE. It must not ask for an
	// index, as PRIMARY KEY and UNIQUE do.
	Columns string
	Rows    [][]any
}

// Database returns the bytes of a database with these tables.
func Database(tables ...Table) ([]byte, error) {
	f := file{pages: [][]byte{nil}} // the first page lists the tables
	var schema [][]byte
	for i, t := range tables {
		root, err := f.table(t)
		if err != nil {
			return nil, err
		}
		row := record("table", t.Name, t.Name, root, "CREATE TABLE "+t.Name+"("+t.Columns+")")
		schema = append(schema, cell(row, i+1))
	}
	f.pages[0] = page(leafPage, schema, headerSize, nil)
	copy(f.pages[0], f.header())
	var all []byte
	for _, p := range f.pages {
		all = append(all, p...)
	}
	return all, nil
}

// file is a database that is being written.
type file struct{ pages [][]byte }

// add adds a page and returns its number, which counts from 1.
func (f *file) add(p []byte) int {
	f.pages = append(f.pages, p)
	return len(f.pages)
}

// table writes the rows of a table and returns the number of its first page: a leaf, or a
// page that lists leaves.
func (f *file) table(t Table) (root int, err error) {
	var leaf, leaves [][]byte
	last, size := 0, 0
	flush := func(row int) {
		last = f.add(page(leafPage, leaf, 0, nil))
		leaves = append(leaves, append(binary.BigEndian.AppendUint32(nil, uint32(last)), varint(row)...))
		leaf, size = nil, 0
	}
	for i, values := range t.Rows {
		row := record(values...)
		if len(row) > maxPayload {
			return 0, fmt.Errorf("table %s, row %d: %d bytes are more than a page holds", t.Name, i+1, len(row))
		}
		c := cell(row, i+1)
		if size+len(c)+pointerSize > pageSize-leafHeader {
			flush(i)
		}
		leaf, size = append(leaf, c), size+len(c)+pointerSize
	}
	flush(len(t.Rows))
	if len(leaves) == 1 {
		return last, nil
	}
	right := binary.BigEndian.AppendUint32(nil, uint32(last))
	return f.add(page(listPage, leaves[:len(leaves)-1], 0, right)), nil
}

// The kinds of page of a table, and the sizes of what stands before the cells.
const (
	leafPage    = 13
	listPage    = 5
	headerSize  = 100
	leafHeader  = 8
	pointerSize = 2
)

// page writes a page with cells, which stand at its end, in order. The first page has
// room for the header of the file before it; a page that lists leaves names the last one
// in its head.
func page(kind byte, cells [][]byte, before int, right []byte) []byte {
	p := make([]byte, pageSize)
	begin := pageSize
	at := before + leafHeader + len(right)
	for _, c := range cells {
		begin -= len(c)
		copy(p[begin:], c)
		binary.BigEndian.PutUint16(p[at:], uint16(begin))
		at += pointerSize
	}
	p[before] = kind
	binary.BigEndian.PutUint16(p[before+3:], uint16(len(cells)))
	binary.BigEndian.PutUint16(p[before+5:], uint16(begin)) // 0 means 65536
	copy(p[before+leafHeader:], right)
	return p
}

// header is the header of the file.
func (f *file) header() []byte {
	h := make([]byte, headerSize)
	copy(h, "SQLite format 3\x00")
	binary.BigEndian.PutUint16(h[16:], 1) // the size of a page: 1 means 65536
	h[18], h[19] = 1, 1                   // a rollback journal
	h[21], h[22], h[23] = 64, 32, 32      // always these
	for at, value := range map[int]uint32{
		24: 1,                    // changes
		28: uint32(len(f.pages)), // pages
		40: 1,                    // the schema's version
		44: 4,                    // the schema's format
		56: 1,                    // texts are UTF-8
		92: 1,                    // the change that the number of pages is of
	} {
		binary.BigEndian.PutUint32(h[at:], value)
	}
	return h
}

// cell is a row in a leaf.
func cell(row []byte, number int) []byte {
	return append(append(varint(len(row)), varint(number)...), row...)
}

// record is a row: the types of its values, and then the values.
func record(values ...any) []byte {
	var types, body []byte
	for _, v := range values {
		switch v := v.(type) {
		case string:
			types, body = append(types, varint(13+2*len(v))...), append(body, v...)
		case []byte:
			types, body = append(types, varint(12+2*len(v))...), append(body, v...)
		case int:
			types, body = append(types, 4), binary.BigEndian.AppendUint32(body, uint32(v))
		}
	}
	size := len(types) + 1
	if size > 127 {
		size++ // its own length takes a byte more
	}
	return append(append(varint(size), types...), body...)
}

// varint writes a number as SQLite does: seven bits in each byte, the highest first.
func varint(n int) []byte {
	bytes := []byte{byte(n & 0x7f)}
	for n >>= 7; n > 0; n >>= 7 {
		bytes = append([]byte{byte(n&0x7f | 0x80)}, bytes...)
	}
	return bytes
}
