package mutants

import (
	"go/ast"
	"go/token"
	"strconv"
	"strings"
)

// node adds the mutants of one node. results are the types of the results of the function
// around it.
func (x *mutator) node(n ast.Node, results []string) {
	switch n := n.(type) {
	case *ast.IfStmt:
		x.condition(n.Cond)
	case *ast.ForStmt:
		if n.Cond != nil {
			x.replace(n.Cond, "false")
		}
	case *ast.BinaryExpr:
		x.binary(n)
	case *ast.UnaryExpr:
		if n.Op == token.NOT {
			x.replace(n, x.text(n.X))
		}
	case *ast.Ident:
		if other, ok := opposites[n.Name]; ok {
			x.replace(n, other)
		}
	case *ast.BasicLit:
		x.constant(n)
	case *ast.CompositeLit:
		x.elements(n)
	case *ast.CallExpr:
		x.call(n)
	case *ast.ReturnStmt:
		x.results(n, results)
	case *ast.CaseClause:
		for _, s := range n.Body {
			x.statement(s)
		}
	case *ast.BlockStmt:
		for _, s := range n.List {
			x.statement(s)
		}
	}
}

// condition negates a condition, and makes it constant.
func (x *mutator) condition(cond ast.Expr) {
	x.replace(cond, "!("+x.text(cond)+")")
	x.replace(cond, "true")
	x.replace(cond, "false")
}

// swapped are the operators that take the place of an operator.
var swapped = map[token.Token][]token.Token{
	token.LAND: {token.LOR}, token.LOR: {token.LAND},
	token.EQL: {token.NEQ}, token.NEQ: {token.EQL},
	token.LSS: {token.LEQ, token.GTR}, token.LEQ: {token.LSS, token.GTR},
	token.GTR: {token.GEQ, token.LSS}, token.GEQ: {token.GTR, token.LSS},
	token.ADD: {}, token.SUB: {token.ADD}, token.MUL: {token.ADD},
}

// binary swaps the operator, and drops one operand of a sum, a conjunction or a
// disjunction.
func (x *mutator) binary(b *ast.BinaryExpr) {
	left, right := x.text(b.X), x.text(b.Y)
	for _, op := range swapped[b.Op] {
		x.replace(b, left+" "+op.String()+" "+right)
	}
	switch b.Op {
	case token.LAND, token.LOR, token.ADD:
		x.replace(b, left)
		x.replace(b, right)
	}
}

// opposites are names that mean the opposite of another, or something near.
var opposites = map[string]string{
	"true": "false", "false": "true",
	"Add": "Set", "Set": "Add", "Get": "Values", "Values": "Get",
	"HasPrefix": "HasSuffix", "HasSuffix": "HasPrefix", "ToUpper": "ToLower", "ToLower": "ToUpper",
}

// constant changes a literal: numbers to 0 and to another order of magnitude, texts to the
// empty text and to a text with something before it, and a text without each of the
// characters that mean something in a pattern; a class of characters stays whole.
func (x *mutator) constant(l *ast.BasicLit) {
	switch l.Kind {
	case token.INT:
		n, err := strconv.ParseInt(l.Value, 0, 64)
		if err == nil {
			x.replace(l, "0")
			x.replace(l, strconv.FormatInt(10*n+1, 10))
		}
	case token.STRING:
		text, err := strconv.Unquote(l.Value)
		if err != nil || message(l) {
			return
		}
		x.replace(l, `""`)
		x.replace(l, strconv.Quote("x"+text))
		class := false
		for i, c := range text {
			class = c == '[' || class && c != ']'
			if !class && strings.ContainsRune(`^$\?*+()`, c) {
				x.replace(l, strconv.Quote(text[:i]+text[i+1:]))
			}
		}
	}
}

// message says whether an expression is a text for people: one of three words and more, or
// the call that writes it. Messages are no rules.
func message(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BasicLit:
		return len(strings.Fields(e.Value)) >= 3
	case *ast.CallExpr:
		return len(e.Args) > 0 && message(e.Args[0])
	}
	return false
}

// elements drops each element of a literal list, map or struct.
func (x *mutator) elements(c *ast.CompositeLit) {
	for i := range c.Elts {
		var rest []string
		for j, e := range c.Elts {
			if j != i {
				rest = append(rest, x.text(e))
			}
		}
		x.replace(c, x.text(c.Type)+"{"+strings.Join(rest, ", ")+"}")
	}
}

// call replaces a call by each of its arguments: what it does is left out.
func (x *mutator) call(c *ast.CallExpr) {
	if message(c) {
		return
	}
	for _, arg := range c.Args {
		x.replace(c, x.text(arg))
	}
}

// zeros are the values that a result of a type is forced to.
var zeros = map[string][]string{"bool": {"true", "false"}, "string": {`""`}, "int": {"0"}, "error": {"nil"}, "nil": {"nil"}}

// results forces each result of a return.
func (x *mutator) results(r *ast.ReturnStmt, types []string) {
	if len(r.Results) != len(types) {
		return // a call gives all of them
	}
	for i, result := range r.Results {
		for _, zero := range zeros[types[i]] {
			x.replace(result, zero)
		}
	}
}

// statement drops a statement.
func (x *mutator) statement(s ast.Stmt) {
	switch s := s.(type) {
	case *ast.ReturnStmt:
		if len(s.Results) > 0 {
			return // the function needs it, or the change is another one
		}
	case *ast.AssignStmt:
		if s.Tok == token.DEFINE {
			return
		}
	case *ast.DeclStmt:
		return
	}
	x.replace(s, "")
}
