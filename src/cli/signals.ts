import { Exit } from './exit.ts';
import { note } from './output.ts';

/** Each with the exit code that it asks for. A terminal that is gone (SIGHUP) ends a command as SIGTERM does. */
const HEARD = [['SIGHUP', Exit.hungUp], ['SIGINT', Exit.interrupted], ['SIGTERM', Exit.terminated]] as const;
/** What comes sooner after the first is the same Ctrl-C, ms. */
const SAME = 500;

/**
 * Hears signals until all is saved and printed: one Ctrl-C comes twice where npx is between us and the terminal, and people
 * press it again. `again`: what a second one is for. Who saves as it goes `leaves` at once; others would lose what they have.
 */
export class Signals {
  /** The exit code that the first of them asks for. */
  code: number | null = null;
  private first = 0;
  private readonly handlers: readonly (readonly [NodeJS.Signals, () => void])[];

  constructor(again: 'waits' | 'leaves' = 'waits') {
    this.handlers = HEARD.map(([signal, code]) => [signal, () => {
      if (this.code === null) {
        this.code = code;
        this.first = Date.now();
      } else if (again === 'leaves' && Date.now() - this.first >= SAME) {
        note('interrupted again: what was saved so far is there');
        process.exit(this.code);
      }
    }]);
    for (const [signal, handler] of this.handlers) process.on(signal, handler);
  }

  release(): void {
    for (const [signal, handler] of this.handlers) process.off(signal, handler);
  }
}
