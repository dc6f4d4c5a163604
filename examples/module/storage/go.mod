module students/storage

go 1.22
