// Command corsproof asks a real Chrome whether a page may read a response.
//
// The program is in the package command; go install needs this file.
package main

import "github.com/corsproof/corsproof/command"

func main() { command.Main() }
