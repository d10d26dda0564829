const PRECISION = Number.EPSILON;

/** Eigenvectors of a covariance and the variances along them, the smallest first. */
export interface PrincipalAxes {
  readonly variances: Float64Array;
  /** Unit vectors [axis, coordinate] */
  readonly axes: Float64Array;
}

/** A symmetric matrix as a tridiagonal one between the columns of an orthogonal one. */
interface Tridiagonal {
  readonly diagonal: Float64Array;
  /** Beside the diagonal, [size - 1] */
  readonly beside: Float64Array;
  /** [coordinate, column] */
  readonly columns: Float64Array;
}

/**
 * Principal axes of a covariance: Householder reflections to a tridiagonal matrix, then implicit QR steps with Wilkinson's shift
 * (Golub & Van Loan, Matrix Computations, algorithms 8.3.1 to 8.3.3).
 *
 * An eigenvector may as well point the other way. Columns are reflected from the first on and below the diagonal, and rows are
 * deflated from the last on, which is the order of the GNU Scientific Library and so gives its signs.
 *
 * @param covariance symmetric, [row, column]; two rows or more
 */
export function principalAxes(covariance: Float64Array, size: number): PrincipalAxes {
  const reduced = tridiagonalOf(covariance, size);
  diagonalise(reduced, size);
  const { diagonal, columns } = reduced;
  const order = Array.from(diagonal.keys()).sort((a, b) => Math.abs(diagonal[a]) - Math.abs(diagonal[b]));
  const axes = new Float64Array(size * size);
  order.forEach((column, axis) => {
    for (let row = 0; row < size; row++) axes[axis * size + row] = columns[row * size + column];
  });
  return { variances: Float64Array.from(order, (column) => diagonal[column]), axes };
}

function tridiagonalOf(covariance: Float64Array, size: number): Tridiagonal {
  const matrix = covariance.slice();
  const beside = new Float64Array(size - 1);
  const columns = new Float64Array(size * size);
  for (let row = 0; row < size; row++) columns[row * size + row] = 1;
  const product = new Float64Array(size);
  for (let column = 0; column < size - 1; column++) {
    const first = column + 1;
    const head = matrix[first * size + column];
    let tail = 0;
    for (let row = first + 1; row < size; row++) tail = Math.hypot(tail, matrix[row * size + column]);
    beside[column] = head;
    if (tail === 0) continue;
    beside[column] = (head >= 0 ? -1 : 1) * Math.hypot(head, tail);
    // The reflection 1 - scale v vᵀ with v = 1 in its first row
    const scale = (beside[column] - head) / beside[column];
    const vector = new Float64Array(size);
    vector[first] = 1;
    for (let row = first + 1; row < size; row++) vector[row] = matrix[row * size + column] / (head - beside[column]);
    let along = 0;
    for (let row = first; row < size; row++) {
      product[row] = 0;
      for (let inner = first; inner < size; inner++) product[row] += scale * matrix[row * size + inner] * vector[inner];
      along += product[row] * vector[row];
    }
    for (let row = first; row < size; row++) product[row] -= 0.5 * scale * along * vector[row];
    for (let row = first; row < size; row++) {
      for (let inner = first; inner < size; inner++) {
        matrix[row * size + inner] -= vector[row] * product[inner] + product[row] * vector[inner];
      }
    }
    for (let row = 0; row < size; row++) {
      let sum = 0;
      for (let inner = first; inner < size; inner++) sum += columns[row * size + inner] * vector[inner];
      for (let inner = first; inner < size; inner++) columns[row * size + inner] -= scale * sum * vector[inner];
    }
  }
  return { diagonal: Float64Array.from({ length: size }, (_, row) => matrix[row * size + row]), beside, columns };
}

/** QR steps on what is not yet diagonal, from its last row up. */
function diagonalise(reduced: Tridiagonal, size: number): void {
  const { diagonal, beside } = reduced;
  dropNegligible(reduced);
  for (let last = size - 1; last > 0; ) {
    if (beside[last - 1] === 0 || Number.isNaN(beside[last - 1])) {
      last--;
      continue;
    }
    let first = last - 1;
    while (first > 0 && beside[first - 1] !== 0) first--;
    qrStep(reduced, size, first, last);
    dropNegligible({ diagonal, beside });
  }
}

function dropNegligible({ diagonal, beside }: Pick<Tridiagonal, 'diagonal' | 'beside'>): void {
  for (let row = 0; row < beside.length; row++) {
    const size = Math.abs(diagonal[row]) + Math.abs(diagonal[row + 1]);
    if (Math.abs(beside[row]) < PRECISION * size) beside[row] = 0;
  }
}

/** The eigenvalue of the last two rows that is nearer to the last of the diagonal. */
function shiftOf({ diagonal, beside }: Tridiagonal, last: number): number {
  const half = (diagonal[last - 1] - diagonal[last]) / 2;
  const side = beside[last - 1];
  if (half === 0) return diagonal[last] - Math.abs(side);
  const away = (side * side) / (Math.abs(half) + Math.hypot(half, side));
  return diagonal[last] + (half > 0 ? -away : away);
}

/** Rotates rows and columns of a block by pairs, so that the bulge which the shift makes runs out at its end. */
function qrStep(reduced: Tridiagonal, size: number, first: number, last: number): void {
  const { diagonal, beside, columns } = reduced;
  let shift = shiftOf(reduced, last);
  if (PRECISION * Math.abs(shift) > Math.abs(diagonal[first]) + Math.abs(beside[first])) shift = 0;
  let [head, bulge] = [diagonal[first] - shift, beside[first]];
  for (let row = first; row < last; row++) {
    const [cosine, sine] = rotationOf(head, bulge);
    const [upper, side, lower] = [diagonal[row], beside[row], diagonal[row + 1]];
    if (row > first) beside[row - 1] = cosine * head - sine * bulge;
    diagonal[row] = cosine * (cosine * upper - sine * side) + sine * (sine * lower - cosine * side);
    beside[row] = cosine * (sine * upper + cosine * side) - sine * (sine * side + cosine * lower);
    diagonal[row + 1] = sine * (sine * upper + cosine * side) + cosine * (sine * side + cosine * lower);
    if (row + 1 < last) {
      head = beside[row];
      bulge = -sine * beside[row + 1];
      beside[row + 1] *= cosine;
    }
    for (let coordinate = 0; coordinate < size; coordinate++) {
      const at = coordinate * size + row;
      const [one, other] = [columns[at], columns[at + 1]];
      columns[at] = one * cosine - other * sine;
      columns[at + 1] = one * sine + other * cosine;
    }
  }
}

/** Cosine and sine of the rotation that brings the second of two numbers to 0. */
function rotationOf(kept: number, dropped: number): [cosine: number, sine: number] {
  if (dropped === 0) return [1, 0];
  if (Math.abs(dropped) > Math.abs(kept)) {
    const ratio = -kept / dropped;
    const sine = 1 / Math.sqrt(1 + ratio * ratio);
    return [sine * ratio, sine];
  }
  const ratio = -dropped / kept;
  const cosine = 1 / Math.sqrt(1 + ratio * ratio);
  return [cosine, cosine * ratio];
}
