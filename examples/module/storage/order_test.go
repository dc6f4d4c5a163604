package storage

import "testing"

func TestMigrationsAreInOrder(t *testing.T) {
	names, err := Migrations()
	if err != nil || len(names) == 0 || names[0] != "001_students.sql" {
		t.Fatalf("got %v, %v", names, err)
	}
}
