export * from './streaming';
export * from './apply-gains';
