// A list of n numbers is built, reversed, summed and dropped.
package main

import (
	"fmt"
	"os"
	"strconv"
)

type node struct {
	value int
	next  *node
}

func main() {
	n, _ := strconv.Atoi(os.Args[1])
	var list *node
	for i := 0; i < n; i++ {
		list = &node{i, list}
	}
	var reversed *node
	for at := list; at != nil; at = at.next {
		reversed = &node{at.value, reversed}
	}
	list = nil
	sum := 0
	for at := reversed; at != nil; at = at.next {
		sum += at.value
	}
	fmt.Printf("%d, %d\n", reversed.value, sum)
}
