// Constant folding: a full binary tree of sums is built, brought into one order, folded and evaluated.
package main

import (
	"fmt"
	"os"
	"strconv"
)

type kind int8

const (
	val kind = iota
	variable
	add
	mul
)

type expr struct {
	kind  kind
	value int64
	a, b  *expr
}

func num(n int64) *expr { return &expr{kind: val, value: n} }

func build(depth, value int64) *expr {
	if depth == 0 {
		if value == 0 {
			return &expr{kind: variable, value: 1}
		}
		return num(value)
	}
	less := value - 1
	if value == 0 {
		less = 0
	}
	return &expr{kind: add, a: build(depth-1, value+1), b: build(depth-1, less)}
}

func appendTo(k kind, chain, last *expr) *expr {
	if chain.kind == k {
		return &expr{kind: k, a: chain.a, b: appendTo(k, chain.b, last)}
	}
	return &expr{kind: k, a: chain, b: last}
}

func reassociate(e *expr) *expr {
	if e.kind == add || e.kind == mul {
		return appendTo(e.kind, reassociate(e.a), reassociate(e.b))
	}
	return e
}

func apply(k kind, a, b int64) int64 {
	if k == add {
		return a + b
	}
	return a * b
}

func fold(e *expr) *expr {
	if e.kind != add && e.kind != mul {
		return e
	}
	a, b := fold(e.a), fold(e.b)
	if a.kind == val {
		if b.kind == val {
			return num(apply(e.kind, a.value, b.value))
		}
		if b.kind == e.kind {
			if b.a.kind == val {
				return &expr{kind: e.kind, a: num(apply(e.kind, a.value, b.a.value)), b: b.b}
			}
			if b.b.kind == val {
				return &expr{kind: e.kind, a: num(apply(e.kind, a.value, b.b.value)), b: b.a}
			}
		}
	}
	return &expr{kind: e.kind, a: a, b: b}
}

func evaluate(e *expr, x int64) int64 {
	switch e.kind {
	case val:
		return e.value
	case variable:
		return x
	case add:
		return evaluate(e.a, x) + evaluate(e.b, x)
	}
	return evaluate(e.a, x) * evaluate(e.b, x)
}

func main() {
	depth, _ := strconv.Atoi(os.Args[1])
	e := build(int64(depth), 1)
	before := evaluate(e, 7)
	fmt.Printf("%d, %d\n", before, evaluate(fold(reassociate(e)), 7))
}
