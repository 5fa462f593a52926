// Cycles are made and abandoned steadily, while a ring of a million objects lives.
package main

import (
	"fmt"
	"os"
	"sort"
	"strconv"
	"time"
)

type node struct {
	id             int64
	next, previous *node
}

func ring(size int64) *node {
	first := &node{}
	at := first
	for id := int64(1); id < size; id++ {
		at.next = &node{id: id, previous: at}
		at = at.next
	}
	at.next = first
	first.previous = at
	return first
}

func sum(at *node, size int64) int64 {
	total := int64(0)
	for i := int64(0); i < size; i++ {
		total += at.id
		at = at.next
	}
	return total
}

func number(index int) int64 {
	n, _ := strconv.ParseInt(os.Args[index], 10, 64)
	return n
}

func main() {
	turns, live, size := number(1), number(2), number(3)
	kept := ring(live)
	times := make([]time.Duration, 0, turns)
	total := int64(0)
	for turn := int64(0); turn < turns; turn++ {
		start := time.Now()
		total += sum(ring(size), size)
		times = append(times, time.Since(start))
	}
	fmt.Printf("%d, %d\n", total, sum(kept, live))
	sort.Slice(times, func(i, j int) bool { return times[i] < times[j] })
	n := len(times)
	fmt.Fprintln(os.Stderr, int64(times[n/2]), int64(times[n-1-n/100]), int64(times[n-1]))
}
