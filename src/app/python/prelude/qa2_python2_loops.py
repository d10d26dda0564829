"""List comprehensions of Python 2, whose variables live on in the scope around them."""

import ast

# Names inside a comprehension that stand for its variables, and that hold what it runs over where that leaks, too.
_ITEM, _SOURCE = '__py2_item_%d__', '__py2_source_%d__'


def _name(text, context=None):
    return ast.Name(text, context or ast.Load())


def _leaks(node):
    return any(isinstance(part, ast.NamedExpr) for part in ast.walk(node))


class _Renaming:
    """Takes the names out of a loop's target and gives the assignments that bring them back."""

    def __init__(self, first):
        self.count, self.kept = first, []

    def target(self, node):
        if isinstance(node, ast.Name):
            item = _ITEM % self.count
            self.count += 1
            self.kept.append(ast.NamedExpr(_name(node.id, ast.Store()), _name(item)))
            return _name(item, ast.Store())
        if isinstance(node, (ast.Tuple, ast.List)):
            return type(node)([self.target(part) for part in node.elts], ast.Store())
        return node


def leaking(node):
    """
    `[f(x) for x in a if c(x)]` with x bound outside: `[f(x) for i in a if (x := i,) if c(x)]`.

    Python 3 takes no binding within what a loop runs over; such a part is evaluated before, by the condition of the loop
    around it or, for the first one, ahead of the comprehension: `(s := a, [f(x) for i in s …])[1]`.
    """
    before, place, count = [], None, 0
    for loop in node.generators:
        if _leaks(loop.iter):
            source = _SOURCE % node.col_offset if place is None else '%s_%d' % (_SOURCE % node.col_offset, count)
            bound = ast.NamedExpr(_name(source, ast.Store()), loop.iter)
            (before if place is None else place).append(bound)
            loop.iter = _name(source)
        renaming = _Renaming(count)
        loop.target = renaming.target(loop.target)
        count = renaming.count
        place = renaming.kept
        # The list is filled while later loops are looked at.
        loop.ifs.insert(0, ast.Tuple(place, ast.Load()))
    for loop in node.generators:
        if not loop.ifs[0].elts:
            del loop.ifs[0]
    if not before:
        return node
    both = ast.Tuple([*before, node], ast.Load())
    return ast.copy_location(ast.Subscript(both, ast.Constant(1), ast.Load()), node)
