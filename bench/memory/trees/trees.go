// Binary trees.
package main

import (
	"fmt"
	"os"
	"strconv"
)

type tree struct {
	left, right *tree
}

func build(depth int) *tree {
	if depth == 0 {
		return &tree{}
	}
	return &tree{build(depth - 1), build(depth - 1)}
}

func (t *tree) check() int {
	if t.left == nil {
		return 1
	}
	return t.left.check() + t.right.check() + 1
}

func main() {
	minDepth := 4
	maxDepth, _ := strconv.Atoi(os.Args[1])
	fmt.Printf("%d, %d\n", maxDepth+1, build(maxDepth+1).check())
	longLived := build(maxDepth)
	for depth := minDepth; depth <= maxDepth; depth += 2 {
		count := 1 << (maxDepth - depth + minDepth)
		sum := 0
		for i := 0; i < count; i++ {
			sum += build(depth).check()
		}
		fmt.Printf("%d, %d, %d\n", count, depth, sum)
	}
	fmt.Printf("%d, %d\n", maxDepth, longLived.check())
}
