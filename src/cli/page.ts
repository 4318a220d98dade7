import { readFileSync } from 'node:fs';
import { formatTimeline, type PageAssets, type Recording, type TimelineOptions } from '../report/index.ts';

/** A recording as a page for a browser; its program and its style lie beside the command line. */
export function page(recording: Recording, options: TimelineOptions): string {
  return formatTimeline(recording, options, assets());
}

export function assets(): PageAssets {
  const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');
  return { script: read('./timeline.js'), style: read('./timeline.css') };
}
