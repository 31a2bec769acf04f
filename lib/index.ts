export * from './util/check';
