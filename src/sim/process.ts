import { EXIT, type Op } from './op.ts';

/**
 * Anything that can be stepped: it is resumed with the value of its last step and answers with the
 * next one, or {@link EXIT}. Generators are one form, compiled code another; nothing outside this
 * folder assumes either.
 */
export interface Process {
  resume(value: number): Op;
}

/** The generator form: yields steps, receives their values, returns a `T`. */
export type Steps<T = void> = Generator<Op, T, number>;

/** Makes a process of a generator function; starts anew at each {@link GeneratorProcess.start}. */
export class GeneratorProcess implements Process {
  private readonly body: () => Steps<unknown>;
  private steps: Steps<unknown>;

  constructor(body: () => Steps<unknown>) {
    this.body = body;
    this.steps = body();
  }

  start(): void {
    this.steps = this.body();
  }

  resume(value: number): Op {
    const result = this.steps.next(value);
    return result.done === true ? EXIT : result.value;
  }
}
