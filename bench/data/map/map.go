// A map of n strings: filled, looked up, changed, and every third key taken out.
package main

import (
	"fmt"
	"os"
	"strconv"
)

func key(i int) string { return "key " + strconv.Itoa(i) }

func main() {
	n, _ := strconv.Atoi(os.Args[1])
	counts := map[string]int{}
	for i := 0; i < n; i++ {
		counts[key(i*7919%n)] = i
	}
	found, sum, rest := 0, 0, 0
	for i := 0; i < n; i++ {
		k := key(i * 2)
		if value, ok := counts[k]; ok {
			found++
			sum += value
			counts[k] = 0
		}
	}
	for i := 0; i < n; i += 3 {
		delete(counts, key(i))
	}
	for _, value := range counts {
		rest += value
	}
	fmt.Printf("%d, %d, %d, %d\n", found, sum, len(counts), rest)
}
