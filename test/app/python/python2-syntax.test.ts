import { describe, expect, it } from 'vitest';
import { translateSyntax } from '../../../src/app/python/index.ts';

const CASES: readonly [python2: string, python3: string][] = [
  ['print', '__py2_print__(None, True, )'],
  ["print 'a',", "__py2_print__(None, False, 'a',)"],
  ["print ('a', 'b')", "__py2_print__(None, True,  ('a', 'b'))"],
  ['print >>f, x, y,', '__py2_print__( f, False, x, y,)'],
  ['print >>f', '__py2_print__( f, True)'],
  [
    "if x: print 'one'; print 'two' # done",
    "if x: __py2_print__(None, True,  'one'); __py2_print__(None, True,  'two') # done",
  ],
  ['f = lambda x: x; print f(1)', 'f = lambda x: x; __py2_print__(None, True,  f(1))'],
  ['exec code in space, local', '__py2_exec__( code , space, local)'],
  ['exec(code, space)', '__py2_exec__(code, space)'],
  ['raise ValueError, "m"', 'raise __py2_raise__(ValueError, "m")'],
  ['try: pass\nexcept (A, B),e: pass', 'try: pass\nexcept (A, B) as e: pass'],
  ['x = `y` <> 0777L', 'x = repr(y) != __py2_long__(0o777)'],
  ["x = ur'a' + b'c' + u'd' + 007", "x = u'a' + 'c' + u'd' + 0o07"],
  [String.raw`x = ur'\d\u00e9\'\\w'`, String.raw`x = u'\\d\u00e9\\\'\\\\w'`],
  [String.raw`x = '\upsilon\n\\u' + u'\u00e9'`, String.raw`x = '\\upsilon\n\\u' + u'\u00e9'`],
  ['[x for x in 1, 2 if x]', '[x for x in (1, 2) if x]'],
  ['async = o.async', 'async_ = o.async_'],
  ["s = '''\n\tprint x\n'''", "s = '''\n\tprint x\n'''"],
  ['if x:\n\tprint 1\n        pass', 'if x:\n        __py2_print__(None, True,  1)\n        pass'],
  ['def f((a, b), c=(1, 2)): pass', `def f(__py2_unpack_${Buffer.from('(a, b)').toString('hex')}, c=(1, 2)): pass`],
  ['f = lambda(x): x', `f = lambda __py2_unpack_${Buffer.from('(x)').toString('hex')}: x`],
  ['from __future__ import print_function\nprint("a")', 'from __future__ import print_function\nprint("a")'],
];

describe('translateSyntax', () => {
  it.each(CASES)('%s', (python2, python3) => {
    const tighten = (text: string) => text.replace(/([(,]) +/g, '$1');
    expect(tighten(translateSyntax(python2))).toBe(tighten(python3));
  });

  it('keeps the number of lines', () => {
    const source = "print 'a', \\\n  'b'\nprint '''x\ny''', 1\nd = {'a':\n 1}\nexcept_ = 1\n";
    expect(translateSyntax(source).split('\n').length).toBe(source.split('\n').length);
  });
});
