// Ten times a million appends of two bytes. A Go string is immutable; strings.Builder is what Go uses instead.
package main

import (
	"fmt"
	"strings"
)

func main() {
	total := 0
	for round := 0; round < 10; round++ {
		var b strings.Builder
		for i := 0; i < 1000000; i++ {
			b.WriteString("ab")
		}
		s := b.String()
		total += len(s) + int(s[len(s)/2])
	}
	fmt.Println(total)
}
