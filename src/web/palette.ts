import type { ItemKind } from '../report/timeline/document.ts';

/** Colours of a theme. Items are told apart by hatching and signs as well: colour is never all. */
export interface Palette {
  readonly page: string;
  readonly band: string;
  readonly line: string;
  readonly text: string;
  readonly faint: string;
  readonly select: string;
  readonly cause: string;
  readonly effect: string;
  readonly fill: Readonly<Record<ItemKind, string>>;
  readonly on: Readonly<Record<ItemKind, string>>;
}

/** Hues by Okabe and Ito (2008), which the colour-blind can tell apart; the light ones for areas. */
export const LIGHT: Palette = {
  page: '#ffffff', band: '#f4f5f7', line: '#d5d9df', text: '#1b1f24', faint: '#5a6472', select: '#000000', cause: '#0072b2', effect: '#b34700',
  fill: {
    step: '#0072b2', call: '#dbe7f3', pass: '#d7efe6', wait: '#ececec', held: '#f6d7a8', cycle: '#56b4e9', poll: '#e3f1fa', value: '#eef1f5', level: '#009e73',
    event: '#7a3b69', decision: '#b34700', violation: '#a40000',
  },
  on: {
    step: '#ffffff', call: '#16324f', pass: '#0b4a37', wait: '#5a6472', held: '#5c3a00', cycle: '#00273d', poll: '#1b4a66', value: '#1b1f24', level: '#ffffff',
    event: '#7a3b69', decision: '#b34700', violation: '#a40000',
  },
};

export const DARK: Palette = {
  page: '#14171b', band: '#1a1e24', line: '#333a44', text: '#e6e9ee', faint: '#9aa5b3', select: '#ffffff', cause: '#56b4e9', effect: '#f0a050',
  fill: {
    step: '#56b4e9', call: '#22364a', pass: '#1d3d33', wait: '#262b33', held: '#6b4a12', cycle: '#2f7fb0', poll: '#1d2f3c', value: '#252b34', level: '#2aa982',
    event: '#d59ac4', decision: '#f0a050', violation: '#ff7a70',
  },
  on: {
    step: '#0b1a26', call: '#cfe3f5', pass: '#c4ecdd', wait: '#9aa5b3', held: '#ffe2b0', cycle: '#eef7fd', poll: '#a9cfe6', value: '#e6e9ee', level: '#06251c',
    event: '#d59ac4', decision: '#f0a050', violation: '#ff7a70',
  },
};
