import { Exit } from './exit.ts';

/**
 * Hears SIGINT and SIGTERM until all is saved and printed: one Ctrl-C comes twice where npx is between us and
 * the terminal, and people press it again.
 */
export class Signals {
  /** The exit code that the first of them asks for. */
  code: number | null = null;
  private readonly onInt = (): void => void (this.code ??= Exit.interrupted);
  private readonly onTerm = (): void => void (this.code ??= Exit.terminated);

  constructor() {
    process.on('SIGINT', this.onInt);
    process.on('SIGTERM', this.onTerm);
  }

  release(): void {
    process.off('SIGINT', this.onInt);
    process.off('SIGTERM', this.onTerm);
  }
}
