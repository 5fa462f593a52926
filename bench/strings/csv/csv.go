// Joins fields to 10 MB of CSV, ten times, and takes each apart again.
package main

import (
	"fmt"
	"strconv"
	"strings"
)

func main() {
	total := 0
	for round := 0; round < 10; round++ {
		var b strings.Builder
		for i := 0; b.Len() < 10000000; i++ {
			fields := make([]string, 8)
			for f := range fields {
				fields[f] = strconv.Itoa((i*7919 + f*104729 + round) % 100000)
			}
			b.WriteString(strings.Join(fields, ","))
			b.WriteByte('\n')
		}
		csv := b.String()
		for len(csv) > 0 {
			end := strings.IndexByte(csv, '\n')
			for _, field := range strings.Split(csv[:end], ",") {
				total += len(field) + int(field[0])
			}
			csv = csv[end+1:]
		}
	}
	fmt.Println(total)
}
