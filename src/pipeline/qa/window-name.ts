/** Names of spectral windows in figures. */
export interface WindowNaming {
  /** Numbers in the ASDM of the windows of the split MeasurementSet, in its order; without it numbers stay as they are. */
  readonly spws?: readonly number[];
}

/** 'spw 17, 229.60 GHz': a window by its number in the ASDM and its centre. */
export function windowName(spwId: number, chanFreqs: ArrayLike<number>, naming: WindowNaming = {}): string {
  const centre = chanFreqs.length > 0 ? (chanFreqs[0] + chanFreqs[chanFreqs.length - 1]) / 2e9 : Number.NaN;
  const text = `spw ${naming.spws?.[spwId] ?? spwId}`;
  return Number.isFinite(centre) ? `${text}, ${centre.toFixed(2)} GHz` : text;
}
