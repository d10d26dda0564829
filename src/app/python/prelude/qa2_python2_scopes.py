"""
Functions of Python 2 in which names come and go as text says: `exec code`, `from m import *`.

In them `execfile(path)` brings names, too; it alone does not, and the variables that a function binds it leaves as they are.
"""

import ast

_NAMES = '__py2_names__'
_EXEC, _FILE = '__py2_exec__', 'execfile'
_INNER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def _own(node):
    """All nodes of a function, without those of functions and classes in it."""
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, _INNER):
            yield from _own(child)


def _runs_text(node, *ways):
    """Whether a statement runs text, in one of these ways, in the scope where it stands."""
    call = node.value if isinstance(node, ast.Expr) else None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.func.id not in ways:
        return False
    return len(call.args) == 1 and not isinstance(call.args[0], ast.Tuple)


def _is_star(node):
    return isinstance(node, ast.ImportFrom) and node.names[0].name == '*'


def _bound(function, nodes):
    args = function.args
    names = {arg.arg for arg in [*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg] if arg}
    for node in nodes:
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            names.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names.update([(part.asname or part.name).partition('.')[0] for part in node.names])
    declared = {name for node in nodes if isinstance(node, ast.Global) for name in node.names}
    return names - declared, declared


class _Opening(ast.NodeTransformer):
    def __init__(self, bound, declared):
        self._bound, self._declared = bound, declared

    def visit_Expr(self, node):
        if not _runs_text(node, _EXEC, _FILE):
            return self.generic_visit(node)
        kind, code = node.value.func.id.strip('_'), self.visit(node.value.args[0])
        call = ast.parse('%s = __py2_run_here__(%r, 0, globals(), %s, locals())' % (_NAMES, kind, _NAMES)).body[0]
        call.value.args[1] = code
        back = [
            ast.parse('if %r in %s: %s = %s[%r]' % (name, _NAMES, name, _NAMES, name)).body[0]
            for name in sorted(self._bound)
            if node.value.func.id == _EXEC and not name.startswith('__py2')
        ]
        return [self._placed(part, node) for part in [call, *back]]

    @staticmethod
    def _placed(made, node):
        for part in ast.walk(made):
            if 'lineno' in part._attributes:
                ast.copy_location(part, node)
        return made

    def visit_ImportFrom(self, node):
        if not _is_star(node):
            return node
        told = (_NAMES, node.module or '', node.level)
        return self._placed(ast.parse('%s.update(__py2_star__(%r, %d, globals()))' % told).body[0], node)

    def visit_Call(self, node):
        if isinstance(node.func, ast.Name) and node.func.id == 'locals' and not node.args:
            return self._placed(ast.parse('__py2_locals__(%s, locals())' % _NAMES, mode='eval').body, node)
        return self.generic_visit(node)

    def visit_Name(self, node):
        name = node.id
        if not isinstance(node.ctx, ast.Load) or name in self._bound or name in self._declared or name.startswith('__py2'):
            return node
        return self._placed(ast.parse('(%s[%r] if %r in %s else %s)' % (_NAMES, name, name, _NAMES, name), mode='eval').body, node)

    def _leave(self, node):
        return node

    visit_FunctionDef = visit_ClassDef = visit_Lambda = _leave


def put_first(function, statement):
    """Puts a statement before those of a function, behind the text that tells about it."""
    function.body.insert(ast.get_docstring(function, clean=False) is not None, statement)


def opened(function):
    """The function; where text binds names in it, with a place for them in which its other names are looked up first."""
    nodes = list(_own(function))
    if not any(_runs_text(node, _EXEC) or _is_star(node) for node in nodes):
        return function
    opening = _Opening(*_bound(function, nodes))
    body = []
    for statement in function.body:
        made = opening.visit(statement)
        body += made if isinstance(made, list) else [made]
    function.body = body
    put_first(function, opening._placed(ast.parse('%s = {}' % _NAMES).body[0], body[0]))
    return function


def run_here(run_source, run_file):
    """What a statement `exec code` or `execfile(path)` calls: gives the names of the scope after it."""

    def run(kind, code, space, names, local):
        local = locals_of(names, local)
        if kind == 'execfile':
            run_file(code, space, local)
        elif isinstance(code, str):
            run_source(code, space, local)
        else:
            exec(code, space, local)
        return local

    return run


def locals_of(names, local):
    """locals() of such a function."""
    return {name: value for name, value in {**names, **local}.items() if not name.startswith('__py2')}


def star(import_module):
    """What `from name import *` calls: gives the names that it brings."""

    def names_of(name, level, space):
        module = import_module(name, space, None, ['*'], level)
        public = getattr(module, '__all__', None)
        if public is None:
            public = [name for name in vars(module) if not name.startswith('_')]
        return {name: getattr(module, name) for name in public}

    return names_of
