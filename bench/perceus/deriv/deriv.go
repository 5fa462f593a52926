// The symbolic derivative of x^x, taken again and again.
package main

import (
	"fmt"
	"os"
	"strconv"
)

type expr interface{}

type val struct{ n int64 }
type variable struct{ name string }
type add struct{ a, b expr }
type mul struct{ a, b expr }
type pow struct{ a, b expr }
type ln struct{ a expr }

func isVal(e expr, n int64) bool {
	v, ok := e.(*val)
	return ok && v.n == n
}

func power(base, exponent int64) int64 {
	result := int64(1)
	for i := int64(0); i < exponent; i++ {
		result *= base
	}
	return result
}

func plus(a, b expr) expr {
	switch x := a.(type) {
	case *val:
		if x.n == 0 {
			return b
		}
		switch y := b.(type) {
		case *val:
			return &val{x.n + y.n}
		case *add:
			if v, ok := y.a.(*val); ok {
				return plus(&val{x.n + v.n}, y.b)
			}
		}
		return &add{a, b}
	case *add:
		return plus(x.a, plus(x.b, b))
	}
	switch y := b.(type) {
	case *val:
		return plus(b, a)
	case *add:
		if v, ok := y.a.(*val); ok {
			return plus(v, plus(a, y.b))
		}
	}
	return &add{a, b}
}

func times(a, b expr) expr {
	if isVal(a, 0) || isVal(b, 0) {
		return &val{0}
	}
	if isVal(a, 1) {
		return b
	}
	if isVal(b, 1) {
		return a
	}
	switch x := a.(type) {
	case *val:
		switch y := b.(type) {
		case *val:
			return &val{x.n * y.n}
		case *mul:
			if v, ok := y.a.(*val); ok {
				return times(&val{x.n * v.n}, y.b)
			}
		}
		return &mul{a, b}
	case *mul:
		return times(x.a, times(x.b, b))
	}
	switch y := b.(type) {
	case *val:
		return times(b, a)
	case *mul:
		if v, ok := y.a.(*val); ok {
			return times(v, times(a, y.b))
		}
	}
	return &mul{a, b}
}

func raise(a, b expr) expr {
	if isVal(b, 0) {
		return &val{1}
	}
	if isVal(b, 1) {
		return a
	}
	if isVal(a, 0) {
		return &val{0}
	}
	if x, ok := a.(*val); ok {
		if y, ok := b.(*val); ok {
			return &val{power(x.n, y.n)}
		}
	}
	return &pow{a, b}
}

func logarithm(a expr) expr {
	if isVal(a, 1) {
		return &val{0}
	}
	return &ln{a}
}

func derive(x string, e expr) expr {
	switch e := e.(type) {
	case *variable:
		if e.name == x {
			return &val{1}
		}
	case *add:
		return plus(derive(x, e.a), derive(x, e.b))
	case *mul:
		return plus(times(e.a, derive(x, e.b)), times(e.b, derive(x, e.a)))
	case *pow:
		return times(raise(e.a, e.b),
			plus(times(times(e.b, derive(x, e.a)), raise(e.a, &val{-1})), times(logarithm(e.a), derive(x, e.b))))
	case *ln:
		return times(derive(x, e.a), raise(e.a, &val{-1}))
	}
	return &val{0}
}

func count(e expr) int64 {
	switch e := e.(type) {
	case *add:
		return count(e.a) + count(e.b)
	case *mul:
		return count(e.a) + count(e.b)
	case *pow:
		return count(e.a) + count(e.b)
	case *ln:
		return count(e.a)
	}
	return 1
}

func main() {
	n, _ := strconv.Atoi(os.Args[1])
	x := &variable{"x"}
	e := raise(x, x)
	for i := 1; i <= n; i++ {
		e = derive("x", e)
		fmt.Printf("%d, %d\n", i, count(e))
	}
}
