# A small Lisp: parsing, environments, closures, tail calls through a trampoline, errors.
import operator
import re
from functools import reduce


class Symbol(str):
    pass


def parse(text):
    tokens = re.findall(r"""[()']|"[^"]*"|[^\s()']+""", text)

    def read():
        token = tokens.pop(0)
        if token == "(":
            items = []
            while tokens[0] != ")":
                items.append(read())
            tokens.pop(0)
            return items
        if token == "'":
            return [Symbol("quote"), read()]
        if token.startswith('"'):
            return token[1:-1]
        for kind in (int, float):
            try:
                return kind(token)
            except ValueError:
                pass
        return Symbol(token)

    forms = []
    while tokens:
        forms.append(read())
    return forms


class Scope(dict):
    def __init__(self, names=(), values=(), outer=None):
        super().__init__(zip(names, values, strict=True))
        self.outer = outer

    def find(self, name):
        scope = self
        while scope is not None:
            if name in scope:
                return scope
            scope = scope.outer
        raise NameError(f"unknown: {name}")


class Function:
    def __init__(self, names, body, scope):
        self.names, self.body, self.scope = names, body, scope


def evaluate(x, scope):
    while True:
        match x:
            case Symbol():
                return scope.find(x)[x]
            case [Symbol("quote"), value]:
                return value
            case [Symbol("if"), test, yes, *no]:
                x = yes if evaluate(test, scope) else no[0] if no else False
            case [Symbol("define"), Symbol() as name, value]:
                scope[name] = evaluate(value, scope)
                return None
            case [Symbol("define"), [name, *names], *body]:
                scope[name] = Function(names, [Symbol("begin"), *body], scope)
                return None
            case [Symbol("set!"), name, value]:
                scope.find(name)[name] = evaluate(value, scope)
                return None
            case [Symbol("lambda"), names, *body]:
                return Function(names, [Symbol("begin"), *body], scope)
            case [Symbol("begin"), *parts, last]:
                for part in parts:
                    evaluate(part, scope)
                x = last
            case [Symbol("let"), pairs, *body]:
                scope = Scope([n for n, _ in pairs], [evaluate(v, scope) for _, v in pairs], scope)
                x = [Symbol("begin"), *body]
            case [head, *rest]:
                function = evaluate(head, scope)
                arguments = [evaluate(part, scope) for part in rest]
                if isinstance(function, Function):
                    x, scope = function.body, Scope(function.names, arguments, function.scope)
                else:
                    return function(*arguments)
            case _:
                return x


base = Scope()
base |= {
    "+": lambda *a: sum(a), "*": lambda *a: reduce(operator.mul, a, 1), "-": operator.sub, "/": operator.truediv, "<": operator.lt,
    "=": operator.eq, "list": lambda *a: list(a), "car": lambda l: l[0], "cdr": lambda l: l[1:], "cons": lambda a, l: [a, *l],
    "null?": lambda l: l == [], "mod": operator.mod, "print": lambda *a: print(*a),
}  # fmt: skip
program = """
(define (fact n) (if (< n 2) 1 (* n (fact (- n 1)))))
(print "fact" (fact 30))
(define (loop n total) (if (= n 0) total (loop (- n 1) (+ total n))))
(print "loop" (loop 20000 0))
(define (map f l) (if (null? l) '() (cons (f (car l)) (map f (cdr l)))))
(print (map (lambda (x) (* x x)) (list 1 2 3 4)))
(define (counter) (let ((n 0)) (lambda () (begin (set! n (+ n 1)) n))))
(define c (counter)) (c) (c)
(print "counter" (c))
(define (gcd a b) (if (= b 0) a (gcd b (mod a b))))
(print (gcd 1071 462) (/ 1 4) '(a (b "c")))
"""
for form in parse(program):
    evaluate(form, base)
for wrong in ("(nope)", "(fact)", "(car '())", '(+ 1 "a")', "(1 2)"):
    try:
        evaluate(parse(wrong)[0], base)
    except Exception as error:
        print(wrong, "->", type(error).__name__, error)
