// IBM/sarama, used as its users do.
//
// check SERVER STRICT TASK…, write SERVER (TOPIC CODEC FILE)…, read SERVER TOPIC…, secured FILE
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"slices"
	"strings"
)

// Record is a line of the file to write and of what is read.
type Record struct {
	Topic     string       `json:"topic,omitempty"`
	Partition int32        `json:"partition"`
	Offset    int64        `json:"offset"`
	Timestamp int64        `json:"timestamp"`
	Key       *string      `json:"key"`
	Value     *string      `json:"value"`
	Headers   [][2]*string `json:"headers"`
}

func main() {
	action, server, rest := os.Args[1], os.Args[2], os.Args[3:]
	switch action {
	case "secured":
		makeAttempts(server)
	case "check":
		check(server, rest[0], rest[1:])
	case "write":
		for job := range slices.Chunk(rest, 3) {
			must(writeRecords(server, job[0], job[1], readLines(job[2])))
		}
	case "read":
		must(readRecords(server, rest))
	}
}

func check(server, strict string, names []string) {
	for _, task := range tasks {
		if !slices.Contains(names, task.name) {
			continue
		}
		if err := task.run(server, strict); err == nil {
			fmt.Println("passed", task.name)
		} else {
			fmt.Printf("failed %s: %s\n", task.name, strings.ReplaceAll(err.Error(), "\n", " "))
		}
	}
}

func readLines(path string) (records []Record) {
	file, err := os.Open(path)
	must(err)
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var record Record
		must(json.Unmarshal(lines.Bytes(), &record))
		records = append(records, record)
	}
	must(lines.Err())
	return records
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
