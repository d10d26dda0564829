import { fail } from '../../../foundation/base/index.ts';
import type { CoordinateSystem } from '../../../pipeline/images/index.ts';
import { method, type ToolArguments, type ToolMethod } from '../tool-types.ts';
import { type AxisInfo, axesOf } from './image-axes.ts';

/** What a cs object holds. */
export interface CoordsysState {
  coordinates?: CoordinateSystem;
  axisCount?: number;
}

export const coordsysMethod = (signature: string, run: ToolMethod<CoordsysState>['run']) =>
  method<CoordsysState>(signature, run);

export function openedCoordinates({ coordinates }: CoordsysState): CoordinateSystem {
  return (
    coordinates ??
    fail('usage', 'These are no coordinates of an image; take them from ia.coordsys() or cs.newcoordsys().')
  );
}

/** The axes of a kind, all for ''. */
export function chosenAxes(state: CoordsysState, args: ToolArguments): AxisInfo[] {
  const kind = String(args.type ?? '').toLowerCase();
  const axes = axesOf(openedCoordinates(state), state.axisCount ?? 0);
  const found = axes.filter((axis) => kind === '' || axis.kind === kind);
  return found.length > 0 ? found : fail('usage', `The image has no coordinate of type ${kind}.`);
}
