/** Bytes as Latin-1 text (ISO 8859-1), one character each. A TextDecoder of that name reads Windows-1252, and binary bytes slowly. */
export function latin1Text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
