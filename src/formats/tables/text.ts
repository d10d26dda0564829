import { latin1Text } from '../../foundation/bytes/index.ts';

const strict = new TextDecoder('utf-8', { fatal: true });
const encoder = new TextEncoder();

/** Text of stored bytes: UTF-8 where it is valid, else Latin-1, so that no byte is lost. */
export function decodeText(bytes: Uint8Array): string {
  if (bytes.length < 24) {
    let text = '';
    let at = 0;
    for (; at < bytes.length && bytes[at] < 128; at++) text += String.fromCharCode(bytes[at]);
    if (at === bytes.length) return text;
  }
  try {
    return strict.decode(bytes);
  } catch {
    return latin1Text(bytes);
  }
}

/** Bytes of a text as they are stored: UTF-8. */
export function encodeText(text: string): Uint8Array {
  if (text.length < 24) {
    const bytes = new Uint8Array(text.length);
    let at = 0;
    for (; at < text.length && text.charCodeAt(at) < 128; at++) bytes[at] = text.charCodeAt(at);
    if (at === text.length) return bytes;
  }
  return encoder.encode(text);
}
