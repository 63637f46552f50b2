// Package process is about the processes of browsers: what they started, how they end with
// this process, and the folders that they leave.
package process
