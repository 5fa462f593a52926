// All ways to put n queens on a board, as lists that share their ends.
package main

import (
	"fmt"
	"os"
	"strconv"
)

type queens struct {
	column int32
	before *queens
}

type solutions struct {
	first *queens
	rest  *solutions
}

func isSafe(column int32, at *queens) bool {
	for distance := int32(1); at != nil; distance++ {
		if at.column == column || at.column == column+distance || at.column == column-distance {
			return false
		}
		at = at.before
	}
	return true
}

func solve(size, row int32) *solutions {
	if row == 0 {
		return &solutions{}
	}
	var all *solutions
	for at := solve(size, row-1); at != nil; at = at.rest {
		for column := size; column > 0; column-- {
			if isSafe(column, at.first) {
				all = &solutions{&queens{column, at.first}, all}
			}
		}
	}
	return all
}

func main() {
	size, _ := strconv.Atoi(os.Args[1])
	count := 0
	for at := solve(int32(size), int32(size)); at != nil; at = at.rest {
		count++
	}
	fmt.Println(count)
}
