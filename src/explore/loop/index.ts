export { findLoop, type Loop } from './loop.ts';
