// Kinds of stored values by number; qa2_kernels.py names them by numpy's types.
export const BOOL = 0;
export const INT8 = 1;
export const UINT8 = 2;
export const INT16 = 3;
export const UINT16 = 4;
export const INT32 = 5;
export const UINT32 = 6;
export const INT64 = 7;
export const UINT64 = 8;
export const FLOAT32 = 9;
export const FLOAT64 = 10;
export const COMPLEX64 = 11;
export const COMPLEX128 = 12;
