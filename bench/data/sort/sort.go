// n structs with random keys are sorted by their keys.
package main

import (
	"fmt"
	"os"
	"sort"
	"strconv"
)

type record struct {
	key    int64
	id     int32
	weight float64
}

func main() {
	n, _ := strconv.Atoi(os.Args[1])
	var records []record
	state := int64(12345)
	for i := 0; i < n; i++ {
		state = (state*1103515245 + 12345) % 2147483648
		records = append(records, record{state, int32(i), float64(i)})
	}
	sort.Slice(records, func(i, j int) bool { return records[i].key < records[j].key })
	sum := int64(0)
	ordered := true
	for i, r := range records {
		sum = (sum*31 + r.key) % 1000000007
		if i > 0 && r.key < records[i-1].key {
			ordered = false
		}
	}
	fmt.Printf("%t, %d\n", ordered, sum)
}
