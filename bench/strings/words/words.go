// Reads a text, splits it into words, counts them, and prints the most frequent one.
package main

import (
	"fmt"
	"os"
)

func main() {
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		panic(err)
	}
	counts := map[string]int{}
	begin := 0
	for i := 0; i <= len(text); i++ {
		if i < len(text) && text[i] != ' ' && text[i] != '\n' {
			continue
		}
		if i > begin {
			counts[string(text[begin:i])]++
		}
		begin = i + 1
	}
	best, most := "", 0
	for word, count := range counts {
		if count > most || (count == most && word < best) {
			best, most = word, count
		}
	}
	fmt.Println(best, most, "of", len(counts))
}
