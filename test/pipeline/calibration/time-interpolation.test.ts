import { describe, expect, it } from 'vitest';
import {
  cubicWeights,
  parseTimeMethod,
  registerTime,
  timeReference,
} from '../../../src/pipeline/calibration/time-interpolation.ts';

const start = 4_877_982_010.5;
const times = Float32Array.of(1.5, 11.5, 31.5);
const reference = timeReference(start);
const at = (offset: number, interp: string) =>
  registerTime(times, reference, reference + offset, parseTimeMethod(interp), {
    first: -1,
    isExact: false,
    fraction: -1,
  });

describe('where a time lies among solutions', () => {
  it('is between two for linear', () => {
    expect(at(16.5, 'linear')).toEqual({ first: 1, isExact: false, fraction: 0.25 });
  });

  it('is the nearest one for nearest, the earlier one of two that are as near', () => {
    expect(at(16.5, 'nearest')).toMatchObject({ first: 1, isExact: true });
    expect(at(22, 'nearest')).toMatchObject({ first: 2, isExact: true });
    expect(at(21.5, 'nearest')).toMatchObject({ first: 1, isExact: true });
  });

  it('is the first or last one outside, and the solution itself at its time', () => {
    for (const interp of ['linear', 'nearest']) {
      expect(at(0, interp)).toMatchObject({ first: 0, isExact: true });
      expect(at(100, interp)).toMatchObject({ first: 2, isExact: true });
      expect(at(11.5, interp)).toMatchObject({ first: 1, isExact: true });
    }
  });
});

describe('cubicWeights', () => {
  const many = Float32Array.of(1, 2, 4, 7, 11, 12);
  const cubic = (t: number) => 3 - 2 * t + 0.5 * t ** 2 + 0.25 * t ** 3;

  it.each([
    [1.5, 0, 0],
    [5, 2, 1],
    [9, 3, 2],
    [11.5, 4, 2],
  ])('carry a cubic to %d s from the solutions around it', (time, low, expected) => {
    const { first, weights } = cubicWeights(many, 0, time, low) ?? { first: -1, weights: [] };
    expect(first).toBe(expected);
    expect(weights.reduce((sum, weight, point) => sum + weight * cubic(many[first + point]), 0)).toBeCloseTo(
      cubic(time),
      9,
    );
  });

  it('need four solutions', () => {
    expect(cubicWeights(times, 0, 20, 1)).toBeUndefined();
  });

  it.each([
    [1, 1, 4, 7],
    [1, 4, 4, 7],
    [1, 4, 7, 7],
  ])('need them at four times, which appended tables may not have: %d, %d, %d, %d', (...same) => {
    expect(cubicWeights(Float32Array.from(same), 0, 5, 1)).toBeUndefined();
  });
});

describe('parseTimeMethod', () => {
  it("knows CASA's words", () => {
    expect(parseTimeMethod('')).toEqual({ kind: 'linear', perObservation: false, phaseDelay: false });
    expect(parseTimeMethod('nearestperobs')).toEqual({ kind: 'nearest', perObservation: true, phaseDelay: false });
    expect(parseTimeMethod('linearPD').phaseDelay).toBe(true);
    expect(() => parseTimeMethod('linearly')).toThrow(/not an interpolation in time/);
    expect(parseTimeMethod('cubicPD')).toEqual({ kind: 'cubic', perObservation: false, phaseDelay: true });
    expect(() => parseTimeMethod('spline')).toThrow(/not an interpolation in time/);
  });
});
