// Package storage applies the migrations of the students' database in their order.
package storage

import (
	"embed"
	"sort"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations lists the files in the order in which they are applied.
func Migrations() ([]string, error) {
	entries, err := files.ReadDir("migrations")
	if err != nil {
		return nil, err
	}
	names := make([]string, 0, len(entries))
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	sort.Strings(names)
	return names, nil
}
