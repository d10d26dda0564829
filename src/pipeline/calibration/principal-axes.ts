const PRECISION = Number.EPSILON;

/**
 * Principal axes of covariances of one size: Householder reflections to a tridiagonal matrix, then implicit QR steps with
 * Wilkinson's shift (Golub & Van Loan, Matrix Computations, algorithms 8.3.1 to 8.3.3). Its arrays serve for one covariance after
 * the other.
 *
 * An eigenvector may as well point the other way. Columns are reflected from the first on and below the diagonal, and rows are
 * deflated from the last on, which is the order of the GNU Scientific Library and so gives its signs.
 */
export class PrincipalAxes {
  /** Variances along the axes, the smallest first. */
  readonly variances: Float64Array;
  /** Unit vectors [axis, coordinate] */
  readonly axes: Float64Array;
  private readonly size: number;
  /** What the reflections have left of the covariance, [row, column] */
  private readonly matrix: Float64Array;
  /** A tridiagonal matrix between the columns of an orthogonal one: its diagonal, what is beside it, those columns [coordinate, column] */
  private readonly diagonal: Float64Array;
  private readonly beside: Float64Array;
  private readonly columns: Float64Array;
  /** The vector of a reflection, and its product with the matrix. */
  private readonly vector: Float64Array;
  private readonly product: Float64Array;
  private readonly order: number[];

  /** @param size rows of the covariances; two or more */
  constructor(size: number) {
    this.size = size;
    this.variances = new Float64Array(size);
    this.axes = new Float64Array(size * size);
    this.matrix = new Float64Array(size * size);
    this.diagonal = new Float64Array(size);
    this.beside = new Float64Array(size - 1);
    this.columns = new Float64Array(size * size);
    this.vector = new Float64Array(size);
    this.product = new Float64Array(size);
    this.order = Array.from(this.variances.keys());
  }

  /** Finds `variances` and `axes`. @param covariance symmetric, [row, column] */
  of(covariance: Float64Array): void {
    this.reduce(covariance);
    this.diagonalise();
    this.sort();
  }

  private sort(): void {
    const { order, diagonal, columns, axes, variances, size } = this;
    for (let axis = 0; axis < size; axis++) order[axis] = axis;
    order.sort((a, b) => Math.abs(diagonal[a]) - Math.abs(diagonal[b]));
    for (let axis = 0; axis < size; axis++) {
      variances[axis] = diagonal[order[axis]];
      for (let row = 0; row < size; row++) axes[axis * size + row] = columns[row * size + order[axis]];
    }
  }

  /** To a tridiagonal matrix. */
  private reduce(covariance: Float64Array): void {
    const { matrix, beside, columns, diagonal, vector, size } = this;
    matrix.set(covariance);
    columns.fill(0);
    for (let row = 0; row < size; row++) columns[row * size + row] = 1;
    for (let column = 0; column < size - 1; column++) {
      const first = column + 1;
      const head = matrix[first * size + column];
      let tail = 0;
      for (let row = first + 1; row < size; row++) tail = Math.hypot(tail, matrix[row * size + column]);
      beside[column] = head;
      if (tail === 0) continue;
      beside[column] = (head >= 0 ? -1 : 1) * Math.hypot(head, tail);
      vector[first] = 1;
      for (let row = first + 1; row < size; row++) vector[row] = matrix[row * size + column] / (head - beside[column]);
      this.reflect(first, (beside[column] - head) / beside[column]);
    }
    for (let row = 0; row < size; row++) diagonal[row] = matrix[row * size + row];
  }

  /** The reflection 1 - scale v vᵀ on the rows from the first on in which v is not 0. */
  private reflect(first: number, scale: number): void {
    const { matrix, columns, vector, product, size } = this;
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

  /** QR steps on what is not yet diagonal, from its last row up. */
  private diagonalise(): void {
    const { beside, size } = this;
    this.dropNegligible();
    for (let last = size - 1; last > 0; ) {
      if (beside[last - 1] === 0 || Number.isNaN(beside[last - 1])) {
        last--;
        continue;
      }
      let first = last - 1;
      while (first > 0 && beside[first - 1] !== 0) first--;
      this.qrStep(first, last);
      this.dropNegligible();
    }
  }

  private dropNegligible(): void {
    const { diagonal, beside } = this;
    for (let row = 0; row < beside.length; row++) {
      const sum = Math.abs(diagonal[row]) + Math.abs(diagonal[row + 1]);
      if (Math.abs(beside[row]) < PRECISION * sum) beside[row] = 0;
    }
  }

  /** The eigenvalue of the last two rows that is nearer to the last of the diagonal. */
  private shiftOf(last: number): number {
    const { diagonal, beside } = this;
    const half = (diagonal[last - 1] - diagonal[last]) / 2;
    const side = beside[last - 1];
    if (half === 0) return diagonal[last] - Math.abs(side);
    const away = (side * side) / (Math.abs(half) + Math.hypot(half, side));
    return diagonal[last] + (half > 0 ? -away : away);
  }

  /** Rotates rows and columns of a block by pairs, so that the bulge which the shift makes runs out at its end. */
  private qrStep(first: number, last: number): void {
    const { diagonal, beside, columns, size } = this;
    let shift = this.shiftOf(last);
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
