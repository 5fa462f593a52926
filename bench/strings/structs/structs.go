// A million structs with a short string each are copied, and every copy is changed.
package main

import (
	"fmt"
	"strconv"
)

type item struct {
	id   int
	name string
}

func main() {
	items := make([]item, 1000000)
	for i := range items {
		items[i] = item{i, "item " + strconv.Itoa(i)}
	}
	copies := append([]item(nil), items...)
	for i := range copies {
		copies[i].name += "!"
	}
	total := 0
	for i := range items {
		name := copies[i].name
		total += len(name)*2 - len(items[i].name) + int(name[len(name)-1])
	}
	fmt.Println(total)
}
