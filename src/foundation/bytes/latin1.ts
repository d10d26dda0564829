/** Characters that one call makes: an array of arguments may not be much longer. */
const AT_ONCE = 4096;

/** Without anything of Node, as on a page. */
export function latin1Characters(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += AT_ONCE)
    text += String.fromCharCode.apply(null, bytes.subarray(at, at + AT_ONCE) as unknown as number[]);
  return text;
}

/** Bytes as Latin-1 text (ISO 8859-1), one character each. A TextDecoder of that name reads Windows-1252, and binary bytes slowly. */
export const latin1Text: (bytes: Uint8Array) => string =
  typeof Buffer === 'undefined'
    ? latin1Characters
    : (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
