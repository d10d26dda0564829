import { fail } from '../../../foundation/base/index.ts';
import { joinPath } from '../../../foundation/bytes/index.ts';
import { type Image, openImage } from '../../../pipeline/images/index.ts';
import { method, type ToolArguments, type ToolHost, type ToolMethod, textArgument } from '../tool-types.ts';
import type { ToolReply } from '../values.ts';

/** What an ia object holds. */
export interface ImageState {
  image?: Image;
}

export const ask = (signature: string, run: ToolMethod<ImageState>['run']) => method<ImageState>(signature, run);

export function opened(state: ImageState): Image {
  return state.image ?? fail('usage', 'No image is open; call open first.');
}

export function closeState(state: ImageState): void {
  state.image?.close();
  state.image = undefined;
}

/** The name of an output; images in memory alone are not made here. */
export function outputOf(label: string, args: ToolArguments): string {
  const name = textArgument(args, 'outfile');
  return name !== '' ? name : fail('unsupported', `ia.${label}(): outfile must be given; images are files here.`);
}

/** A new image as a tool of its own. */
export function adopt(host: ToolHost, name: string): ToolReply {
  return host.adopt('ia', { image: openImage(joinPath(host.context.cwd, name)) } satisfies ImageState);
}

/** Lengths of the axes, the first axis of the sky first. */
export const shapeOf = (image: Image) => image.shape.toReversed();

/** Opens the image for a change and again for reading. */
export function change(state: ImageState, act: (image: Image) => void): boolean {
  const { path } = opened(state);
  closeState(state);
  const image = openImage(path, 'update');
  try {
    act(image);
  } finally {
    image.close();
    state.image = openImage(path);
  }
  return true;
}
