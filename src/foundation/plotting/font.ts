/** Font of all figures; the drawing door registers it. */
export const FONT = 'DejaVu Sans';
