// As rbtree, but every fifth tree is kept.
package main

import (
	"fmt"
	"os"
	"strconv"
)

type color bool

const (
	red   color = true
	black color = false
)

type node struct {
	left, right *node
	key         int32
	color       color
	value       bool
}

func newNode(c color, left *node, key int32, value bool, right *node) *node {
	return &node{left, right, key, c, value}
}

func (t *node) isRed() bool { return t != nil && t.color == red }

func balanceLeft(l *node, key int32, value bool, r *node) *node {
	if l.left.isRed() {
		ll := l.left
		return newNode(red, newNode(black, ll.left, ll.key, ll.value, ll.right), l.key, l.value,
			newNode(black, l.right, key, value, r))
	}
	if l.right.isRed() {
		lr := l.right
		return newNode(red, newNode(black, l.left, l.key, l.value, lr.left), lr.key, lr.value,
			newNode(black, lr.right, key, value, r))
	}
	return newNode(black, newNode(red, l.left, l.key, l.value, l.right), key, value, r)
}

func balanceRight(l *node, key int32, value bool, r *node) *node {
	if r.left.isRed() {
		rl := r.left
		return newNode(red, newNode(black, l, key, value, rl.left), rl.key, rl.value,
			newNode(black, rl.right, r.key, r.value, r.right))
	}
	if r.right.isRed() {
		rr := r.right
		return newNode(red, newNode(black, l, key, value, r.left), r.key, r.value,
			newNode(black, rr.left, rr.key, rr.value, rr.right))
	}
	return newNode(black, l, key, value, newNode(red, r.left, r.key, r.value, r.right))
}

func insertInto(t *node, key int32, value bool) *node {
	switch {
	case t == nil:
		return newNode(red, nil, key, value, nil)
	case key < t.key:
		left := insertInto(t.left, key, value)
		if t.color == black && t.left.isRed() {
			return balanceLeft(left, t.key, t.value, t.right)
		}
		return newNode(t.color, left, t.key, t.value, t.right)
	case key > t.key:
		right := insertInto(t.right, key, value)
		if t.color == black && t.right.isRed() {
			return balanceRight(t.left, t.key, t.value, right)
		}
		return newNode(t.color, t.left, t.key, t.value, right)
	}
	return newNode(t.color, t.left, key, value, t.right)
}

func insert(t *node, key int32, value bool) *node {
	r := insertInto(t, key, value)
	if r.color == black {
		return r
	}
	return newNode(black, r.left, r.key, r.value, r.right)
}

func countTrue(t *node, count int) int {
	if t == nil {
		return count
	}
	count = countTrue(t.left, count)
	if t.value {
		count++
	}
	return countTrue(t.right, count)
}

func main() {
	n, _ := strconv.Atoi(os.Args[1])
	var tree *node
	var kept []*node
	for key := n; key > 0; key-- {
		tree = insert(tree, int32(key), key%10 == 0)
		if key%5 == 0 {
			kept = append(kept, tree)
		}
	}
	fmt.Printf("%d, %d\n", len(kept), countTrue(kept[len(kept)-1], 0))
}
