module github.com/corsproof/corsproof/servers/libraries/config

go 1.26.0

require github.com/corsproof/corsproof v0.0.0

replace github.com/corsproof/corsproof => ../../..
