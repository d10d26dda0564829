import { describe, expect, it } from 'vitest';
import { solarModel } from '../../../src/pipeline/skymodel/solar-flux.ts';
import { solarModel2010 } from '../../../src/pipeline/skymodel/solar-flux-2010.ts';

const DAY = 86400;
const GHZ = 1e9;

describe('flux densities of bodies of the Solar System', () => {
  // CASA 6.7, solar_system_fd
  it.each([
    ['Uranus', 56093.77, [230.5, 230.502], 32.92702320995875],
    ['Venus', 57045.5, [90, 90.002], 186.9803477324759],
    ['Venus', 60000.25, [345.8, 345.802], 2561.362415410379],
    ['Io', 57500.9, [345.8, 345.802], 6.989580599693903],
    ['Mars', 56458.126, [97.5, 97.502], 15.518397187393424],
    ['Mars', 56458.126, [345.8, 345.802], 203.2669337800361],
    ['Vesta', 58362.88, [345.8, 345.802], 1.6839076242408368],
    ['Vesta', 56093.77, [345.8, 345.802], 0.5460435387081362],
    ['Jupiter', 60500.71, [103.1, 103.102], 1046.4499487874755],
    ['Titan', 56093.77, [230.53, 230.54], 3.173702449518499],
    ['Titan', 56093.77, [345.79, 345.8], 7.074593905131962],
    ['Titan', 56093.77, [345.8, 345.79], 7.083710337231174],
  ] as const)('of %s at MJD %f are those of CASA 6.7 within 0.1 %%', (body, mjd, [from, to], jansky) => {
    const { flux } = solarModel(body, mjd * DAY, 'ALMA');
    expect(Math.abs(flux([from * GHZ, to * GHZ]) / jansky - 1)).toBeLessThan(7e-4);
  });

  // CASA 6.7, solar_system_fd, whose tables have 0.1 mJy as their unit
  it.each([
    ['Pallas', 59232.14883, 84, 0.018432035383364784],
    ['Pallas', 57815.83633, 105, 0.03613257170721914],
    ['Vesta', 57461.128, 84, 0.027416711016958566],
    ['Vesta', 57515.1905, 93, 0.027983558417605487],
    ['Ceres', 60705.253, 84, 0.0733199630370012],
    ['Ceres', 59215.6, 84, 0.10088048326304472],
    ['Ceres', 59215.6, 145, 0.29820427028931407],
  ] as const)('of faint %s at MJD %f and %f GHz follow the rounding of CASA 6.7', (body, mjd, ghz, jansky) => {
    const { flux } = solarModel(body, mjd * DAY, 'ALMA');
    expect(Math.abs(flux([(ghz - 1) * GHZ, (ghz + 1) * GHZ]) / jansky - 1)).toBeLessThan(3e-4);
  });

  it('take names in any case and know their limits', () => {
    expect(solarModel('NEPTUNE', 56093 * DAY, 'ALMA').name).toBe('Neptune');
    expect(() => solarModel('Pluto', 56093 * DAY, 'ALMA')).toThrow(
      /"Pluto" is no body .* known are Venus, Mars, Jupiter/,
    );
    expect(() => solarModel('Mars', 50000 * DAY, 'ALMA')).toThrow(/no ephemeris of Mars for MJD 50000/);
    expect(() => solarModel('Vesta', 62000.5 * DAY, 'ALMA')).toThrow(/model of Vesta ends at MJD 61041/);
    expect(() => solarModel('Uranus', 56093 * DAY, 'ALMA').flux([1 * GHZ, 1.1 * GHZ])).toThrow(/Uranus goes from 60/);
  });

  // CASA 6.7, setjy, of 2012-01-13 at 354.38 GHz
  it.each([
    ['Mars', 1445.78819281],
    ['Jupiter', 18640.32620343],
    ['Uranus', 63.45576871],
    ['Neptune', 25.9705853],
    ['Io', 8.12573941],
    ['Callisto', 17.69248083],
    ['titan', 2.58707304],
    ['Vesta', 0.63825344],
  ] as const)('of %s by the standard of 2010 are those of CASA 6.7 within 0.1 %%', (body, jansky) => {
    const hz = 354382934570.312;
    expect(Math.abs(solarModel2010(body, 55939.564063 * DAY).flux([hz - 1, hz + 1]) / jansky - 1)).toBeLessThan(7e-4);
  });

  it('of 2010 name the bodies that are known', () => {
    expect(() => solarModel2010('Venus', 55939 * DAY)).toThrow(/"Venus" is no body .* 2010; known are Mars, Jupiter/);
  });
});
